package io.deltaflow.destination.bigquery;

import io.deltaflow.destination.Column;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.spi.error.InternalException;
import java.util.List;
import java.util.Optional;

final class MergeKeys {
  private MergeKeys() {}

  /** The columns of a run's merge keys. */
  static List<Column> of(RunPlan run) {
    return run.mergeKeys().stream().map(key -> column(run, key, "merge key")).toList();
  }

  /** The column that tells which of several rows of a key is the newest; empty without one. */
  static Optional<Column> cursor(RunPlan run) {
    return Optional.ofNullable(run.cursor()).map(cursor -> column(run, cursor, "cursor"));
  }

  private static Column column(RunPlan run, String field, String role) {
    return run.target().columns().stream()
        .filter(c -> c.field().equals(field))
        .findFirst()
        .orElseThrow(
            () ->
                new InternalException(
                    "the plan has no column for the " + role + " '" + field + "'"));
  }
}
