package io.deltaflow.scenarios;

import java.util.List;
import java.util.Map;

/** What readers of a destination can see of a sync; equal to another when nothing has changed. */
record ReaderView(
    List<String> rows, List<Map<String, Object>> ledger, List<Map<String, Object>> state) {
  static ReaderView of(SyncBed bed, OrdersSync sync) {
    return new ReaderView(
        sync.targetRows(),
        // That a run was refused is for people, and no change.
        bed.target(
            "SELECT * FROM "
                + sync.beside("__deltaflow_runs")
                + " WHERE outcome != 'refused' ORDER BY run_id"),
        bed.target("SELECT * FROM " + sync.beside("__deltaflow_state") + " ORDER BY sync_id"));
  }
}
