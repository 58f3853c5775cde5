package io.deltaflow.source.postgres;

import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.SourceException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Finds a table in the catalog. */
final class TableDescriber {
  private static final String TABLE =
      "SELECT c.oid, n.nspname, c.relkind, c.relhassubclass AND c.relkind <> 'p',"
          + " pg_catalog.obj_description(c.oid, 'pg_class'),"
          + " pg_catalog.has_schema_privilege(n.oid, 'USAGE')"
          + " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
          + " WHERE c.relname = ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
          + " AND CASE WHEN ?::text IS NULL THEN pg_catalog.pg_table_is_visible(c.oid)"
          + " ELSE n.nspname = ? END";

  // Since version 18 NOT NULL may be NOT VALID: older rows may hold NULL. Before, there is no such
  // contype.
  private static final String COLUMNS =
      "SELECT a.attname, a.atttypid, a.atttypmod, a.attndims, a.attnotnull AND NOT EXISTS"
          + " (SELECT 1 FROM pg_catalog.pg_constraint k WHERE k.conrelid = a.attrelid"
          + " AND k.contype = 'n' AND NOT k.convalidated AND a.attnum = ANY (k.conkey)),"
          + " pg_catalog.col_description(a.attrelid, a.attnum),"
          + " pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')"
          + " FROM pg_catalog.pg_attribute a"
          + " WHERE a.attrelid = ? AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";

  private static final String SIZE =
      "WITH RECURSIVE part(oid) AS (SELECT ?::oid UNION SELECT i.inhrelid FROM part JOIN"
          + " pg_catalog.pg_inherits i ON i.inhparent = part.oid) SELECT"
          + " coalesce(sum(greatest(c.reltuples, 0)) FILTER (WHERE c.relkind <> 'p'), 0)::int8,"
          + " coalesce(sum(CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_table_size(c.oid)"
          + " END), 0)::int8 FROM part JOIN pg_catalog.pg_class c ON c.oid = part.oid";

  private static final String PRIMARY_KEY =
      "SELECT a.attname FROM pg_catalog.pg_index i"
          + " CROSS JOIN LATERAL pg_catalog.unnest(i.indkey[0:i.indnkeyatts - 1])"
          + " WITH ORDINALITY AS k(attnum, position)"
          + " JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum"
          + " WHERE i.indrelid = ? AND i.indisprimary ORDER BY k.position";

  private final Lease lease;
  private final Target.Table target;

  TableDescriber(Lease lease, Target.Table target) {
    this.lease = lease;
    this.target = target;
  }

  private record Found(
      long oid, TableName name, char kind, boolean inherited, String description) {}

  Relation describe() throws SQLException {
    Found found = find();
    List<Column> columns = columns(found);
    PgTypes types = PgTypes.load(lease, columns.stream().map(Column::type).toList());
    String from =
        Sql.identifier(found.name.schema()) + "." + Sql.identifier(found.name.name()) + " AS t";
    return new Relation(from, "t", columns, types, facts(found));
  }

  private Found find() throws SQLException {
    TableName name = target.name();
    try (PreparedStatement statement = lease.connection().prepareStatement(TABLE)) {
      statement.setString(1, name.name());
      statement.setString(2, name.schema());
      statement.setString(3, name.schema());
      try (ResultSet r = statement.executeQuery()) {
        if (!r.next()) {
          throw new ConfigurationException(
              NearTables.notFound(lease, target, lease.settings().database()));
        }
        if (!r.getBoolean(6)) {
          throw missing("USAGE ON SCHEMA " + Sql.identifier(r.getString(2)));
        }
        return new Found(
            r.getLong(1),
            new TableName(r.getString(2), name.name()),
            r.getString(3).charAt(0),
            r.getBoolean(4),
            r.getString(5));
      }
    }
  }

  private List<Column> columns(Found found) throws SQLException {
    List<Column> columns = new ArrayList<>();
    List<String> forbidden = new ArrayList<>();
    try (PreparedStatement statement = lease.connection().prepareStatement(COLUMNS)) {
      statement.setLong(1, found.oid);
      try (ResultSet r = statement.executeQuery()) {
        while (r.next()) {
          String name = r.getString(1);
          columns.add(
              new Column(
                  name,
                  (int) r.getLong(2),
                  r.getInt(3),
                  r.getInt(4),
                  r.getBoolean(5),
                  r.getString(6)));
          if (!r.getBoolean(7)) {
            forbidden.add(Sql.identifier(name));
          }
        }
      }
    }
    String sql = Sql.identifier(found.name.schema()) + "." + Sql.identifier(found.name.name());
    if (columns.isEmpty()) {
      throw new ConfigurationException(target.flag() + ": " + found.name + " has no columns");
    }
    if (forbidden.size() == columns.size()) {
      throw missing("SELECT ON " + sql);
    }
    if (!forbidden.isEmpty()) {
      throw missing("SELECT (" + String.join(", ", forbidden) + ") ON " + sql);
    }
    return columns;
  }

  private SourceException missing(String privilege) {
    String role = lease.settings().username();
    return SourceException.permanent(
        "role '"
            + role
            + "' may not read "
            + target.name()
            + "; needed: GRANT "
            + privilege
            + " TO "
            + Sql.identifier(role)
            + " (or name the readable columns in "
            + lease.settings().flags().of(PostgresOptions.QUERY)
            + ")",
        null);
  }

  private Relation.TableFacts facts(Found found) throws SQLException {
    long rows;
    long bytes;
    try (PreparedStatement statement = lease.connection().prepareStatement(SIZE)) {
      statement.setLong(1, found.oid);
      try (ResultSet r = statement.executeQuery()) {
        r.next();
        rows = r.getLong(1);
        bytes = r.getLong(2);
      }
    }
    List<String> key = new ArrayList<>();
    if (!found.inherited) {
      try (PreparedStatement statement = lease.connection().prepareStatement(PRIMARY_KEY)) {
        statement.setLong(1, found.oid);
        try (ResultSet r = statement.executeQuery()) {
          while (r.next()) {
            key.add(r.getString(1));
          }
        }
      }
    }
    return new Relation.TableFacts(
        found.oid, found.name, found.kind, found.inherited, found.description, rows, bytes, key);
  }
}
