package io.deltaflow.destination.bigquery;

import io.deltaflow.LedgerEntry.Outcome;
import io.deltaflow.destination.WatermarkChange;
import io.deltaflow.spi.error.StaleRunException;
import java.util.Locale;
import java.util.Optional;

/**
 * One transaction that changes a sync's watermarks at the user's word, by the same compare-and-set
 * of the epoch as a publish: of a run and a command at once, one finds another epoch.
 */
final class StateChange {
  private final WatermarkChange change;
  private final StateStore states;
  private final Tables tables;

  StateChange(WatermarkChange change, StateStore states, Tables tables) {
    this.change = change;
    this.states = states;
    this.tables = tables;
  }

  void commit(Jobs jobs) {
    Optional<StateRow> row =
        states.rows().of(change.syncId()).filter(r -> r.epoch() == change.epoch());
    String script = script(row.orElseThrow(this::stale));
    try {
      jobs.complete(
          Jobs.id(change.id(), "state", 0),
          "change the state of the sync '" + change.syncId() + "' in " + tables.state(),
          jobs.queryOf(script));
    } catch (JobFailedException e) {
      throw e.reply().contains(PublishScript.STALE) ? stale() : e;
    }
  }

  private String script(StateRow row) {
    String watermarks =
        change.outcome() == Outcome.RESET
            ? "{}"
            : Watermarks.advance(row.watermarks(), change.sources(), null, false);
    // A replacement is swapped in under the id of the run that made it, which must stay with it.
    return String.format(
        Locale.ROOT,
        """
        BEGIN TRANSACTION;

        UPDATE %s
        SET `epoch` = %d,
            `watermarks` = %s,
            `run_id` = %s,
            `updated_at` = CURRENT_TIMESTAMP()
        WHERE `sync_id` = %s AND `epoch` = %d AND `replacement` IS NULL;
        IF @@row_count != 1 THEN
          RAISE USING MESSAGE = %s;
        END IF;

        %s

        COMMIT TRANSACTION;
        """,
        tables.state().sql(),
        change.epoch() + 1,
        Sql.string(watermarks),
        Sql.string(change.id()),
        Sql.string(change.syncId()),
        change.epoch(),
        Sql.string(PublishScript.STALE + " " + change.epoch()),
        Ledger.insert(tables, change));
  }

  private StaleRunException stale() {
    return new StaleRunException(
        "nothing was changed: the sync '"
            + change.syncId()
            + "' was at epoch "
            + change.epoch()
            + " and has been changed meanwhile, by a run or another command; look at what it did"
            + " (./deltaflow runs) before you repeat the command");
  }
}
