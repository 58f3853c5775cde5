package io.deltaflow.destination.bigquery;

import java.io.Serializable;

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

  TableName staging(String runId, int part) {
    return beside("__deltaflow_staging_" + runId + "_" + part);
  }

  /** Where a run builds the table that will take the target's place. */
  TableName next(String runId) {
    return beside("__deltaflow_next_" + runId);
  }

  /** In a dataset of its own the state of many targets meets, so names begin with the dataset. */
  private TableName beside(String suffix) {
    String base =
        stateDataset.equals(target.dataset())
            ? target.table()
            : target.dataset() + "__" + target.table();
    if (base.length() + suffix.length() > LONGEST_NAME) {
      base = Hash.of(base);
    }
    return new TableName(target.project(), stateDataset, base + suffix);
  }
}
