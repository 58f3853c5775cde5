package io.deltaflow.destination.bigquery;

import io.deltaflow.destination.Publication;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.destination.bigquery.BigQueryPlan.Action;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The one script that makes a run visible: a single transaction over target, state and ledger. Its
 * last statement answers how many rows were inserted, updated and deleted.
 *
 * <p>The compare-and-set of the epoch comes first and is an UPDATE, because only statements that
 * change rows conflict: of two runs of a sync one is cancelled or finds another epoch.
 */
final class PublishScript {
  /** Begins the message when the compare-and-set found another epoch. */
  static final String STALE = "deltaflow: stale epoch";

  /** Begins the messages that are meant for the user. */
  static final String REFUSED = "deltaflow: refused: ";

  private final Publication publication;
  private final RunPlan run;
  private final BigQueryPlan plan;
  private final Tables tables;
  private final String watermarks;
  private final boolean partitionFieldImmutable;
  private final StagedRows rows;

  /**
   * A run's commit.
   *
   * @param watermarks the JSON to store, from {@link Watermarks#advance}
   * @param partitionFieldImmutable whether updates leave rows in their partitions
   */
  PublishScript(
      Publication publication, Tables tables, String watermarks, boolean partitionFieldImmutable) {
    this.publication = publication;
    this.run = publication.plan();
    this.plan = (BigQueryPlan) run.target();
    this.tables = tables;
    this.watermarks = watermarks;
    this.partitionFieldImmutable = partitionFieldImmutable;
    this.rows = new StagedRows(plan, publication.staging());
  }

  String text() {
    List<String> parts = new ArrayList<>();
    parts.add(
        """
        DECLARE inserted INT64 DEFAULT 0;
        DECLARE updated INT64 DEFAULT 0;
        DECLARE deleted INT64 DEFAULT 0;
        DECLARE rows_before INT64 DEFAULT 0;
        DECLARE bytes_lookup INT64 DEFAULT 0;
        DECLARE bytes_merge INT64 DEFAULT 0;\
        """);
    parts.add("BEGIN TRANSACTION;");
    parts.add(compareAndSet());
    parts.add(refuseUnfinishedReplacement());
    if (plan.replacesAllRows(run.writeDisposition())) {
      parts.add(refuseOtherSyncs());
    }
    if (publication.staging().rows() > 0) {
      parts.add(assertStaged());
    }
    parts.addAll(write());
    if (run.replayed() > 0) {
      parts.add(markReplayed());
    }
    parts.add(ledger());
    parts.add("COMMIT TRANSACTION;");
    parts.add(
        "SELECT inserted, updated, deleted, bytes_lookup, bytes_merge, @@script.bytes_processed AS"
            + " bytes_processed;");
    return String.join("\n\n", parts) + "\n";
  }

  private String compareAndSet() {
    String replacement =
        plan.action() == Action.REPLACE && writesRows()
            ? "    `replacement` = " + Sql.string(tables.next(run.runId()).toString()) + ",\n"
            : "";
    return String.format(
        Locale.ROOT,
        """
        UPDATE %s
        SET `epoch` = %d,
            `watermarks` = %s,
            `schema_fingerprint` = %s,
            `run_id` = %s,
        %s    `updated_at` = CURRENT_TIMESTAMP()
        WHERE `sync_id` = %s AND `epoch` = %d;
        IF @@row_count != 1 THEN
          RAISE USING MESSAGE = %s;
        END IF;\
        """,
        tables.state().sql(),
        run.epoch() + 1,
        Sql.string(watermarks),
        Sql.string(plan.fingerprint()),
        Sql.string(run.runId()),
        replacement,
        Sql.string(run.syncId()),
        run.epoch(),
        Sql.string(STALE + " " + run.epoch()));
  }

