package io.deltaflow.destination.bigquery;

import java.io.Serializable;

/**
 * The target and the tables that go with it.
 *
 * @param stateDataset where state, ledger and staging are
 */
record Tables(TableName target, String stateDataset) implements Serializable {
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

  private TableName beside(String suffix) {
    return new TableName(target.project(), stateDataset, target.table() + suffix);
  }
}
