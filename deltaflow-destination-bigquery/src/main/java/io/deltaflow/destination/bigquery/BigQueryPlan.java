package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TimePartitioning;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.PartitionLimit;
import io.deltaflow.destination.TargetPlan;
import io.deltaflow.destination.WriteDisposition;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How the rows fit the target.
 *
 * @param expressions for each column, what to select from staging
 * @param createSql null when the table exists and stays
 * @param alterations of a table that stays, to make just before the commit
 * @param definition the target's resource as JSON: the table to create, or the one that is there,
 *     as it is after the alterations
 * @param location of the dataset
 */
record BigQueryPlan(
    Action action,
    List<Column> columns,
    List<String> expressions,
    String createSql,
    List<Alteration> alterations,
    List<String> schemaChanges,
    List<String> warnings,
    String definition,
    String location)
    implements TargetPlan {
  private static final long MOST_PARTITIONS = 10_000;

  /** What becomes of the target. */
  enum Action {
    /** It exists and stays; columns may be added or widened. */
    KEEP,
    CREATE,
    /** It exists with the wanted schema, and the run's rows replace all others. */
    EMPTY,
    /** Another table, with another schema, takes its place. */
    REPLACE
  }

  BigQueryPlan {
    columns = List.copyOf(columns);
    expressions = List.copyOf(expressions);
    alterations = List.copyOf(alterations);
    schemaChanges = List.copyOf(schemaChanges);
    warnings = List.copyOf(warnings);
  }

  @Override
  public Optional<String> ddl() {
    return Optional.ofNullable(createSql);
  }

  /** Whether no row that was in the target stays. */
  boolean replacesAllRows(WriteDisposition disposition) {
    return action == Action.EMPTY
        || action == Action.REPLACE
        || disposition == WriteDisposition.WRITE_TRUNCATE;
  }

  Table table() {
    return Resources.parse(definition, Table.class);
  }

  /** Ranges of whole numbers are limited where they are declared. */
  @Override
  public Optional<PartitionLimit> partitionLimit() {
    TimePartitioning time = table().getTimePartitioning();
    if (time == null || time.getField() == null) {
      return Optional.empty();
    }
    String unit = time.getType() == null ? "DAY" : time.getType().toUpperCase(Locale.ROOT);
    return columns.stream()
        .filter(c -> c.name().equalsIgnoreCase(time.getField()))
        .findFirst()
        .map(c -> new PartitionLimit(c.field(), ChronoUnit.valueOf(unit + "S"), MOST_PARTITIONS));
  }

  /** The column of a name in the target; empty when the source has none for it. */
  Optional<Column> column(String name) {
    return columns.stream().filter(c -> c.name().equalsIgnoreCase(name)).findFirst();
  }

  /** Changes when names or types of the columns do. */
  String fingerprint() {
    return Hash.of(FieldSchemas.signature(table().getSchema().getFields())).substring(0, 16);
  }
}
