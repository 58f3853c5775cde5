package io.deltaflow.destination.bigquery;

import io.deltaflow.destination.Column;
import io.deltaflow.spi.error.RefusedRunException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Cuts staged rows so that no INSERT writes more partitions than BigQuery allows. */
final class PartitionChunks {
  /** What one statement may modify. */
  static final int MOST_PER_STATEMENT = 4_000;

  static final int MOST_PER_TABLE = 10_000;

  private final Partitioning partitioning;
  private final Column column;
  private final String expression;
  private final TableName target;

  private PartitionChunks(
      Partitioning partitioning, Column column, String expression, TableName target) {
    this.partitioning = partitioning;
    this.column = column;
    this.expression = expression;
    this.target = target;
  }

  /** Empty when the rows cannot be in too many partitions, as so few cannot. */
  static Optional<PartitionChunks> of(BigQueryPlan plan, long rows, TableName target) {
    if (rows <= MOST_PER_STATEMENT) {
      return Optional.empty();
    }
    return Partitioning.of(plan.table())
        .flatMap(
            p ->
                plan.column(p.column())
                    .map(
                        c ->
                            new PartitionChunks(
                                p, c, plan.expressions().get(plan.columns().indexOf(c)), target)));
  }

  /** The number of the partition that a row of staging goes to. */
  String number() {
    return partitioning.number(expression);
  }

  /**
   * Conditions on the load columns, converted to the target's types, that together hold for every
   * row once; none when nothing is cut.
   *
   * @param numbers of the partitions that the rows go to, in order
   */
  List<String> conditions(List<String> numbers) {
    if (numbers.size() > MOST_PER_TABLE) {
      throw new RefusedRunException(
          "the rows belong to more than "
              + MOST_PER_TABLE
              + " partitions of "
              + target
              + ", which is partitioned by "
              + partitioning.description()
              + ", and that is what a BigQuery table has at most; nothing was published; choose"
              + " another --partition_field");
    }
    return conditions(partitioning.number(column.loadName()), numbers, MOST_PER_STATEMENT);
  }

  /**
   * @param numbers of all partitions, in order
   */
  static List<String> conditions(String number, List<String> numbers, int most) {
    List<String> conditions = new ArrayList<>();
    for (int from = 0; numbers.size() > most && from < numbers.size(); from += most) {
      List<String> parts = new ArrayList<>();
      if (from > 0) {
        parts.add(number + " >= " + numbers.get(from));
      }
      if (from + most < numbers.size()) {
        parts.add(number + " < " + numbers.get(from + most));
      }
      conditions.add(String.join(" AND ", parts));
    }
    return conditions;
  }
}
