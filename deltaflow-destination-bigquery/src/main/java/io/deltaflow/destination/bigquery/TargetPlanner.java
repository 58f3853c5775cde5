package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableSchema;
import io.deltaflow.NearNames;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType.Kind;
import io.deltaflow.destination.CreateDisposition;
import io.deltaflow.destination.SchemaEvolution;
import io.deltaflow.destination.TargetRequest;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.destination.bigquery.BigQueryPlan.Action;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Fits a detected schema to the table that is there, or to one that will be. Contacts nothing. */
final class TargetPlanner {
  private static final Set<Kind> NO_KEY =
      EnumSet.of(Kind.FLOAT64, Kind.JSON, Kind.GEOGRAPHY, Kind.STRUCT);

  private final TableName target;
  private final String location;
  private final TargetRequest request;

  TargetPlanner(TableName target, String location, TargetRequest request) {
    this.target = target;
    this.location = location;
    this.request = request;
  }

  BigQueryPlan plan(Optional<Table> existing) {
    if (request.schema().schema().getFieldCount() == 0) {
      throw new ConfigurationException("the source has no columns, so there is nothing to write");
    }
    if (existing.isEmpty()) {
      refuseToCreate();
      return create(Action.CREATE);
    }
    if (!request.deleteExisting()) {
      return keep(existing.get());
    }
    return replace(existing.get());
  }

  private void refuseToCreate() {
    if (request.createDisposition() == CreateDisposition.CREATE_NEVER) {
      throw new ConfigurationException(
          "the table "
              + target
              + " does not exist and --create_disposition=CREATE_NEVER forbids to create it; create"
              + " it, or use CREATE_IF_NEEDED");
    }
    if (!request.autoSchema()) {
      throw new ConfigurationException(
          "the table "
              + target
              + " does not exist and --enable_auto_schema=false forbids to make its schema from the"
              + " source's; create it, or set --enable_auto_schema=true");
    }
  }

  private BigQueryPlan create(Action action) {
    NewTable made = NewTable.of(request);
    Table table = made.table();
    SchemaMatch match = SchemaMatch.of(request.schema().schema(), FieldSchemas.of(table));
    List<String> problems = new ArrayList<>(made.problems());
    problems.addAll(match.problems());
    checkKeys(match.columns(), problems);
    refuse(problems, "the source does not fit a new table " + target);
    List<String> warnings = new ArrayList<>(made.warnings());
    warnings.addAll(match.warnings());
    return new BigQueryPlan(
        action,
        match.columns(),
        match.expressions(),
        Ddl.create(target, table),
        List.of(),
        List.of(),
        warnings,
        Resources.text(table),
        location);
  }

  private BigQueryPlan keep(Table table) {
    TableEvolution evolution = TableEvolution.of(target, request, table);
    boolean evolves = request.autoSchema() && request.schemaEvolution() == SchemaEvolution.ADDITIVE;
    List<TableFieldSchema> fields = evolves ? evolution.fields() : FieldSchemas.of(table);
    SchemaMatch match =
        SchemaMatch.of(request.schema().schema(), fields, evolves ? evolution.fixed() : Map.of());
    List<String> problems = new ArrayList<>(match.problems());
    if (evolves) {
      problems.addAll(evolution.problems());
    } else {
      refuseToEvolve(match, evolution, problems);
    }
    checkKeys(match.columns(), problems);
    checkPartitionFilter(table, problems);
    refuse(problems, "the source does not fit the table " + target);
    List<String> warnings = new ArrayList<>(match.warnings());
    if (evolves) {
      warnings.addAll(evolution.warnings());
    }
    warnOfLayout(table, warnings);
    return new BigQueryPlan(
        Action.KEEP,
        match.columns(),
        match.expressions(),
        null,
        evolves ? evolution.alterations() : List.of(),
        evolves ? evolution.lines() : List.of(),
        warnings,
        Resources.text(definition(table).setSchema(new TableSchema().setFields(fields))),
        location);
  }

  private void refuseToEvolve(SchemaMatch match, TableEvolution evolution, List<String> problems) {
    if (!match.missing().isEmpty()) {
      problems.add("the table lacks '" + String.join("', '", match.missing()) + "'");
    }
    if (!problems.isEmpty() && !evolution.needed().isEmpty()) {
      problems.add(
          "these changes are needed: "
              + String.join("; ", evolution.needed())
              + "; make them, or let a run make them with --schema_evolution=additive"
              + (request.autoSchema() ? "" : " and --enable_auto_schema=true"));
    }
  }

