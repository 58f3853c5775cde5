package io.deltaflow.destination.bigquery;

import io.deltaflow.destination.Publication;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.Staging;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.Window;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The script that a planned run would publish with, words in braces standing for what only the run
 * knows: it is written by the same code, for rows of numbers that no run has.
 */
final class ScriptForecast {
  private static final String RUN_ID = "{run_id}";
  private static final long ROWS = 900_000_000_000_000_001L;
  private static final long ROWS_READ = 900_000_000_000_000_002L;
  private static final long DEAD_LETTERS = 900_000_000_000_000_003L;
  private static final long BYTES = 900_000_000_000_000_004L;
  private static final Instant STARTED = Instant.parse("9999-12-31T23:59:59.999001Z");
  private static final Map<String, String> WORDS =
      Map.of(
          Long.toString(ROWS), "{rows}",
          Long.toString(ROWS_READ), "{rows_read}",
          Long.toString(DEAD_LETTERS), "{rows_dead_lettered}",
          Long.toString(BYTES), "{bytes_staged}",
          Sql.timestamp(STARTED), "{started}");

  private final RunPlan run;
  private final Tables tables;
  private final String watermarks;
  private final boolean partitionFieldImmutable;

  /**
   * @param watermarks JSON of the state; null when there is none
   */
  ScriptForecast(RunPlan run, Tables tables, String watermarks, boolean partitionFieldImmutable) {
    this.run = anonymous(run);
    this.tables = tables;
    this.watermarks = watermarks;
    this.partitionFieldImmutable = partitionFieldImmutable;
  }

  private static RunPlan anonymous(RunPlan run) {
    return new RunPlan(
        RUN_ID,
        run.syncId(),
        run.tempPath(),
        STARTED,
        run.epoch(),
        run.sources(),
        run.writeDisposition(),
        run.mergeKeys(),
        run.cursor(),
        run.allowEmpty(),
        run.replayed(),
        run.letters(),
        run.maxRetries(),
        run.target());
  }

  /** Of a run with rows in one staging table, or without any. */
  String text(boolean empty) {
    CursorPosition largest = empty ? null : largest().orElse(null);
    Staging staging =
        empty
            ? Staging.empty()
            : Staging.loaded(List.of(tables.staging(RUN_ID, "0").toString()), ROWS, ROWS, BYTES)
                .verified(largest, List.of());
    Publication publication =
        empty
            ? new Publication(run, staging, 0, 0)
            : new Publication(run, staging, ROWS_READ, DEAD_LETTERS);
    String advanced =
        Watermarks.advance(
            watermarks,
            run.sources(),
            largest,
            ((BigQueryPlan) run.target()).replacesAllRows(run.writeDisposition()));
    String text = new PublishScript(publication, tables, advanced, partitionFieldImmutable).text();
    for (Map.Entry<String, String> word : WORDS.entrySet()) {
      text = text.replace(word.getKey(), word.getValue());
    }
    return largest == null ? text : text.replace(largest.toString(), "{largest_cursor}");
  }

  /** Larger than any other, and of one source only, as the run's own. */
  private Optional<CursorPosition> largest() {
    if (run.sources().size() > 1 || MergeKeys.cursor(run).isEmpty()) {
      return Optional.empty();
    }
    return run.sources().get(0).window().map(Window::hi).map(ScriptForecast::last);
  }

  private static CursorPosition last(CursorPosition like) {
    return CursorPosition.parse(
        like.kind(),
        switch (like.kind()) {
          case TIMESTAMP -> "9999-12-31T23:59:59.999002Z";
          case DATETIME -> "9999-12-31T23:59:59.999002";
          case DATE -> "9999-12-31";
          case INTEGER -> "9223372036854775806";
        });
  }
}
