package io.deltaflow.source.postgres;

import io.deltaflow.source.postgres.SqlText.Kind;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.DeltaFlowException;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.postgresql.PGResultSetMetaData;

/** Describes a query without running it. */
final class QueryDescriber {
  private static final String DESCRIPTIONS =
      "SELECT pg_catalog.col_description(a.attrelid, a.attnum)"
          + " FROM unnest(?::text[], ?::text[], ?::text[])"
          + " WITH ORDINALITY AS w(nspname, relname, attname, position)"
          + " LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = w.nspname"
          + " LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.relname"
          + " LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = w.attname"
          + " ORDER BY w.position";

  private final Lease lease;
  private final Target.Query target;

  QueryDescriber(Lease lease, Target.Query target) {
    this.lease = lease;
    this.target = target;
  }

  /** A line of its own, so that a comment at the query's end does not hide the parenthesis. */
  private String from() {
    return "(\n" + target.text() + "\n) AS q";
  }

  Relation describe() throws SQLException {
    List<Column> untyped = columns();
    checkNames(untyped);
    int[] oids = types(untyped);
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < oids.length; i++) {
      Column c = untyped.get(i);
      columns.add(new Column(c.name(), oids[i], c.modifier(), 0, false, c.description()));
    }
    PgTypes types = PgTypes.load(lease, columns.stream().map(Column::type).toList());
    return new Relation(from(), "q", columns, types, null);
  }

  private List<Column> columns() throws SQLException {
    List<Column> columns = new ArrayList<>();
    try (PreparedStatement statement =
        lease.connection().prepareStatement("SELECT * FROM " + withoutParameters())) {
      ResultSetMetaData metadata = metadata(statement);
      List<String> descriptions = descriptions(metadata);
      for (int i = 1; i <= metadata.getColumnCount(); i++) {
        columns.add(
            new Column(
                metadata.getColumnLabel(i),
                0,
                modifier(metadata, i),
                0,
                false,
                descriptions.get(i - 1)));
      }
    }
    return columns;
  }

  private ResultSetMetaData metadata(PreparedStatement statement) throws SQLException {
    try {
      return statement.getMetaData();
    } catch (SQLException e) {
      throw refused(e);
    }
  }

  /** The driver takes a single ? outside of strings, such as jsonb's operator, for a parameter. */
  private String withoutParameters() {
    return "(\n"
        + SqlText.parts(target.text()).stream()
            .map(p -> p.kind() == Kind.CODE ? p.text().replace("?", "??") : p.text())
            .collect(Collectors.joining())
        + "\n) AS q";
  }

  /** Of a numeric; nothing else depends on it. */
  private static int modifier(ResultSetMetaData metadata, int column) throws SQLException {
    int precision = metadata.getPrecision(column);
    boolean numeric = metadata.getColumnType(column) == java.sql.Types.NUMERIC;
    return numeric && precision > 0
        ? (precision << 16 | metadata.getScale(column) & 0x7FF) + 4
        : -1;
  }

  private List<String> descriptions(ResultSetMetaData metadata) throws SQLException {
    PGResultSetMetaData base = metadata.unwrap(PGResultSetMetaData.class);
    int n = metadata.getColumnCount();
    String[][] names = new String[3][n];
    for (int i = 0; i < n; i++) {
      names[0][i] = base.getBaseSchemaName(i + 1);
      names[1][i] = base.getBaseTableName(i + 1);
      names[2][i] = base.getBaseColumnName(i + 1);
    }
    List<String> found = new ArrayList<>();
    try (PreparedStatement statement = lease.connection().prepareStatement(DESCRIPTIONS)) {
      for (int i = 0; i < 3; i++) {
        Array array = lease.connection().createArrayOf("text", names[i]);
        statement.setArray(i + 1, array);
      }
      try (ResultSet r = statement.executeQuery()) {
        while (r.next()) {
          found.add(r.getString(1));
        }
      }
    }
    return found;
  }

  private void checkNames(List<Column> columns) {
    if (columns.isEmpty()) {
      throw new ConfigurationException(target.flag() + ": the query has no columns");
    }
    Set<String> seen = new HashSet<>();
    for (Column column : columns) {
      if (!seen.add(column.name())) {
        throw new ConfigurationException(
            target.flag()
                + ": the query has two columns named '"
                + column.name()
                + "'; give one of them another name with AS");
      }
    }
  }

  /** The outer join to nothing gives one row without the query being run. */
  private int[] types(List<Column> columns) throws SQLException {
    String list =
        columns.stream()
            .map(c -> "pg_catalog.pg_typeof(q." + Sql.identifier(c.name()) + ")::oid::int8")
            .collect(Collectors.joining(", "));
    String sql =
        "SELECT ARRAY[" + list + "] FROM (SELECT 1) AS one LEFT JOIN " + from() + " ON false";
    try (java.sql.Statement statement = lease.connection().createStatement()) {
      statement.setEscapeProcessing(false);
      try (ResultSet r = statement.executeQuery(sql)) {
        r.next();
        Long[] oids = (Long[]) r.getArray(1).getArray();
        int[] types = new int[oids.length];
        for (int i = 0; i < oids.length; i++) {
          types[i] = oids[i].intValue();
        }
        return types;
      }
    } catch (SQLException e) {
      throw refused(e);
    }
  }

  private DeltaFlowException refused(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    if (state.equals(SqlErrors.INSUFFICIENT_PRIVILEGE) || SqlErrors.isAlteredMeanwhile(e)) {
      return SqlErrors.working(e, lease.settings(), "describing " + target.description());
    }
    if (state.startsWith("42")
        || state.startsWith("22")
        || state.startsWith("0A")
        || state.startsWith("3F")) {
      return new ConfigurationException(
          target.flag()
              + ": PostgreSQL refuses the query: "
              + SqlErrors.message(e)
              + (state.equals("42P01") ? "; name tables with their schema" : ""),
          e);
    }
    return SqlErrors.working(e, lease.settings(), "describing " + target.description());
  }
}