  /** Rows that are written to the target before another table takes its place would be lost. */
  private String refuseUnfinishedReplacement() {
    return refuseIf(
        String.format(
            Locale.ROOT,
            "EXISTS (SELECT 1 FROM %s WHERE `replacement` != %s)",
            tables.state().sql(),
            Sql.string(tables.next(run.runId()).toString())),
        "a table that another run has filled has yet to take the place of "
            + tables.target()
            + "; run again, which sees to that first");
  }

  private String refuseOtherSyncs() {
    return refuseIf(
        String.format(
            Locale.ROOT,
            "EXISTS (SELECT 1 FROM %s WHERE `sync_id` != %s AND `watermarks` != '{}')",
            tables.state().sql(),
            Sql.string(run.syncId())),
        StateStore.losesRowsOf("other syncs", tables));
  }

  /** Once more is never: another replay may have taken them over. */
  private String markReplayed() {
    return String.format(
        Locale.ROOT,
        """
        UPDATE %s
        SET `replayed_run_id` = %s
        WHERE `claimed_run_id` = %s AND `replayed_run_id` IS NULL;
        %s\
        """,
        tables.deadLetters(run.deadLetters().orElseThrow().table()).sql(),
        Sql.string(run.runId()),
        Sql.string(run.runId()),
        refuseIf(
            "@@row_count != " + run.replayed(),
            "another replay has taken over some of these dead letters"));
  }

  private String assertStaged() {
    String counts =
        publication.staging().tables().stream()
            .map(t -> "(SELECT COUNT(*) FROM " + TableName.parse(t).sql() + ")")
            .collect(Collectors.joining(" + "));
    return refuseIf(
        counts + " != " + publication.staging().expectedRows(),
        "staging does not hold the "
            + publication.staging().expectedRows()
            + " rows that were read");
  }

  private List<String> write() {
    boolean isEmpty = publication.staging().rows() == 0;
    if (plan.action() == Action.EMPTY
        || run.writeDisposition() == WriteDisposition.WRITE_TRUNCATE) {
      return replaceRows(isEmpty);
    }
    if (plan.action() == Action.REPLACE) {
      return writesRows() ? List.of(insert()) : refuseNoRows();
    }
    List<String> parts = new ArrayList<>();
    if (run.writeDisposition() == WriteDisposition.WRITE_EMPTY) {
      parts.add(refuseIf("EXISTS (SELECT 1 FROM " + target() + ")", notEmpty(tables)));
    }
    if (!isEmpty) {
      parts.add(run.writeDisposition() == WriteDisposition.WRITE_MERGE ? merge() : insert());
    }
    return parts;
  }

  static String notEmpty(Tables tables) {
    return "the table "
        + tables.target()
        + " has rows, and WRITE_EMPTY wants none; use WRITE_APPEND, WRITE_MERGE or"
        + " WRITE_TRUNCATE";
  }

  private List<String> replaceRows(boolean isEmpty) {
    if (isEmpty && !run.allowEmpty()) {
      return refuseNoRows();
    }
    List<String> parts = new ArrayList<>();
    if (plan.action() != Action.REPLACE) {
      parts.add(
          String.format(
              Locale.ROOT,
              "SET deleted = (SELECT COUNT(*) FROM %s);\nTRUNCATE TABLE %s;",
              target(),
              target()));
    }
    if (!isEmpty) {
      parts.add(insert());
    }
    return parts;
  }

  private List<String> refuseNoRows() {
    throw new ConfigurationException(
        (publication.rowsRead() == 0
                ? "the source has no rows"
                : "none of the " + publication.rowsRead() + " rows of the source fits")
            + ", and replacing all rows of "
            + tables.target()
            + " by none needs --allow_empty=true");
  }

  /** Whether a replacing run may go on. */
  private boolean writesRows() {
    return publication.staging().rows() > 0 || run.allowEmpty();
  }

