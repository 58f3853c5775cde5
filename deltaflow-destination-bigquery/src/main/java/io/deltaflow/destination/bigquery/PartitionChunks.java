package io.deltaflow.destination.bigquery;

import io.deltaflow.destination.Column;
import io.deltaflow.destination.Staging;
import io.deltaflow.spi.error.RefusedRunException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Cuts the staged rows so that no INSERT writes more partitions than BigQuery allows. */
final class PartitionChunks {
  /** What one statement may modify. */
  static final int MOST_PER_STATEMENT = 4_000;

  private static final int MOST_PER_TABLE = 10_000;

  private PartitionChunks() {}

  /**
   * Conditions on the load columns that together hold for every row once; one that is TRUE when
   * nothing is cut.
   */
  static List<String> of(BigQueryPlan plan, Staging staging, TableName target, Jobs jobs) {
    Optional<Partitioning> partitioning = Partitioning.of(plan.table());
    Optional<Column> column = partitioning.flatMap(p -> plan.column(p.column()));
    // So few rows cannot be in too many partitions.
    if (column.isEmpty() || staging.rows() <= MOST_PER_STATEMENT) {
      return List.of("TRUE");
    }
    String number = partitioning.get().number(column.get().loadName());
    List<String> numbers =
        jobs
            .query(
                String.format(
                    Locale.ROOT,
                    "SELECT DISTINCT %s AS number FROM (\n" + "%s\n" + ")\n" + "ORDER BY number",
                    number,
                    new StagedRows(plan, staging).of("  ", List.of(column.get()))),
                "count the partitions of the staged rows")
            .stream()
            .map(r -> r.get(0).toString())
            .toList();
    if (numbers.size() > MOST_PER_TABLE) {
      throw new RefusedRunException(
          "the rows belong to "
              + numbers.size()
              + " partitions of "
              + target
              + ", which is partitioned by "
              + partitioning.get().description()
              + ", and a BigQuery table has at most "
              + MOST_PER_TABLE
              + "; nothing was published; choose another --partition_field");
    }
    return conditions(number, numbers, MOST_PER_STATEMENT);
  }

  /**
   * @param numbers of all partitions, in order
   */
  static List<String> conditions(String number, List<String> numbers, int most) {
    List<String> conditions = new ArrayList<>();
    for (int from = 0; from == 0 || from < numbers.size(); from += most) {
      List<String> parts = new ArrayList<>();
      if (from > 0) {
        parts.add(number + " >= " + numbers.get(from));
      }
      if (from + most < numbers.size()) {
        parts.add(number + " < " + numbers.get(from + most));
      }
      conditions.add(parts.isEmpty() ? "TRUE" : String.join(" AND ", parts));
    }
    return conditions;
  }
}
