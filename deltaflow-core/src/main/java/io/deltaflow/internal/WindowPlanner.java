package io.deltaflow.internal;

import io.deltaflow.SyncOptions;
import io.deltaflow.SyncOptions.NullCursor;
import io.deltaflow.SyncOptions.WatermarkStore;
import io.deltaflow.destination.Destination;
import io.deltaflow.destination.StoredWatermark;
import io.deltaflow.destination.TargetState;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.UpperBound;
import io.deltaflow.spi.UpperBoundRequest;
import io.deltaflow.spi.Window;
import io.deltaflow.spi.error.ConfigurationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;

/** Fixes the window of a run: {@code lo <= cursor < hi}, once, on the launcher. */
final class WindowPlanner {
  private final ConnectorConfig options;
  private final Destination destination;
  private final PipelineOptions pipeline;
  private final DetectedSource detected;
  private final Source source;
  private final boolean several;

  /** The source's name of it. */
  private final String cursor;

  /** The destination's. */
  private final String runCursor;

  WindowPlanner(
      ConnectorConfig options,
      Destination destination,
      PipelineOptions pipeline,
      DetectedSources sources,
      DetectedSource detected) {
    this.detected = detected;
    this.source = detected.source();
    this.several = sources.areSeveral();
    this.cursor = sources.cursor(detected);
    this.runCursor = sources.runCursor().orElse(cursor);
    this.options = options;
    this.destination = destination;
    this.pipeline = pipeline;
  }