  private String insert() {
    if (publication.staging().rows() == 0) {
      return "SET inserted = 0;";
    }
    boolean isMerge = run.writeDisposition() == WriteDisposition.WRITE_MERGE;
    List<String> chunks = publication.staging().parts();
    String inserts =
        (chunks.isEmpty() ? List.of("TRUE") : chunks)
            .stream()
                .map(
                    chunk ->
                        String.format(
                            Locale.ROOT,
                            """
                            INSERT INTO %s (%s)
                            %s;
                            SET inserted = inserted + @@row_count;\
                            """,
                            target(),
                            columnNames(),
                            StagedRows.where(
                                "", selected(chunk.equals("TRUE") ? "" : "  "), chunk)))
                .collect(Collectors.joining("\n"));
    return isMerge
        ? inserts
        : inserts
            + "\n"
            + refuseIf(
                "inserted != " + publication.staging().expectedRows(),
                "not every staged row was inserted");
  }

  /** Inserted rows are what the table grew by; the count of a table reads no column. */
  private String merge() {
    String merge =
        PrunedMerge.of(run, rows, target(), partitionFieldImmutable)
            .map(PrunedMerge::text)
            .orElseGet(this::mergeOfWholeTable);
    return String.format(
        Locale.ROOT,
        """
        SET rows_before = (SELECT COUNT(*) FROM %s);
        %s
        SET inserted = (SELECT COUNT(*) FROM %s) - rows_before;
        SET updated = GREATEST(updated - inserted, 0);\
        """,
        target(),
        merge,
        target());
  }

  private String mergeOfWholeTable() {
    return String.format(
        Locale.ROOT,
        """
        SET bytes_merge = @@script.bytes_processed;
        %s;
        SET updated = @@row_count;
        SET bytes_merge = @@script.bytes_processed - bytes_merge;\
        """,
        new MergeStatement(run, rows, target()).text());
  }

  /** The rows to insert: of a merge the newest per key, where there is a cursor to tell. */
  private String selected(String indent) {
    boolean isMerge = run.writeDisposition() == WriteDisposition.WRITE_MERGE;
    return MergeKeys.cursor(run)
        .filter(c -> isMerge)
        .map(c -> rows.newest(indent, MergeKeys.of(run), c))
        .orElseGet(() -> rows.all(indent));
  }

  private String ledger() {
    return String.format(
        Locale.ROOT,
        """
        INSERT INTO %s (
          `run_id`, `sync_id`, `epoch`, `outcome`, `write_disposition`, `sources`, `rows_read`, `rows_staged`, `rows_inserted`,
          `rows_updated`, `rows_deleted`, `rows_dead_lettered`, `bytes_staged`, `bytes_lookup`, `bytes_merge`,
          `maximum_published`, `started`, `ended`)
        VALUES (
          %s, %s, %d, %s, %s, %s, %d, %d, inserted,
          updated, deleted, %d, %d, bytes_lookup, bytes_merge,
          %s, %s, CURRENT_TIMESTAMP());\
        """,
        tables.ledger().sql(),
        Sql.string(run.runId()),
        Sql.string(run.syncId()),
        run.epoch() + 1,
        Sql.string(Ledger.PUBLISHED),
        Sql.string(run.writeDisposition().name()),
        Sql.string(Watermarks.windows(run.sources())),
        publication.rowsRead(),
        publication.staging().rows(),
        publication.rowsDeadLettered(),
        publication.staging().bytes(),
        Watermarks.maximum(watermarks, run.sources()).map(Sql::string).orElse("NULL"),
        Sql.timestamp(run.started()));
  }

  private static String refuseIf(String condition, String message) {
    return String.format(
        Locale.ROOT,
        """
        IF %s THEN
          RAISE USING MESSAGE = %s;
        END IF;\
        """,
        condition,
        Sql.string(REFUSED + message));
  }

  /** Where the rows go. */
  private String target() {
    return (plan.action() == Action.REPLACE ? tables.next(run.runId()) : tables.target()).sql();
  }

  private String columnNames() {
    return plan.columns().stream().map(c -> Sql.name(c.name())).collect(Collectors.joining(", "));
  }
}
