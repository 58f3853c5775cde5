package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TimePartitioning;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType.Kind;
import io.deltaflow.destination.Staging;
import io.deltaflow.spi.error.DestinationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Cuts the staged rows so that no statement writes more partitions than BigQuery allows: 4,000 per
 * statement. A MERGE also changes the partitions that its rows leave, so a chunk is half of that.
 */
final class PartitionChunks {
  static final int MOST_PER_STATEMENT = 2_000;
  private static final int MOST_PER_TABLE = 10_000;

  private PartitionChunks() {}

  /**
   * Conditions on the load columns that together hold for every row once; one that is TRUE when
   * nothing is cut.
   */
  static List<String> of(BigQueryPlan plan, Staging staging, TableName target, Jobs jobs) {
    Optional<String> bucket = bucket(plan);
    // So few rows cannot be in too many partitions.
    if (bucket.isEmpty() || staging.rows() <= MOST_PER_STATEMENT) {
      return List.of("TRUE");
    }
    List<String> days =
        jobs
            .query(
                String.format(
                    Locale.ROOT,
                    "SELECT DISTINCT %s AS bucket FROM (\n"
                        + "%s\n"
                        + ")\n"
                        + "WHERE %s IS NOT NULL\n"
                        + "ORDER BY bucket",
                    bucket.get(),
                    new StagedRows(plan, staging).all("  "),
                    bucket.get()),
                "count the partitions of the staged rows")
            .stream()
            .map(r -> r.get(0).toString())
            .toList();
    if (days.size() > MOST_PER_TABLE) {
      throw new DestinationException(
          "the rows belong to "
              + days.size()
              + " partitions of "
              + target
              + ", which is partitioned by "
              + plan.table().getTimePartitioning().getField()
              + ", and a BigQuery table has at most "
              + MOST_PER_TABLE
              + "; nothing was published; choose another --partition_field");
    }
    return conditions(bucket.get(), days, MOST_PER_STATEMENT);
  }

  /**
   * @param days in order
   */
  static List<String> conditions(String bucket, List<String> days, int most) {
    List<String> conditions = new ArrayList<>();
    for (int from = 0; from == 0 || from < days.size(); from += most) {
      List<String> parts = new ArrayList<>();
      if (from > 0) {
        parts.add(bucket + " >= DATE " + Sql.string(days.get(from)));
      }
      if (from + most < days.size()) {
        parts.add(bucket + " < DATE " + Sql.string(days.get(from + most)));
      }
      String condition = parts.isEmpty() ? "TRUE" : String.join(" AND ", parts);
      conditions.add(
          from == 0 && !parts.isEmpty()
              ? "(" + condition + " OR " + bucket + " IS NULL)"
              : condition);
    }
    return conditions;
  }

  /** The partition of a row, as a DATE; empty when there is none or it is finer than that. */
  private static Optional<String> bucket(BigQueryPlan plan) {
    TimePartitioning partitioning = plan.table().getTimePartitioning();
    if (partitioning == null || partitioning.getField() == null) {
      return Optional.empty();
    }
    Optional<String> day =
        plan.columns().stream()
            .filter(c -> c.name().equalsIgnoreCase(partitioning.getField()))
            .findFirst()
            .map(c -> day(c, plan.table()));
    String type =
        partitioning.getType() == null ? "DAY" : partitioning.getType().toUpperCase(Locale.ROOT);
    return switch (type) {
      case "DAY" -> day;
      case "MONTH", "YEAR" -> day.map(d -> "DATE_TRUNC(" + d + ", " + type + ")");
      default -> Optional.empty();
    };
  }

  private static String day(Column column, Table table) {
    boolean isDate =
        table.getSchema().getFields().stream()
            .filter(f -> f.getName().equals(column.name()))
            .anyMatch(f -> FieldSchemas.kind(f).filter(k -> k == Kind.DATE).isPresent());
    return isDate ? column.loadName() : "DATE(" + column.loadName() + ")";
  }
}
