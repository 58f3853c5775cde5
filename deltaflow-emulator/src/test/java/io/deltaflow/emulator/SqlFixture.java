package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.DatasetReference;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A warehouse with a dataset {@code p.d} and an engine over it. */
final class SqlFixture implements AutoCloseable {
  final Warehouse warehouse = new Warehouse();
  final QueryEngine engine = new QueryEngine(warehouse, warehouse::connection);

  SqlFixture() {
    warehouse.createDataset("p", "d");
  }

  static TableReference reference(String name) {
    return new TableReference().setProjectId("p").setDatasetId("d").setTableId(name);
  }

  /** Creates a table; columns such as {@code "id INT64 REQUIRED"}. */
  void table(String name, String... columns) {
    table(name, t -> {}, columns);
  }

  void table(String name, Consumer<Table> settings, String... columns) {
    List<TableFieldSchema> fields = new ArrayList<>();
    for (String column : columns) {
      fields.add(field(column));
    }
    Table table =
        new Table()
            .setTableReference(reference(name))
            .setSchema(new TableSchema().setFields(fields));
    settings.accept(table);
    warehouse.create(table);
  }

  static TableFieldSchema field(String column) {
    String[] parts = column.split(" ");
    TableFieldSchema field = new TableFieldSchema().setName(parts[0]).setMode("NULLABLE");
    if (parts.length > 2) {
      field.setMode(parts[2]);
    }
    String type = parts[1];
    if (type.contains("(")) {
      String[] parameters = type.substring(type.indexOf('(') + 1, type.length() - 1).split(",");
      type = type.substring(0, type.indexOf('('));
      if (type.equals("STRING") || type.equals("BYTES")) {
        field.setMaxLength(Long.valueOf(parameters[0]));
      } else {
        field.setPrecision(Long.valueOf(parameters[0]));
        if (parameters.length > 1) {
          field.setScale(Long.valueOf(parameters[1]));
        }
      }
    }
    return field.setType(type);
  }

  QueryResult run(String sql) {
    return engine.run(request(sql));
  }

  static QueryRequest request(String sql) {
    return new QueryRequest(
        "p",
        new DatasetReference().setProjectId("p").setDatasetId("d"),
        sql,
        List.of(),
        false,
        null,
        null,
        () -> false);
  }

  List<List<Object>> rows(String sql) {
    return run(sql).rows();
  }

  /** The one value of a query. */
  Object value(String sql) {
    List<List<Object>> rows = rows(sql);
    if (rows.size() != 1 || rows.get(0).size() != 1) {
      throw new AssertionError("not one value but " + rows);
    }
    return rows.get(0).get(0);
  }

  @Override
  public void close() {
    engine.close();
    warehouse.close();
  }
}
