package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.zetasql.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * TABLES, COLUMNS and PARTITIONS of a dataset's INFORMATION_SCHEMA, in their commonly used columns.
 */
final class InformationSchema {
  private final SqlSession session;
  private final String project;
  private final String dataset;
  private final List<TableFieldSchema> fields = new ArrayList<>();
  private final List<List<Object>> rows = new ArrayList<>();

  private InformationSchema(SqlSession session, String project, String dataset) {
    this.session = session;
    this.project = project;
    this.dataset = dataset;
  }

  /**
   * @param path [project,] dataset, INFORMATION_SCHEMA, view
   */
  static BoundTable view(SqlSession session, List<String> path) {
    int schema = path.size() - 2;
    String project =
        schema > 1 ? String.join(".", path.subList(0, schema - 1)) : session.request().project();
    String view = path.get(path.size() - 1).toUpperCase(Locale.ROOT);
    InformationSchema made = new InformationSchema(session, project, path.get(schema - 1));
    List<Table> tables = session.catalog().tables(project, made.dataset);
    switch (view) {
      case "TABLES":
        made.tables(tables);
        break;
      case "COLUMNS":
        made.columns(tables);
        break;
      case "PARTITIONS":
        made.partitions(tables);
        break;
      default:
        throw BigQueryError.unsupported("INFORMATION_SCHEMA." + view);
    }
    return new BoundTable(String.join(".", path), null, made.relation(), made.fields);
  }

  private void define(String... columns) {
    for (String column : columns) {
      String[] parts = column.split(" ");
      fields.add(new TableFieldSchema().setName(parts[0]).setType(parts[1]).setMode("NULLABLE"));
    }
  }

  private void add(Object... values) {
    rows.add(java.util.Arrays.asList(values));
  }

  private String relation() {
    List<String> names = new ArrayList<>();
    List<String> nothing = new ArrayList<>();
    List<Type> types = new ArrayList<>();
    for (TableFieldSchema field : fields) {
      types.add(SqlTypes.of(field));
      names.add(StorageTypes.quote(field.getName()));
      nothing.add(SqlLiteral.of(SqlTypes.of(field), null));
    }
    List<String> tuples = new ArrayList<>();
    for (List<Object> row : rows) {
      List<String> values = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        values.add(SqlLiteral.of(types.get(i), row.get(i)));
      }
      tuples.add("(" + String.join(", ", values) + ")");
    }
    boolean empty = tuples.isEmpty();
    if (empty) {
      tuples.add("(" + String.join(", ", nothing) + ")");
    }
    return "(SELECT * FROM (VALUES "
        + String.join(", ", tuples)
        + ") AS t("
        + String.join(", ", names)
        + ")"
        + (empty ? " LIMIT 0" : "")
        + ")";
  }

  private void tables(List<Table> tables) {
    define(
        "table_catalog STRING",
        "table_schema STRING",
        "table_name STRING",
        "table_type STRING",
        "is_insertable_into STRING",
        "is_typed STRING",
        "creation_time TIMESTAMP");
    for (Table table : tables) {
      String name = table.getTableReference().getTableId();
      add(
          project,
          dataset,
          name,
          "BASE TABLE",
          "YES",
          "NO",
          Instant.ofEpochMilli(table.getCreationTime()));
    }
  }

  private void columns(List<Table> tables) {
    define(
        "table_catalog STRING",
        "table_schema STRING",
        "table_name STRING",
        "column_name STRING",
        "ordinal_position INTEGER",
        "is_nullable STRING",
        "data_type STRING",
        "is_partitioning_column STRING",
        "clustering_ordinal_position INTEGER",
        "column_default STRING");
    for (Table table : tables) {
      List<TableFieldSchema> columns = BoundTable.of(table, "").fields();
      for (int i = 0; i < columns.size(); i++) {
        column(table, columns.get(i), i + 1);
      }
    }
  }

  private void column(Table table, TableFieldSchema column, long position) {
    boolean partitioning =
        PartitionPruning.columns(BoundTable.of(table, "")).stream()
            .anyMatch(column.getName()::equalsIgnoreCase);
    int cluster =
        table.getClustering() == null
            ? -1
            : table.getClustering().getFields().indexOf(column.getName());
    add(
        project,
        dataset,
        table.getTableReference().getTableId(),
        column.getName(),
        position,
        "REQUIRED".equals(column.getMode()) ? "NO" : "YES",
        dataType(column),
        partitioning ? "YES" : "NO",
        cluster < 0 ? null : (Object) (cluster + 1L),
        column.getDefaultValueExpression() == null ? "NULL" : column.getDefaultValueExpression());
  }

  private static String dataType(TableFieldSchema column) {
    String type = SqlTypes.name(SqlTypes.of(column));
    String parameters = "";
    if (column.getPrecision() != null) {
      parameters =
          "("
              + column.getPrecision()
              + (column.getScale() == null ? "" : ", " + column.getScale())
              + ")";
    } else if (column.getMaxLength() != null) {
      parameters = "(" + column.getMaxLength() + ")";
    }
    return type.endsWith(">") && !parameters.isEmpty()
        ? type.substring(0, type.length() - 1) + parameters + ">"
        : type + parameters;
  }

  private void partitions(List<Table> tables) {
    define(
        "table_catalog STRING",
        "table_schema STRING",
        "table_name STRING",
        "partition_id STRING",
        "total_rows INTEGER",
        "total_logical_bytes INTEGER");
    for (Table table : tables) {
      BoundTable bound =
          BoundTable.of(table, session.catalog().storageName(table.getTableReference()));
      String sql =
          "SELECT "
              + PartitionPruning.partitionId(bound)
              + ", count(*), coalesce(sum("
              + LogicalSize.ofRow(table.getSchema())
              + "), 0)::BIGINT FROM "
              + bound.relation()
              + " GROUP BY 1 ORDER BY 1";
      session.query(
          sql,
          result -> {
            while (result.next()) {
              add(
                  project,
                  dataset,
                  table.getTableReference().getTableId(),
                  result.getString(1),
                  result.getLong(2),
                  result.getLong(3));
            }
            return null;
          });
    }
  }
}
