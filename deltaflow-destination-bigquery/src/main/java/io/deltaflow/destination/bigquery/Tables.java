package io.deltaflow.destination.bigquery;

import java.io.Serializable;
import java.util.Optional;

/**
 * The target and the tables that go with it.
 *
 * @param stateDataset where state, ledger and staging are
 */
record Tables(TableName target, String stateDataset) implements Serializable {
  private static final int LONGEST_NAME = 1024;

  TableName state() {
    return beside("__deltaflow_state");
  }

  TableName ledger() {
    return beside("__deltaflow_runs");
  }

  /**
   * Rows that do not fit.
   *
   * @param given table, or dataset.table; empty for the target's name with a suffix
   */
  TableName deadLetters(Optional<String> given) {
    String name = given.orElse(target.table() + "_dead_letters");
    int dot = name.indexOf('.');
    return new TableName(
        target.project(),
        dot < 0 ? target.dataset() : name.substring(0, dot),
        name.substring(dot + 1));
  }

  TableName staging(String runId, String part) {
    return beside("__deltaflow_staging_" + runId + "_" + part);
  }

  /** Where a run builds the table that will take the target's place. */
  TableName next(String runId) {
    return beside("__deltaflow_next_" + runId);
  }

  /** In a dataset of its own the state of many targets meets, so names end with the dataset. */
  private TableName beside(String kind) {
    String suffix = stateDataset.equals(target.dataset()) ? kind : kind + "__" + target.dataset();
    boolean fits = target.table().length() + suffix.length() <= LONGEST_NAME;
    String name =
        fits ? target.table() + suffix : Hash.of(target.dataset() + "." + target.table()) + kind;
    return new TableName(target.project(), stateDataset, name);
  }
}
