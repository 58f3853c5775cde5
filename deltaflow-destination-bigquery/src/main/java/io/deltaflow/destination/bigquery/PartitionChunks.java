package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.TimePartitioning;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.Staging;
import io.deltaflow.spi.error.DestinationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Cuts the staged rows so that no statement writes more partitions than BigQuery allows: 4,000 per statement. A MERGE
 * also changes the partitions that its rows leave, so a chunk is half of that.
 */
final class PartitionChunks {
  static final int MOST_PER_STATEMENT = 2_000;
  private static final int MOST_PER_TABLE = 10_000;

  private PartitionChunks() {}

  /** Conditions on the load columns that together hold for every row once; one that is TRUE when nothing is cut. */
  static List<String> of(BigQueryPlan plan, Staging staging, TableName target, Jobs jobs) {
    Optional<String> bucket = bucket(plan);
    // So few rows cannot be in too many partitions.
    if (bucket.isEmpty() || staging.rows() <= MOST_PER_STATEMENT) {
      return List.of("TRUE");
    }
    List<String> days =
        jobs
            .query(
                "SELECT DISTINCT CAST(%s AS STRING) AS bucket FROM (\n%s\n)\nWHERE %s IS NOT NULL\nORDER BY bucket"
                    .formatted(
                        bucket.get(), new StagedRows(plan, staging).all("  "), bucket.get()),
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

  /** @param days in order */
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
          from == 0 && !parts.isEmpty() ? "(" + condition + " OR " + bucket + " IS NULL)" : condition);
    }
    return conditions;
  }

  /** The partition of a row, as a DATE; empty when there is none or it is finer than that. */
  private static Optional<String> bucket(BigQueryPlan plan) {
    TimePartitioning partitioning = plan.table().getTimePartitioning();
    if (partitioning == null || partitioning.getField() == null) {
      return Optional.empty();
    }
    Optional<String> column =
        plan.columns().stream()
            .filter(c -> c.name().equalsIgnoreCase(partitioning.getField()))
            .findFirst()
            .map(Column::loadName);
    String type =
        partitioning.getType() == null ? "DAY" : partitioning.getType().toUpperCase(Locale.ROOT);
    return switch (type) {
      case "DAY" -> column.map(c -> "CAST(" + c + " AS DATE)");
      case "MONTH", "YEAR" -> column.map(c -> "DATE_TRUNC(CAST(" + c + " AS DATE), " + type + ")");
      default -> Optional.empty();
    };
  }
}
