package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.JobConfiguration;
import com.google.api.services.bigquery.model.JobConfigurationTableCopy;
import com.google.api.services.bigquery.model.Table;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.fault.MachineClock;
import io.deltaflow.spi.error.DestinationException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Puts a table with another schema in the target's place.
 *
 * <p>Permanent DDL and copies cannot join a transaction, so the commit only records the intent: in
 * one transaction the run fills the new table, advances the state and names the new table in the
 * state row's {@code replacement}. From then on the run is committed, and the swap is work that
 * anyone finishes: this run, or the next one before it does anything else, from the same new table
 * under the same job ids. A run that dies before the commit leaves the old table as it was; one
 * that dies after it leaves the old table readable until the next run.
 *
 * <p>The swap is a copy job that overwrites the target, which is atomic. BigQuery refuses that
 * between tables of different partitioning or clustering; there the target is dropped first, by a
 * job that also runs once, which leaves it absent for a moment.
 */
final class Replacement {
  /** How long a new table waits for a run that finishes its swap. */
  private static final Duration EXPIRY = Duration.ofDays(30);

  private final BigQueryApi api;
  private final Tables tables;

  Replacement(BigQueryApi api, Tables tables) {
    this.api = api;
    this.tables = tables;
  }

  /** Makes the empty table that the run will fill. */
  void prepare(String runId, Table definition) {
    api.createTable(
        tables.next(runId),
        definition.setExpirationTime(MachineClock.now().plus(EXPIRY).toEpochMilli()));
  }

  /**
   * Finishes the swaps that are recorded.
   *
   * @param rows of the state table
   */
  void finish(StateRows rows, Jobs jobs) {
    for (StateRow row : rows.all()) {
      if (row.replacement() != null) {
        finish(row, jobs);
      }
    }
  }

  private void finish(StateRow row, Jobs jobs) {
    TableName next = TableName.parse(row.replacement());
    if (hasOtherLayout(next)) {
      jobs.complete(
          Jobs.id(row.runId(), "drop", 0),
          "drop " + tables.target() + " to put " + next + " in its place",
          jobs.queryOf("DROP TABLE IF EXISTS " + tables.target().sql()));
      CrashPoints.reach(CrashPoints.AFTER_TARGET_DROPPED);
    }
    copy(next, Jobs.id(row.runId(), "swap", 0), jobs);
    keepForEver(next);
    CrashPoints.reach(CrashPoints.AFTER_TARGET_SWAPPED);
    jobs.complete(
        Jobs.id(row.runId(), "swapped", 0),
        "record the swap in " + tables.state(),
        jobs.queryOf(recorded(row)));
    api.dropTable(next);
  }

  private boolean hasOtherLayout(TableName next) {
    Optional<Table> made = api.table(next);
    Optional<Table> old = api.table(tables.target());
    return made.isPresent()
        && old.isPresent()
        && !TableDifference.sameLayout(old.get(), made.get());
  }

  private void copy(TableName next, String id, Jobs jobs) {
    try {
      jobs.complete(id, "put " + next + " in the place of " + tables.target(), copyOf(next));
    } catch (JobFailedException e) {
      if (api.table(next).isPresent()) {
        throw e;
      }
      throw new DestinationException(
          "the table "
              + next
              + ", which was to take the place of "
              + tables.target()
              + ", is gone; clear the column replacement in "
              + tables.state()
              + " and run again with --delete_existing_table=true",
          e);
    }
  }

  private JobConfiguration copyOf(TableName next) {
    return new JobConfiguration()
        .setCopy(
            new JobConfigurationTableCopy()
                .setSourceTable(next.reference())
                .setDestinationTable(tables.target().reference())
                .setCreateDisposition("CREATE_IF_NEEDED")
                .setWriteDisposition("WRITE_TRUNCATE"));
  }

  /** In case the copy took over the expiry of the table that it was made from. */
  private void keepForEver(TableName next) {
    Optional<Table> made = api.table(next);
    Optional<Table> target = api.table(tables.target());
    if (made.isPresent()
        && target.isPresent()
        && target.get().getExpirationTime() != null
        && target.get().getExpirationTime().equals(made.get().getExpirationTime())) {
      api.patchTable(
          tables.target(),
          new Table().setExpirationTime(com.google.api.client.util.Data.NULL_LONG));
    }
  }

  private String recorded(StateRow row) {
    return String.format(
        Locale.ROOT,
        "UPDATE %s\nSET `replacement` = NULL\nWHERE `sync_id` = %s AND `replacement` = %s",
        tables.state().sql(),
        Sql.string(row.syncId()),
        Sql.string(row.replacement()));
  }
}
