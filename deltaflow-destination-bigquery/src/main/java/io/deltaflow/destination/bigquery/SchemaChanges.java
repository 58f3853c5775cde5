package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.TableFieldSchema;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.Staging;
import io.deltaflow.spi.error.DestinationException;
import java.util.List;

/**
 * Makes the changes of the target's schema that a run has planned.
 *
 * <p>Permanent DDL cannot join the transaction of the commit, so they come before it, and at the
 * latest moment: staging needs no column of the target, and a run that fails while it reads, loads
 * or verifies leaves the table as it was. One that fails between a change and its commit leaves a
 * column that may be NULL, or a wider type, which the next run finds fitting.
 *
 * <p>Two workers share the jobs, whose ids are the run's own. A run that would find what another
 * one has just changed does not change it again.
 */
final class SchemaChanges {
  private final BigQueryApi api;
  private final Jobs jobs;
  private final Tables tables;
  private final RunPlan run;

  SchemaChanges(BigQueryApi api, Jobs jobs, Tables tables, RunPlan run) {
    this.api = api;
    this.jobs = jobs;
    this.tables = tables;
    this.run = run;
  }

  /**
   * Of a run that is neither published nor stale. Rows need the columns; without rows only changes
   * do.
   *
   * @throws DestinationException when a column that is written is not as it was planned: another
   *     run or person has altered the table, and BigQuery would convert values without a word
   */
  void make(Staging staging) {
    BigQueryPlan plan = (BigQueryPlan) run.target();
    List<Alteration> alterations = plan.alterations();
    if (plan.action() == BigQueryPlan.Action.REPLACE
        || staging.rows() == 0 && alterations.isEmpty()) {
      return;
    }
    List<TableFieldSchema> now = columns();
    for (int i = 0; i < alterations.size(); i++) {
      if (!alterations.get(i).isIn(now)) {
        make(alterations.get(i), Jobs.id(run.runId(), "alter", i));
        now = columns();
      }
    }
    requirePlanned(plan, now);
  }

  private void requirePlanned(BigQueryPlan plan, List<TableFieldSchema> now) {
    List<String> altered =
        FieldSchemas.of(plan.table()).stream()
            .filter(planned -> plan.column(planned.getName()).isPresent())
            .filter(planned -> !Alteration.holds(now, planned))
            .map(TableFieldSchema::getName)
            .toList();
    if (!altered.isEmpty()) {
      throw new DestinationException(
          "the table "
              + tables.target()
              + " was altered since the run was planned: "
              + String.join(", ", altered)
              + "; nothing was published; run again");
    }
  }

  private void make(Alteration alteration, String id) {
    try {
      jobs.complete(id, "change the schema of " + tables.target(), jobs.queryOf(alteration.sql()));
    } catch (JobFailedException e) {
      if (!alteration.isIn(columns())) {
        throw new DestinationException(
            "nothing was published: "
                + e.getMessage()
                + "; make the change in another way, or run with --schema_evolution=none. The"
                + " statement was: "
                + alteration.sql(),
            e);
      }
    }
  }

  /** None when the table is gone. */
  private List<TableFieldSchema> columns() {
    return api.table(tables.target()).map(FieldSchemas::of).orElse(List.of());
  }
}
