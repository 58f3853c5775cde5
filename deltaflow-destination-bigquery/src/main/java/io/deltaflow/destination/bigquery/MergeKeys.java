package io.deltaflow.destination.bigquery;

import io.deltaflow.destination.Column;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.spi.error.InternalException;
import java.util.List;

final class MergeKeys {
  private MergeKeys() {}

  /** The columns of a run's merge keys. */
  static List<Column> of(RunPlan run) {
    return run.mergeKeys().stream()
        .map(
            key ->
                run.target().columns().stream()
                    .filter(c -> c.field().equals(key))
                    .findFirst()
                    .orElseThrow(
                        () ->
                            new InternalException(
                                "the plan has no column for the merge key '" + key + "'")))
        .toList();
  }
}
