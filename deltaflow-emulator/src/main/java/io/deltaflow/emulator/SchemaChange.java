package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The columns that a new schema of a table adds; BigQuery allows that and relaxing REQUIRED,
 * nothing else.
 */
final class SchemaChange {
  /**
   * @param path the quoted column with its parents, as DuckDB's ALTER TABLE takes it
   */
  private record Added(String path, TableFieldSchema field) {}

  private final List<Added> added = new ArrayList<>();
  private final boolean hadColumns;
  private List<TableFieldSchema> merged;

  private SchemaChange(boolean hadColumns) {
    this.hadColumns = hadColumns;
  }

  static SchemaChange between(Table before, Table after) {
    if (!Objects.equals(partitioningField(before), partitioningField(after))
        || !Objects.equals(before.getRangePartitioning(), after.getRangePartitioning())) {
      throw BigQueryError.invalid(
          "Cannot change partitioning of table "
              + Warehouse.name(before.getTableReference())
              + ".");
    }
    List<TableFieldSchema> old = fields(before.getSchema());
    SchemaChange change = new SchemaChange(!old.isEmpty() || Warehouse.byIngestionTime(before));
    change.merged = change.compare(old, fields(after.getSchema()), "", "", before);
    return change;
  }

  private static List<Object> partitioningField(Table table) {
    return table.getTimePartitioning() == null
        ? List.of()
        : List.of(
            table.getTimePartitioning().getType(),
            Objects.requireNonNullElse(table.getTimePartitioning().getField(), ""));
  }

  private static List<TableFieldSchema> fields(TableSchema schema) {
    return schema == null || schema.getFields() == null ? List.of() : schema.getFields();
  }

  private List<TableFieldSchema> compare(
      List<TableFieldSchema> before,
      List<TableFieldSchema> after,
      String sqlPath,
      String path,
      Table table) {
    List<TableFieldSchema> merged = new ArrayList<>();
    for (TableFieldSchema old : before) {
      TableFieldSchema now =
          after.stream()
              .filter(f -> f.getName().equalsIgnoreCase(old.getName()))
              .findFirst()
              .orElseThrow(
                  () ->
                      mismatch(
                          table, "Field " + path + old.getName() + " is missing in new schema"));
      merged.add(compareField(old, now, sqlPath, path, table));
    }
    for (TableFieldSchema now : after) {
      if (before.stream().noneMatch(f -> f.getName().equalsIgnoreCase(now.getName()))) {
        boolean first = before.isEmpty() && path.isEmpty();
        if ("REQUIRED".equals(now.getMode()) && !first) {
          throw mismatch(
              table,
              "Cannot add required fields to an existing schema. (field: "
                  + path
                  + now.getName()
                  + ")");
        }
        added.add(new Added(sqlPath + StorageTypes.quote(now.getName()), now));
        merged.add(now);
      }
    }
    return merged;
  }

  private TableFieldSchema compareField(
      TableFieldSchema old, TableFieldSchema now, String sqlPath, String path, Table table) {
    String name = path + old.getName();
    if (!old.getType().equals(now.getType())) {
      throw mismatch(
          table,
          "Field " + name + " has changed type from " + old.getType() + " to " + now.getType());
    }
    boolean relaxed = "REQUIRED".equals(old.getMode()) && "NULLABLE".equals(now.getMode());
    if (!old.getMode().equals(now.getMode()) && !relaxed) {
      throw mismatch(
          table,
          "Field " + name + " has changed mode from " + old.getMode() + " to " + now.getMode());
    }
    if (old.getType().equals("RECORD")) {
      String element = "REPEATED".equals(old.getMode()) ? ".element." : ".";
      now.setFields(
          compare(
              old.getFields(),
              now.getFields(),
              sqlPath + StorageTypes.quote(old.getName()) + element,
              name + ".",
              table));
    }
    return now.setName(old.getName());
  }

  private static BigQueryError mismatch(Table table, String what) {
    return BigQueryError.invalid(
        "Provided Schema does not match Table "
            + Warehouse.name(table.getTableReference())
            + ". "
            + what);
  }

  /** The new fields in the order of their storage: the old ones first. */
  List<TableFieldSchema> merged() {
    return merged;
  }

  /** DuckDB statements that make the change. */
  List<String> alterations(String relation) {
    List<String> statements = new ArrayList<>();
    for (Added column : added) {
      boolean nested = column.path().indexOf("\".") > 0;
      String definition =
          nested
              ? column.path() + " " + StorageTypes.columnType(column.field())
              : Warehouse.columnDefinition(column.field());
      statements.add("ALTER TABLE " + relation + " ADD COLUMN " + definition);
    }
    if (!hadColumns && !statements.isEmpty()) {
      statements.add("ALTER TABLE " + relation + " DROP COLUMN \"_EMPTY\"");
    }
    return statements;
  }
}