  private BigQueryPlan replace(Table old) {
    refuseToReplace();
    BigQueryPlan made = create(Action.REPLACE);
    List<String> changes = TableDifference.of(old, made.table());
    List<String> warnings = new ArrayList<>(made.warnings());
    if (changes.isEmpty() && !requiresFilter(old)) {
      return new BigQueryPlan(
          Action.EMPTY,
          made.columns(),
          made.expressions(),
          null,
          List.of(),
          List.of(),
          warnings,
          Resources.text(definition(old)),
          location);
    }
    warnings.add(
        "--delete_existing_table: the schema of "
            + target
            + " changes, so a new table takes its place: labels, policy tags, row access policies"
            + " and the encryption key of the old one are gone afterwards");
    if (!TableDifference.sameLayout(old, made.table())) {
      warnings.add(
          "--delete_existing_table: BigQuery cannot replace a table by one with other partitioning"
              + " or clustering at once; after the commit "
              + target
              + " is absent for a moment");
    }
    return new BigQueryPlan(
        made.action(),
        made.columns(),
        made.expressions(),
        made.createSql(),
        List.of(),
        changes,
        warnings,
        made.definition(),
        location);
  }

  private void refuseToReplace() {
    if (request.createDisposition() == CreateDisposition.CREATE_NEVER || !request.autoSchema()) {
      throw new ConfigurationException(
          "--delete_existing_table replaces "
              + target
              + " by a table made from the source's schema, which --create_disposition=CREATE_NEVER"
              + " and --enable_auto_schema=false forbid; leave one of them out");
    }
  }

  private void checkKeys(List<Column> columns, List<String> problems) {
    if (request.writeDisposition() != WriteDisposition.WRITE_MERGE) {
      return;
    }
    List<String> fields = request.schema().schema().getFieldNames();
    for (String key : request.mergeKeys()) {
      Optional<Column> column = columns.stream().filter(c -> c.field().equals(key)).findFirst();
      if (column.isEmpty() && !fields.contains(key)) {
        problems.add(
            "--merge_keys: the source has no field '" + key + "'" + NearNames.hint(key, fields));
      }
      column
          .filter(c -> c.type().repeated() || NO_KEY.contains(c.type().kind()))
          .ifPresent(
              c ->
                  problems.add(
                      "--merge_keys: '"
                          + key
                          + "' is "
                          + (c.type().repeated() ? "REPEATED " : "")
                          + c.type().kind()
                          + ", whose values BigQuery cannot match exactly; name other columns"));
    }
  }

  private void checkPartitionFilter(Table table, List<String> problems) {
    if (requiresFilter(table) && request.writeDisposition() != WriteDisposition.WRITE_APPEND) {
      problems.add(
          "the table requires a partition filter, which --write_disposition="
              + request.writeDisposition()
              + " cannot give; lift it with: ALTER TABLE "
              + target.sql()
              + " SET OPTIONS (require_partition_filter = false)");
    }
  }

  @SuppressWarnings("deprecation") // Tables that were made long ago answer in the old place only.
  private static boolean requiresFilter(Table table) {
    return Boolean.TRUE.equals(table.getRequirePartitionFilter())
        || table.getTimePartitioning() != null
            && Boolean.TRUE.equals(table.getTimePartitioning().getRequirePartitionFilter());
  }

  private void warnOfLayout(Table table, List<String> warnings) {
    String partitioned =
        table.getTimePartitioning() == null ? null : table.getTimePartitioning().getField();
    if (request.partitionFieldGiven()
        && request.partitionField().filter(f -> !f.equalsIgnoreCase(partitioned)).isPresent()) {
      warnings.add(
          "--partition_field="
              + request.partitionField().get()
              + " is not applied: the table exists and is "
              + (partitioned == null
                  ? "not partitioned by a column"
                  : "partitioned by " + partitioned));
    }
    List<String> clustered =
        table.getClustering() == null ? List.of() : table.getClustering().getFields();
    if (!request.clusteringFields().isEmpty()
        && !lower(request.clusteringFields()).equals(lower(clustered))) {
      warnings.add(
          "--clustering_fields is not applied: the table exists and is "
              + (clustered.isEmpty()
                  ? "not clustered"
                  : "clustered by " + String.join(", ", clustered)));
    }
  }

  private static List<String> lower(List<String> names) {
    return names.stream().map(n -> n.toLowerCase(Locale.ROOT)).toList();
  }

  /** What later steps need of an existing table. */
  private static Table definition(Table table) {
    return new Table()
        .setSchema(table.getSchema())
        .setTimePartitioning(table.getTimePartitioning())
        .setRangePartitioning(table.getRangePartitioning())
        .setClustering(table.getClustering());
  }

  private static void refuse(List<String> problems, String what) {
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems.stream().map(p -> what + ": " + p).toList());
    }
  }
}
