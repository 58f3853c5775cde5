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

  /** In a dataset of its own the state of many targets meets, so names end with the dataset. */
  private TableName beside(String kind) {
    String suffix = stateDataset.equals(target.dataset()) ? kind : kind + "__" + target.dataset();
    boolean fits = target.table().length() + suffix.length() <= LONGEST_NAME;
    String name =
        fits ? target.table() + suffix : Hash.of(target.dataset() + "." + target.table()) + kind;
    return new TableName(target.project(), stateDataset, name);
  }
}
