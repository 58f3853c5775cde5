package io.deltaflow.destination.bigquery;

import io.deltaflow.destination.DeadLetter;
import io.deltaflow.destination.DeadLetterClaim;
import java.util.List;
import java.util.Locale;

/** Rows that were kept out, marked for the run that is to publish them. */
record DeadLetterClaims(TableName letters, Tables tables, Jobs jobs) {
  /**
   * Only rows of runs that have published: those of others are read again anyway. Nor rows of runs
   * before one that has read everything anew: if they still do not fit, that run has kept them out
   * too, and both would be published. A row that another run has claimed and not published is taken
   * over; that run then finds that it is too few.
   */
  List<DeadLetter> take(DeadLetterClaim claim) {
    String of = Sql.string(claim.runId());
    jobs.query(
        String.format(
            Locale.ROOT,
            """
            UPDATE %s
            SET claimed_run_id = %s
            WHERE sync_id = %s
              AND replayed_run_id IS NULL
              AND %s IS NOT NULL%s
              AND run_id IN (
                SELECT run_id FROM %s
                WHERE outcome = %s AND epoch >= (
                  SELECT COALESCE(MAX(epoch), 0) FROM %s
                  WHERE sync_id = %s AND outcome = %s AND (write_disposition = 'WRITE_TRUNCATE'
                    OR sources LIKE '%%"lo":null%%' AND sources NOT LIKE '%%"lo":"%%')))\
            """,
            letters.sql(),
            of,
            Sql.string(claim.syncId()),
            claim.uncorrected() ? "COALESCE(corrected_row, `row`)" : "corrected_row",
            claim.onlyRun().map(r -> "\n  AND run_id = " + Sql.string(r)).orElse(""),
            tables.ledger().sql(),
            Sql.string(Ledger.PUBLISHED),
            tables.ledger().sql(),
            Sql.string(claim.syncId()),
            Sql.string(Ledger.PUBLISHED)),
        "choose dead letters in " + letters);
    return jobs
        .query(
            "SELECT id, source, TO_JSON_STRING(COALESCE(corrected_row, `row`)) FROM "
                + letters.sql()
                + " WHERE claimed_run_id = "
                + of
                + " AND replayed_run_id IS NULL ORDER BY id",
            "read dead letters from " + letters)
        .stream()
        .map(r -> new DeadLetter(Cells.text(r.get(0)), Cells.text(r.get(1)), Cells.text(r.get(2))))
        .toList();
  }
}
