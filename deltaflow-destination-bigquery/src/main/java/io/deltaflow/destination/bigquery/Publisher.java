package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.JobConfiguration;
import io.deltaflow.destination.Publication;
import io.deltaflow.destination.PublishOutcome;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.spi.error.DestinationException;
import io.deltaflow.spi.error.RefusedRunException;
import io.deltaflow.spi.error.StaleRunException;
import java.util.List;
import java.util.Optional;

/** Commits a run, or finds that it has committed. */
final class Publisher {
  private final Jobs jobs;
  private final StateStore states;
  private final SchemaChanges changes;
  private final Tables tables;
  private final RunPlan run;
  private final boolean partitionFieldImmutable;

  Publisher(
      Jobs jobs,
      StateStore states,
      SchemaChanges changes,
      Tables tables,
      RunPlan run,
      boolean partitionFieldImmutable) {
    this.jobs = jobs;
    this.states = states;
    this.changes = changes;
    this.tables = tables;
    this.run = run;
    this.partitionFieldImmutable = partitionFieldImmutable;
  }

  PublishOutcome publish(Publication publication) {
    try {
      StateRow state = planned();
      changes.make(publication.staging());
      JobConfiguration script = jobs.scriptOf(script(publication, state));
      String id = Jobs.id(run.runId(), "publish", 0);
      Jobs.Begun begun = jobs.begin(id, script);
      CrashPoints.reach(CrashPoints.AFTER_PUBLISH_BEGUN);
      Jobs.Done done = jobs.complete(id, "publish into " + tables.target(), script, begun);
      List<Object> answer = done.rows().get(0);
      return outcome(
          publication.staging().expectedRows(),
          publication.rowsDeadLettered(),
          answer,
          Cells.number(answer.get(5)),
          !done.ours());
    } catch (RefusedRunException | JobFailedException e) {
      // Its commit may have been applied before the failure, or by an attempt whose outcome never
      // arrived.
      return recordedAfter(e).orElseThrow(() -> explain(e));
    }
  }

  private Optional<PublishOutcome> recordedAfter(DestinationException failure) {
    try {
      return recorded();
    } catch (DestinationException e) {
      // A run is also stale after a commit of its own, so «nothing was published» would be a guess.
      DestinationException first = failure instanceof StaleRunException ? e : failure;
      first.addSuppressed(failure == first ? e : failure);
      throw first;
    }
  }

  /** The state that the run was planned from, or else the run is stale or has published. */
  private StateRow planned() {
    StateRow state =
        states
            .rows()
            .of(run.syncId())
            .orElseThrow(
                () ->
                    new DestinationException(
                        "the state table "
                            + tables.state()
                            + " has lost its row for the sync '"
                            + run.syncId()
                            + "'; nothing was published; run again"));
    if (state.epoch() != run.epoch()) {
      throw stale(Optional.of(state));
    }
    return state;
  }

  private String script(Publication publication, StateRow state) {
    String watermarks =
        Watermarks.advance(
            state.watermarks(),
            run.sources(),
            publication.staging().largest(),
            ((BigQueryPlan) run.target()).replacesAllRows(run.writeDisposition()));
    return new PublishScript(publication, tables, watermarks, partitionFieldImmutable).text();
  }

  /** What the ledger says of this run; empty when it never committed. */
  Optional<PublishOutcome> recorded() {
    List<List<Object>> rows =
        jobs.query(
            "SELECT rows_inserted, rows_updated, rows_deleted, bytes_lookup, bytes_merge,"
                + " rows_staged, rows_dead_lettered FROM "
                + tables.ledger().sql()
                + " WHERE run_id = "
                + Sql.string(run.runId())
                + " AND outcome = "
                + Sql.string(Ledger.PUBLISHED),
            "look for the run in " + tables.ledger());
    return rows.stream()
        .findFirst()
        .map(r -> outcome(number(r.get(5)), number(r.get(6)), r, 0, true));
  }

  private PublishOutcome outcome(
      long staged, long deadLettered, List<Object> counts, long bytes, boolean repeated) {
    return new PublishOutcome(
        run.epoch() + 1,
        staged,
        deadLettered,
        Cells.number(counts.get(0)),
        Cells.number(counts.get(1)),
        Cells.number(counts.get(2)),
        bytes,
        number(counts.get(3)),
        number(counts.get(4)),
        repeated);
  }

  /** The ledger lacks what the script could not tell. */
  private static long number(Object cell) {
    return cell == null ? 0 : Cells.number(cell);
  }

  private DestinationException explain(DestinationException e) {
    if (!(e instanceof JobFailedException failed)) {
      return e;
    }
    if (failed.reply().contains(PublishScript.STALE)) {
      return stale(states.rows().of(run.syncId()));
    }
    int refused = failed.reply().indexOf(PublishScript.REFUSED);
    if (refused < 0) {
      return failed;
    }
    String why =
        failed
            .reply()
            .substring(refused + PublishScript.REFUSED.length())
            .replaceFirst(" at \\[\\d+:\\d+\\]$", "");
    return new RefusedRunException("nothing was published: " + why, failed);
  }

  private StaleRunException stale(Optional<StateRow> found) {
    String now =
        found
            .map(s -> s.runId() + " has brought it to epoch " + s.epoch())
            .orElse("its row is gone");
    return new StaleRunException(
        "nothing was published: the run "
            + run.runId()
            + " of the sync '"
            + run.syncId()
            + "' was planned at epoch "
            + run.epoch()
            + ", and "
            + now
            + "; run again");
  }
}
