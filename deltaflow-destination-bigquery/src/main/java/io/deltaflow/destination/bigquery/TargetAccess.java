package io.deltaflow.destination.bigquery;

import io.deltaflow.destination.DeadLetterPlan;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.spi.RequiredAccess;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the account of a run needs to write. */
record TargetAccess(Tables tables, RunPlan run, String jobProject) {
  private static final String EDITOR = "roles/bigquery.dataEditor";

  List<RequiredAccess> all() {
    List<RequiredAccess> all = new ArrayList<>();
    String own = tables.target().dataset();
    boolean apart = !tables.stateDataset().equals(own);
    add(
        all,
        EDITOR,
        own,
        apart ? "to write the table" : "to write the table, its state, its ledger and staging");
    if (apart) {
      add(all, EDITOR, tables.stateDataset(), "to write state, ledger and staging");
    }
    Set<String> letters = new LinkedHashSet<>();
    run.deadLetters()
        .map(DeadLetterPlan::table)
        .map(tables::deadLetters)
        .map(TableName::dataset)
        .ifPresent(letters::add);
    letters.remove(own);
    letters.forEach(d -> add(all, EDITOR, d, "to write dead letters"));
    all.add(
        new RequiredAccess(
            "roles/bigquery.jobUser", "project " + jobProject, "to load, query and publish"));
    RequiredAccess.ofBucket(
            "roles/storage.objectUser",
            run.tempPath(),
            "to keep a run's files while it runs, and load them")
        .ifPresent(all::add);
    return all;
  }

  private void add(List<RequiredAccess> all, String role, String dataset, String reason) {
    all.add(
        new RequiredAccess(role, "dataset " + tables.target().project() + "." + dataset, reason));
  }
}
