package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import io.deltaflow.destination.ColumnType.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** GoogleSQL that says what a table resource says; for people to read and run. */
final class Ddl {
  private Ddl() {}

  static String create(TableName name, Table table) {
    List<String> lines = new ArrayList<>();
    for (TableFieldSchema field : table.getSchema().getFields()) {
      lines.add("  " + column(field));
    }
    if (table.getTableConstraints() != null) {
      lines.add(
          "  PRIMARY KEY ("
              + names(table.getTableConstraints().getPrimaryKey().getColumns())
              + ") NOT ENFORCED");
    }
    StringBuilder sql =
        new StringBuilder("CREATE TABLE ")
            .append(name.sql())
            .append(" (\n")
            .append(String.join(",\n", lines))
            .append("\n)");
    if (table.getTimePartitioning() != null) {
      sql.append("\nPARTITION BY ").append(partition(table));
    }
    if (table.getClustering() != null) {
      sql.append("\nCLUSTER BY ").append(names(table.getClustering().getFields()));
    }
    if (table.getDescription() != null) {
      sql.append("\nOPTIONS (description = ")
          .append(Sql.string(table.getDescription()))
          .append(")");
    }
    return sql.toString();
  }

  static String addColumns(TableName name, List<TableFieldSchema> fields) {
    return addColumns(name, fields, "ADD COLUMN ");
  }

  /** May run twice, and at once with another that adds the same columns. */
  static String addColumnsIfAbsent(TableName name, List<TableFieldSchema> fields) {
    return addColumns(name, fields, "ADD COLUMN IF NOT EXISTS ");
  }

  private static String addColumns(TableName name, List<TableFieldSchema> fields, String add) {
    return fields.stream()
        .map(f -> add + column(f))
        .collect(Collectors.joining(", ", "ALTER TABLE " + name.sql() + " ", ""));
  }

  private static String column(TableFieldSchema field) {
    return Sql.name(field.getName())
        + " "
        + FieldSchemas.declaredType(field)
        + FieldSchemas.options(field);
  }

  private static String partition(Table table) {
    String field = table.getTimePartitioning().getField();
    boolean isDate =
        table.getSchema().getFields().stream()
            .filter(f -> f.getName().equals(field))
            .anyMatch(f -> FieldSchemas.kind(f).filter(k -> k == Kind.DATE).isPresent());
    return isDate ? Sql.name(field) : "DATE(" + Sql.name(field) + ")";
  }

  private static String names(List<String> columns) {
    return columns.stream().map(Sql::name).collect(Collectors.joining(", "));
  }
}
