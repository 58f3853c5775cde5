package io.deltaflow.destination.bigquery;

import io.deltaflow.LedgerEntry;
import io.deltaflow.LedgerEntry.Outcome;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.WatermarkChange;
import io.deltaflow.spi.error.DestinationException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** The table of what runs and commands did to the target. */
final class Ledger {
  /** The only outcome that stands for rows in the target. */
  static final String PUBLISHED = Outcome.PUBLISHED.text();

  private static final int LONGEST_DETAIL = 2_000;

  private final BigQueryApi api;
  private final Jobs jobs;
  private final TableName name;

  Ledger(BigQueryApi api, Jobs jobs, Tables tables) {
    this.api = api;
    this.jobs = jobs;
    this.name = tables.ledger();
  }

  boolean exists() {
    return api.table(name).isPresent();
  }

  /** Whether any run has published; also when its state row was deleted since. */
  boolean hasPublished() {
    return exists()
        && !jobs.query(
                "SELECT 1 FROM "
                    + name.sql()
                    + " WHERE outcome = "
                    + Sql.string(PUBLISHED)
                    + " LIMIT 1",
                "look for published runs in " + name)
            .isEmpty();
  }

  /** The newest first. A run that was refused at first and published later has published. */
  List<LedgerEntry> newest(int limit) {
    String sql =
        String.format(
            Locale.ROOT,
            """
            SELECT run_id, sync_id, epoch, outcome, detail, write_disposition, sources,
              IFNULL(rows_read, 0), IFNULL(rows_staged, 0), IFNULL(rows_inserted, 0), IFNULL(rows_updated, 0),
              IFNULL(rows_deleted, 0), IFNULL(rows_dead_lettered, 0), IFNULL(bytes_staged, 0),
              IFNULL(bytes_lookup, 0), IFNULL(bytes_merge, 0), maximum_published, started, ended
            FROM %s
            WHERE TRUE
            QUALIFY ROW_NUMBER() OVER (PARTITION BY run_id ORDER BY outcome = %s DESC, ended) = 1
            ORDER BY ended DESC, epoch DESC
            LIMIT %d\
            """,
            name.sql(),
            Sql.string(PUBLISHED),
            limit);
    return jobs.query(sql, "read the ledger " + name).stream().map(this::entry).toList();
  }

  private LedgerEntry entry(List<Object> cells) {
    String outcome = Cells.text(cells.get(3));
    return new LedgerEntry(
        Cells.text(cells.get(0)),
        Cells.text(cells.get(1)),
        Cells.number(cells.get(2)),
        outcome(outcome),
        Cells.text(cells.get(4)),
        Cells.text(cells.get(5)),
        Watermarks.parseWindows(Cells.text(cells.get(6)), name),
        new LedgerEntry.Rows(
            Cells.number(cells.get(7)),
            Cells.number(cells.get(8)),
            Cells.number(cells.get(9)),
            Cells.number(cells.get(10)),
            Cells.number(cells.get(11)),
            Cells.number(cells.get(12))),
        new LedgerEntry.Bytes(
            Cells.number(cells.get(13)), Cells.number(cells.get(14)), Cells.number(cells.get(15))),
        Cells.text(cells.get(16)),
        instant(cells.get(17)),
        instant(cells.get(18)));
  }

  private Outcome outcome(String text) {
    for (Outcome outcome : Outcome.values()) {
      if (outcome.text().equals(text)) {
        return outcome;
      }
    }
    throw new DestinationException(
        "the ledger "
            + name
            + " has the outcome '"
            + text
            + "', which this release does not know; use the release that wrote it, or a later one");
  }

  private static Instant instant(Object cell) {
    return cell == null ? null : CellReader.instant(cell.toString());
  }

  /**
   * Adds a row for a run that published nothing; once for each run, whoever calls. Nothing reads it
   * but people.
   */
  void addRefused(RunPlan run, long rowsRead, String detail) {
    jobs.complete(
        Jobs.id(run.runId(), "refused", 0),
        "add the refused run to " + name,
        jobs.queryOf(refused(run, rowsRead, detail)));
  }

  private String refused(RunPlan run, long rowsRead, String detail) {
    return String.format(
        Locale.ROOT,
        """
        INSERT INTO %s (
          `run_id`, `sync_id`, `epoch`, `outcome`, `detail`, `write_disposition`, `sources`, `rows_read`, `started`, `ended`)
        VALUES (
          %s, %s, %d, %s, %s, %s, %s, %d, %s, CURRENT_TIMESTAMP())\
        """,
        name.sql(),
        Sql.string(run.runId()),
        Sql.string(run.syncId()),
        run.epoch(),
        Sql.string(Outcome.REFUSED.text()),
        Sql.string(shortened(detail)),
        Sql.string(run.writeDisposition().name()),
        Sql.string(Watermarks.windows(run.sources())),
        rowsRead,
        Sql.timestamp(run.started()));
  }

  private static String shortened(String detail) {
    return detail.length() <= LONGEST_DETAIL
        ? detail
        : detail.substring(0, LONGEST_DETAIL) + " ...";
  }

  /** The statement that records a command, for its transaction. */
  static String insert(Tables tables, WatermarkChange change) {
    return String.format(
        Locale.ROOT,
        """
        INSERT INTO %s (
          `run_id`, `sync_id`, `epoch`, `outcome`, `detail`, `sources`, `started`, `ended`)
        VALUES (
          %s, %s, %d, %s, %s, %s, %s, CURRENT_TIMESTAMP());\
        """,
        tables.ledger().sql(),
        Sql.string(change.id()),
        Sql.string(change.syncId()),
        change.epoch() + 1,
        Sql.string(change.outcome().text()),
        Sql.string(change.detail()),
        Sql.string(Watermarks.windows(change.sources())),
        Sql.timestamp(change.started()));
  }
}
