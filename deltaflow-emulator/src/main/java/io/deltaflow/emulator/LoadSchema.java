package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.JobConfigurationLoad;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * The schema in which a load writes: the job's own, or its files', held against that of the table.
 */
final class LoadSchema {
  private final String table;
  private final boolean addsFields;
  private final boolean relaxesFields;
  private final boolean ignoresUnknown;
  private final BiPredicate<String, String> loads;

  /**
   * @param loads whether values of one type, as the job or file has it, can be loaded into a column
   *     of another
   */
  LoadSchema(String table, JobConfigurationLoad load, BiPredicate<String, String> loads) {
    List<String> options =
        load.getSchemaUpdateOptions() == null ? List.of() : load.getSchemaUpdateOptions();
    this.table = table;
    this.addsFields = options.contains("ALLOW_FIELD_ADDITION");
    this.relaxesFields = options.contains("ALLOW_FIELD_RELAXATION");
    this.ignoresUnknown = Boolean.TRUE.equals(load.getIgnoreUnknownValues());
    this.loads = loads;
  }

  /**
   * The schema to write in.
   *
   * @param given the job's schema or that of its files; null when there is neither
   */
  TableSchema resolve(TableSchema given, Optional<Table> existing, boolean truncates) {
    TableSchema current = existing.map(Table::getSchema).orElse(null);
    boolean none = current == null || current.getFields() == null || current.getFields().isEmpty();
    if (given == null) {
      if (none) {
        throw BigQueryError.invalid("No schema specified on job or table.");
      }
      return current;
    }
    TableSchema checked = SchemaRules.checked(given);
    if (none || truncates) {
      return checked;
    }
    return new TableSchema().setFields(merge(current.getFields(), checked.getFields(), ""));
  }

  private List<TableFieldSchema> merge(
      List<TableFieldSchema> current, List<TableFieldSchema> given, String path) {
    List<TableFieldSchema> merged = new ArrayList<>();
    for (TableFieldSchema column : current) {
      Optional<TableFieldSchema> match = find(given, column.getName());
      if (match.isEmpty() && "REQUIRED".equals(column.getMode())) {
        throw mismatch("Field " + path + column.getName() + " is missing in new schema");
      }
      merged.add(match.isEmpty() ? column : mergeField(column, match.get(), path));
    }
    for (TableFieldSchema field : given) {
      if (find(current, field.getName()).isEmpty() && isAdded(field, path)) {
        merged.add(field);
      }
    }
    return merged;
  }

  private boolean isAdded(TableFieldSchema field, String path) {
    if (!addsFields) {
      if (ignoresUnknown) {
        return false;
      }
      throw mismatch("Cannot add fields (field: " + path + field.getName() + ")");
    }
    if ("REQUIRED".equals(field.getMode())) {
      throw mismatch(
          "Cannot add required fields to an existing schema. (field: "
              + path
              + field.getName()
              + ")");
    }
    return true;
  }

  private TableFieldSchema mergeField(
      TableFieldSchema column, TableFieldSchema given, String path) {
    String name = path + column.getName();
    if (!loads.test(given.getType(), column.getType())) {
      throw mismatch(
          "Field "
              + name
              + " has changed type from "
              + column.getType()
              + " to "
              + given.getType());
    }
    TableFieldSchema merged = column.clone();
    boolean repeats = "REPEATED".equals(column.getMode());
    if (repeats != "REPEATED".equals(given.getMode())) {
      throw mismatch(
          "Field "
              + name
              + " has changed mode from "
              + column.getMode()
              + " to "
              + given.getMode());
    }
    if ("REQUIRED".equals(column.getMode()) && "NULLABLE".equals(given.getMode())) {
      if (!relaxesFields) {
        throw mismatch("Field " + name + " has changed mode from REQUIRED to NULLABLE");
      }
      merged.setMode("NULLABLE");
    }
    if (column.getType().equals("RECORD")) {
      merged.setFields(merge(column.getFields(), given.getFields(), name + "."));
    }
    return merged;
  }

  private BigQueryError mismatch(String what) {
    return BigQueryError.invalid("Provided Schema does not match Table " + table + ". " + what);
  }

  static Optional<TableFieldSchema> find(List<TableFieldSchema> fields, String name) {
    return fields.stream().filter(f -> f.getName().equalsIgnoreCase(name)).findFirst();
  }
}