  /** What can be refused before anything is contacted. */
  static void check(ConnectorConfig options) {
    if (!options.get(SyncOptions.ENABLE_SMART_SYNC)) {
      return;
    }
    List<String> problems = new ArrayList<>();
    WriteDisposition disposition = options.get(SyncOptions.WRITE_DISPOSITION);
    if (disposition == WriteDisposition.WRITE_TRUNCATE) {
      problems.add(
          "--enable_smart_sync with --write_disposition=WRITE_TRUNCATE would replace the whole"
              + " table by the rows of one window; use WRITE_MERGE or WRITE_APPEND, or load the"
              + " table anew with --delete_existing_table=true");
    }
    if (!options.get(SyncOptions.SMART_SYNC_OVERLAP).isZero()
        && disposition != WriteDisposition.WRITE_MERGE) {
      problems.add(
          "--smart_sync_overlap reads rows again and would double them; it needs"
              + " --write_disposition=WRITE_MERGE");
    }
    if (options.get(SyncOptions.SMART_SYNC_NULL_CURSOR) == NullCursor.INCLUDE
        && disposition != WriteDisposition.WRITE_MERGE) {
      problems.add(
          "--smart_sync_null_cursor=include reads the same rows in every run and would double them;"
              + " it needs --write_disposition=WRITE_MERGE");
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  PlannedWindow plan(TargetState state, SourceContext context) {
    Optional<StoredWatermark> stored = Optional.ofNullable(state.watermarks().get(detected.id()));
    boolean replacing = options.get(SyncOptions.DELETE_EXISTING_TABLE);
    Optional<StoredWatermark> previous = replacing ? Optional.empty() : stored;
    List<String> warnings = new ArrayList<>();
    previous.ifPresent(this::checkSameCursor);
    previous.ifPresent(w -> checkTarget(state, w, warnings));
    UpperBound bound =
        source.upperBound(
            new UpperBoundRequest(
                cursor,
                previous.map(StoredWatermark::position).orElse(null),
                options.get(SyncOptions.SMART_SYNC_LAG),
                options.get(SyncOptions.SMART_SYNC_MAX_HOLD),
                previous.flatMap(StoredWatermark::published).orElse(null)),
            context);
    warnings.addAll(bound.warnings());
    previous.ifPresent(w -> new SourceSystem(options, source).check(w, bound, warnings));
    NullCursor policy = options.get(SyncOptions.SMART_SYNC_NULL_CURSOR);
    checkNulls(bound, policy, warnings);
    // The bound is never below the old watermark, also where the window begins anew.
    boolean emptied = !state.hasRows() && options.get(SyncOptions.SYNC_ALL_ON_EMPTY_TABLE);
    boolean incremental = previous.isPresent() && !emptied;
    FirstWindow.Edges edges =
        incremental
            ? new FirstWindow.Edges(
                lower(state, previous.get(), bound.position(), warnings),
                bound.position(),
                origin())
            : new FirstWindow(options, destination, pipeline, runCursor, several)
                .find(state, bound.position(), warnings);
    return new PlannedWindow(
        new Window(cursor, edges.lo(), edges.hi(), policy == NullCursor.INCLUDE),
        bound,
        incremental,
        edges.origin(),
        List.copyOf(warnings));
  }

  private String origin() {
    Duration overlap = options.get(SyncOptions.SMART_SYNC_OVERLAP);
    return (options.get(SyncOptions.WATERMARK_STORE) == WatermarkStore.DESTINATION
            ? "after the largest cursor of the table"
            : "where the last published window ended")
        + (overlap.isZero() ? "" : ", less the overlap of " + DurationText.of(overlap));
  }

  /** A watermark stands for rows that are there. */
  private void checkTarget(TargetState state, StoredWatermark watermark, List<String> warnings) {
    if (!state.exists()) {
      throw new ConfigurationException(
          destination.description()
              + " does not exist, and this sync's watermark is at "
              + watermark.position()
              + ": the table was dropped, and only newer rows would be read; to read everything"
              + " again, run ./deltaflow reset with the same flags first, or use"
              + " --delete_existing_table=true");
    }
    if (!state.hasRows()) {
      warnings.add(
          "the destination has no rows, and this sync's watermark is at "
              + watermark.position()
              + (options.get(SyncOptions.SYNC_ALL_ON_EMPTY_TABLE)
                  ? ": all of history is read"
                  : ": only newer rows are read"));
    }
  }

  private void checkSameCursor(StoredWatermark stored) {
    if (!stored.cursor().equals(cursor)) {
      throw new ConfigurationException(
          "--smart_sync_timestamp_column: the last run of this sync counted on '"
              + stored.cursor()
              + "', this one on '"
              + cursor
              + "'; use the same column; or run ./deltaflow reset with the same flags and then once"
              + " with WRITE_MERGE, which reads everything; or use --delete_existing_table=true to"
              + " load the table anew");
    }
  }

  private void checkNulls(UpperBound bound, NullCursor policy, List<String> warnings) {
    if (bound.nullRows() <= 0) {
      return;
    }
    String found =
        source.description()
            + " has "
            + bound.nullRows()
            + " row(s) whose '"
            + cursor
            + "' is NULL";
    if (policy == NullCursor.FAIL) {
      throw new ConfigurationException(
          found
              + ", which no window holds; fill the column, or choose"
              + " --smart_sync_null_cursor=exclude to leave them out"
              + (options.get(SyncOptions.WRITE_DISPOSITION) == WriteDisposition.WRITE_MERGE
                  ? " or =include to read them in every run"
                  : ""));
    }
    warnings.add(
        found + (policy == NullCursor.EXCLUDE ? "; they were left out" : "; they were read again"));
  }

  private CursorPosition lower(
      TargetState state, StoredWatermark stored, CursorPosition bound, List<String> warnings) {
    return options.get(SyncOptions.WATERMARK_STORE) == WatermarkStore.DESTINATION
        ? new DestinationWatermark(options, destination, pipeline, runCursor)
            .lower(state, stored, bound, warnings)
        : CursorUnits.before(
            stored.position(), options.get(SyncOptions.SMART_SYNC_OVERLAP), cursor);
  }

  /**
   * A window and how it came about.
   *
   * @param incremental whether the sync goes on from its watermark
   * @param origin why it begins where it does, for people
   */
  record PlannedWindow(
      Window window, UpperBound bound, boolean incremental, String origin, List<String> warnings) {}
}
