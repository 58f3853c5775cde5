package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableReference;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;

/** Pages of a table's rows, as tabledata.list and getQueryResults give them. */
final class TableRows {
  private static final long MAX_PAGE = 100_000;
  private static final long MAX_PAGE_BYTES = 10 << 20;

  /**
   * A page.
   *
   * @param next the index of the row after the page; null when it is the last
   */
  record Page(List<TableFieldSchema> fields, List<Object> rows, long totalRows, String next) {}

  private final Warehouse warehouse;

  TableRows(Warehouse warehouse) {
    this.warehouse = warehouse;
  }

  /** The page that the call asks for by startIndex, pageToken, maxResults and selectedFields. */
  Page page(WireRequest request, TableReference reference) {
    Table table =
        warehouse
            .find(reference)
            .orElseThrow(
                () -> BigQueryError.notFound("Not found: Table " + Warehouse.name(reference)));
    long start = request.number("pageToken", request.number("startIndex", 0));
    long limit = Math.min(MAX_PAGE, request.number("maxResults", MAX_PAGE));
    List<TableFieldSchema> fields = selected(table, request.query().get("selectedFields"));
    try (DuckDBConnection session = warehouse.connection();
        Statement statement = session.createStatement()) {
      session.setAutoCommit(false); // One snapshot for the count and the rows.
      String relation = warehouse.storageName(reference);
      long total = count(statement, relation);
      List<Object> rows =
          limit == 0 || fields.isEmpty()
              ? List.of()
              : rows(statement, relation, fields, start, limit, WireRows.of(request));
      session.commit();
      long next = start + rows.size();
      return new Page(fields, rows, total, next < total && limit > 0 ? Long.toString(next) : null);
    } catch (SQLException e) {
      throw Warehouse.failed("cannot list the rows of " + Warehouse.name(reference), e);
    }
  }

  private static long count(Statement statement, String relation) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT count(*) FROM " + relation)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static List<Object> rows(
      Statement statement,
      String relation,
      List<TableFieldSchema> fields,
      long start,
      long limit,
      WireRows wire)
      throws SQLException {
    String columns = fields.stream().map(CellReader::select).collect(Collectors.joining(", "));
    String size = LogicalSize.ofRow(fields);
    String sql =
        "SELECT "
            + columns
            + ", "
            + size
            + " FROM "
            + relation
            + " LIMIT "
            + limit
            + " OFFSET "
            + start;
    List<Object> rows = new ArrayList<>();
    long bytes = 0;
    try (ResultSet result = statement.executeQuery(sql)) {
      while (bytes < MAX_PAGE_BYTES && result.next()) {
        List<Object> values = new ArrayList<>(fields.size());
        for (int i = 0; i < fields.size(); i++) {
          values.add(CellReader.read(fields.get(i), result, i + 1));
        }
        rows.add(wire.row(fields, values));
        bytes += result.getLong(fields.size() + 1);
      }
    }
    return rows;
  }

  private static List<TableFieldSchema> selected(Table table, String names) {
    if (table.getSchema() == null || table.getSchema().getFields() == null) {
      return List.of();
    }
    List<TableFieldSchema> fields = table.getSchema().getFields();
    if (names == null || names.isEmpty()) {
      return fields;
    }
    Set<String> wanted =
        Arrays.stream(names.split(","))
            .map(n -> n.trim().toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    if (wanted.stream().anyMatch(n -> n.contains("."))) {
      throw BigQueryError.unsupported("selectedFields inside records");
    }
    List<TableFieldSchema> selected =
        fields.stream()
            .filter(f -> wanted.contains(f.getName().toLowerCase(Locale.ROOT)))
            .collect(Collectors.toList());
    if (selected.size() != wanted.size()) {
      throw BigQueryError.invalid("Invalid selectedFields: " + names);
    }
    return selected;
  }
}
