package io.deltaflow.source.postgres;

import io.deltaflow.NearNames;
import io.deltaflow.source.postgres.SqlText.Kind;
import io.deltaflow.spi.error.ConfigurationException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The column that a window counts on.
 *
 * @param relation all rows of the source
 * @param column null when a query compares the cursor without returning it
 */
record CursorColumn(String name, CursorType type, Relation relation, Column column) {
  private static final String FLAG = "--smart_sync_timestamp_column";
  private static final String PART = "(?:\"(?:[^\"]|\"\")+\"|[\\w$]+)";
  private static final Pattern FROM =
      Pattern.compile(
          "(?i)\\b(?:FROM|JOIN)\\s+(?:ONLY\\s+)?(" + PART + "(?:\\s*\\.\\s*" + PART + ")?)");

  /**
   * Finds it.
   *
   * @throws ConfigurationException when it is missing or of a type that cannot be a cursor's
   */
  static CursorColumn find(Lease lease, PostgresSource source, String name, Relations.Lookup lookup)
      throws SQLException {
    Targets targets = source.targets();
    Relation relation = WholeRelation.find(lease, targets, lookup);
    Optional<Column> column = relation.column(name);
    if (column.isPresent()) {
      CursorType type = type(relation, column.get(), targets.description());
      checkZone(type, name, source);
      return new CursorColumn(name, type, relation, column.get());
    }
    WindowedQuery query = targets.windowed();
    if (query == null) {
      throw missing(name, relation, targets.description());
    }
    if (!query.isOpenClosedPair(name)) {
      throw notInOutput(query, name, relation);
    }
    CursorType type = typeInTables(lease, query, name, lookup);
    checkZone(type, name, source);
    return new CursorColumn(name, type, relation, null);
  }

  private static CursorType type(Relation relation, Column column, String what) {
    PgType base = relation.baseType(column);
    CursorType type = CursorType.of(base);
    if (type == null) {
      throw new ConfigurationException(
          FLAG
              + ": the cursor column '"
              + column.name()
              + "' of "
              + what
              + " is of type "
              + base
              + "; a cursor must be timestamptz, timestamp, date, smallint, integer or bigint");
    }
    return type;
  }

  private static void checkZone(CursorType type, String name, PostgresSource source) {
    if (type == CursorType.TIMESTAMP && source.timeZone() == null) {
      throw new ConfigurationException(
          FLAG
              + ": the cursor column '"
              + name
              + "' is of type timestamp, without time zone: its values cannot be compared with the"
              + " server's clock until "
              + source.settings().flags().of(PostgresOptions.SOURCE_TIMEZONE)
              + " names the time zone they are in, such as UTC or Europe/Berlin");
    }
  }

  private static ConfigurationException missing(String name, Relation relation, String what) {
    List<Column> near = NearNames.of(name, relation.columns(), Column::name);
    return new ConfigurationException(
        FLAG
            + ": there is no cursor column '"
            + name
            + "' in "
            + what
            + (near.isEmpty()
                ? "; it has " + names(relation.columns())
                : "; did you mean " + names(near) + "?"));
  }

  private static String names(List<Column> columns) {
    return columns.stream().limit(20).map(Column::name).collect(Collectors.joining(", "));
  }

  static ConfigurationException notInOutput(WindowedQuery query, String name, Relation relation) {
    return new ConfigurationException(
        query.flag()
            + ": the cursor column '"
            + name
            + "' is not among the query's columns ("
            + names(relation.columns())
            + "), so the window's edges cannot be cut exactly; add it to the SELECT list, or"
            + " compare it once as "
            + name
            + " > '{start_timestamp}' AND "
            + name
            + " <= '{end_timestamp}'");
  }

  /** The query hides the column; the tables that it names must agree on the type. */
  private static CursorType typeInTables(
      Lease lease, WindowedQuery query, String name, Relations.Lookup lookup) throws SQLException {
    Set<CursorType> types = new LinkedHashSet<>();
    List<TableName> tables = tablesOf(query);
    for (TableName table : tables) {
      Target.Table target = new Target.Table(table, query.flag());
      Relation relation = lookup.find(lease, target);
      Optional<Column> column = relation.column(name);
      if (column.isPresent()) {
        types.add(type(relation, column.get(), target.description()));
      }
    }
    if (types.size() != 1) {
      throw new ConfigurationException(
          query.flag()
              + ": the type of the cursor column '"
              + name
              + "' cannot be told from the query's tables "
              + TableName.join(tables)
              + "; add it to the SELECT list");
    }
    return types.iterator().next();
  }

  private static List<TableName> tablesOf(WindowedQuery query) {
    String code =
        SqlText.parts(query.text()).stream()
            .map(p -> p.kind() == Kind.CODE || p.kind() == Kind.IDENTIFIER ? p.text() : " ")
            .collect(Collectors.joining());
    List<TableName> tables = new ArrayList<>();
    Matcher from = FROM.matcher(code);
    while (from.find()) {
      tables.add(TableName.parse(query.flag(), from.group(1)));
    }
    return tables;
  }
}
