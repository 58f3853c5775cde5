package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableReference;
import com.google.zetasql.SimpleColumn;
import com.google.zetasql.SimpleTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A table that a statement names.
 *
 * @param key distinguishes the tables of one statement
 * @param resource null for a view of metadata
 * @param relation what DuckDB selects from
 * @param fields the columns in the analyzer's order
 */
record BoundTable(String key, Table resource, String relation, List<TableFieldSchema> fields) {
  private static final String PARTITION_DATE = "_PARTITIONDATE";

  static BoundTable of(Table resource, String relation) {
    List<TableFieldSchema> fields = new ArrayList<>();
    if (resource.getSchema() != null && resource.getSchema().getFields() != null) {
      fields.addAll(resource.getSchema().getFields());
    }
    return new BoundTable(Warehouse.name(resource.getTableReference()), resource, relation, fields);
  }

  TableReference reference() {
    return resource.getTableReference();
  }

  /** The table as the analyzer takes it. */
  SimpleTable simpleTable(String name) {
    SimpleTable table = new SimpleTable(name);
    table.setFullName(key);
    for (TableFieldSchema field : fields) {
      table.addSimpleColumn(field.getName(), SqlTypes.of(field));
    }
    if (byIngestionTime()) {
      table.addSimpleColumn(
          new SimpleColumn(name, Warehouse.PARTITION_TIME, SqlTypes.TIMESTAMP, true, false));
      if (resource.getTimePartitioning().getType().equals("DAY")) {
        table.addSimpleColumn(new SimpleColumn(name, PARTITION_DATE, SqlTypes.DATE, true, false));
      }
    }
    return table;
  }

  boolean byIngestionTime() {
    return resource != null && Warehouse.byIngestionTime(resource);
  }

  /** The DuckDB expression for a column by its name. */
  String column(String name) {
    if (name.equals(PARTITION_DATE)) {
      String time = StorageTypes.quote(Warehouse.PARTITION_TIME);
      return "CAST(make_timestamp(epoch_us(" + time + ")) AS DATE)";
    }
    return StorageTypes.quote(name);
  }

  TableFieldSchema field(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    return fields.stream()
        .filter(f -> f.getName().toLowerCase(Locale.ROOT).equals(wanted))
        .findFirst()
        .orElseThrow(() -> BigQueryError.unsupported("writing the column " + name));
  }
}
