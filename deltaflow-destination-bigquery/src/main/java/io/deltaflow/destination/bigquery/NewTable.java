package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.Clustering;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableConstraints;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableSchema;
import com.google.api.services.bigquery.model.TimePartitioning;
import io.deltaflow.NearNames;
import io.deltaflow.destination.ColumnType.Kind;
import io.deltaflow.destination.TargetRequest;
import io.deltaflow.destination.WriteDisposition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.schemas.Schema;

/** The table that a run would create for its source. */
final class NewTable {
  private static final int MOST_COLUMNS = 10_000;
  private static final int MOST_CLUSTERING_FIELDS = 4;
  private static final int MOST_KEY_COLUMNS = 16;
  private static final int LONGEST_DESCRIPTION = 16_384;
  private static final Set<Kind> PARTITIONABLE =
      EnumSet.of(Kind.DATE, Kind.DATETIME, Kind.TIMESTAMP);
  private static final Set<Kind> CLUSTERABLE =
      EnumSet.of(
          Kind.BIGNUMERIC,
          Kind.BOOL,
          Kind.DATE,
          Kind.DATETIME,
          Kind.GEOGRAPHY,
          Kind.INT64,
          Kind.NUMERIC,
          Kind.STRING,
          Kind.TIMESTAMP);
  private static final Set<Kind> KEYS =
      EnumSet.of(
          Kind.BIGNUMERIC,
          Kind.BOOL,
          Kind.DATE,
          Kind.DATETIME,
          Kind.INT64,
          Kind.NUMERIC,
          Kind.STRING,
          Kind.TIMESTAMP);

  private final TargetRequest request;
  private final Schema schema;
  private final List<TableFieldSchema> columns;
  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Table table = new Table();

  private NewTable(TargetRequest request) {
    this.request = request;
    this.schema = request.schema().schema();
    TypeMapping mapping = new TypeMapping();
    this.columns = mapping.columns(schema);
    warnings.addAll(mapping.warnings());
  }

  static NewTable of(TargetRequest request) {
    NewTable made = new NewTable(request);
    made.build();
    return made;
  }

  /** Without a reference. */
  Table table() {
    return table;
  }

  List<String> problems() {
    return problems;
  }

  List<String> warnings() {
    return warnings;
  }

  private void build() {
    if (columns.size() > MOST_COLUMNS) {
      problems.add(
          "the source has "
              + columns.size()
              + " fields and a BigQuery table at most "
              + MOST_COLUMNS);
    }
    table.setSchema(new TableSchema().setFields(columns));
    request
        .schema()
        .description()
        .map(d -> d.length() > LONGEST_DESCRIPTION ? d.substring(0, LONGEST_DESCRIPTION) : d)
        .ifPresent(table::setDescription);
    request.partitionField().ifPresent(this::partition);
    cluster();
    primaryKey();
  }

  private void partition(String field) {
    Optional<TableFieldSchema> column = column(field);
    if (column.isEmpty()) {
      warnings.add(
          "--partition_field: the source has no field '"
              + field
              + "', so the table is created without partitioning"
              + NearNames.hint(field, schema.getFieldNames()));
      return;
    }
    if (isOneOf(PARTITIONABLE, column.get())) {
      table.setTimePartitioning(
          new TimePartitioning().setType("DAY").setField(column.get().getName()));
      return;
    }
    String problem =
        "--partition_field: '"
            + field
            + "' is "
            + FieldSchemas.sqlType(column.get())
            + "; a table is partitioned by day on a DATE, DATETIME or TIMESTAMP column"
            + candidates();
    if (request.partitionFieldGiven()) {
      problems.add(problem);
    } else {
      warnings.add(problem + "; the table is created without partitioning");
    }
  }

  private String candidates() {
    List<String> names =
        columns.stream()
            .filter(c -> isOneOf(PARTITIONABLE, c))
            .map(TableFieldSchema::getName)
            .toList();
    return names.isEmpty() ? ", and the source has none" : ", such as " + String.join(", ", names);
  }

  private void cluster() {
    Set<String> names = new LinkedHashSet<>();
    if (request.clusteringFields().size() > MOST_CLUSTERING_FIELDS) {
      problems.add(
          "--clustering_fields names "
              + request.clusteringFields().size()
              + " fields and BigQuery clusters on at most "
              + MOST_CLUSTERING_FIELDS);
      return;
    }
    for (String field : request.clusteringFields()) {
      Optional<TableFieldSchema> column = column(field);
      if (column.isEmpty()) {
        problems.add(
            "--clustering_fields: the source has no field '"
                + field
                + "'"
                + NearNames.hint(field, schema.getFieldNames()));
      } else if (!isOneOf(CLUSTERABLE, column.get())) {
        problems.add(
            "--clustering_fields: '"
                + field
                + "' is "
                + FieldSchemas.sqlType(column.get())
                + "; a table is clustered on columns of "
                + CLUSTERABLE);
      } else if (!names.add(column.get().getName())) {
        problems.add("--clustering_fields names '" + field + "' twice");
      }
    }
    if (!names.isEmpty()) {
      table.setClustering(new Clustering().setFields(List.copyOf(names)));
    }
  }

  /** Metadata only, and only where the rows keep it: appended rows repeat their keys. */
  private void primaryKey() {
    boolean isKept =
        request.writeDisposition() == WriteDisposition.WRITE_MERGE
            || request.writeDisposition() == WriteDisposition.WRITE_TRUNCATE;
    List<TableFieldSchema> keys =
        request.mergeKeys().stream().flatMap(k -> column(k).stream()).toList();
    if (isKept
        && !keys.isEmpty()
        && keys.size() == request.mergeKeys().size()
        && keys.size() <= MOST_KEY_COLUMNS
        && keys.stream().allMatch(k -> isOneOf(KEYS, k))) {
      table.setTableConstraints(
          new TableConstraints()
              .setPrimaryKey(
                  new TableConstraints.PrimaryKey()
                      .setColumns(keys.stream().map(TableFieldSchema::getName).toList())));
    }
  }

  private static boolean isOneOf(Set<Kind> kinds, TableFieldSchema column) {
    return !FieldSchemas.isRepeated(column)
        && FieldSchemas.kind(column).filter(kinds::contains).isPresent();
  }

  private Optional<TableFieldSchema> column(String field) {
    List<String> names = schema.getFieldNames();
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(field)
          || columns.get(i).getName().equalsIgnoreCase(field)) {
        return Optional.of(columns.get(i));
      }
    }
    return Optional.empty();
  }
}
