package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableDataInsertAllRequest;
import com.google.api.services.bigquery.model.TableReference;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBConnection;

/**
 * tabledata.insertAll; rows can be read at once, and DML cannot change the table while it has
 * streamed rows. Insert ids are ignored.
 */
final class StreamingInsert {
  private final Warehouse warehouse;
  private final TableReference reference;

  StreamingInsert(Warehouse warehouse, TableReference reference) {
    this.warehouse = warehouse;
    this.reference = reference;
  }

  /** Inserts and returns the errors by row; without skipInvalidRows one bad row stops all. */
  List<Map<String, Object>> insert(TableDataInsertAllRequest request) {
    Table table =
        warehouse
            .find(reference)
            .orElseThrow(
                () -> BigQueryError.notFound("Not found: Table " + Warehouse.name(reference)));
    JsonRow converter =
        new JsonRow(
            table.getSchema().getFields(), Boolean.TRUE.equals(request.getIgnoreUnknownValues()));
    List<Object[]> rows = new ArrayList<>();
    List<Integer> good = new ArrayList<>();
    List<Map<String, Object>> errors = new ArrayList<>();
    for (int i = 0; i < request.getRows().size(); i++) {
      try {
        byte[] json = Json.bytes(request.getRows().get(i).getJson());
        rows.add(converter.parse(new String(json, StandardCharsets.UTF_8)));
        good.add(i);
      } catch (LoadError e) {
        errors.add(error(i, "invalid", e.getMessage()));
      }
    }
    if (!errors.isEmpty() && !Boolean.TRUE.equals(request.getSkipInvalidRows())) {
      good.forEach(i -> errors.add(error(i, "stopped", "")));
      return errors;
    }
    append(table, rows);
    return errors;
  }

  private static Map<String, Object> error(int index, String reason, String message) {
    return Map.of("index", index, "errors", List.of(Map.of("reason", reason, "message", message)));
  }

  private void append(Table table, List<Object[]> rows) {
    try (DuckDBConnection session = warehouse.transaction()) {
      try (RowAppender appender =
          new RowAppender(session, warehouse.storageName(reference), table, table.getSchema())) {
        for (Object[] row : rows) {
          appender.append(row);
        }
      }
      warehouse
          .history()
          .commit(
              List.of(reference),
              () -> {
                session.commit();
                warehouse.streamed(reference, rows.size());
                return null;
              });
    } catch (SQLException e) {
      throw Warehouse.failed("cannot insert into " + Warehouse.name(reference), e);
    }
  }
}
