package io.deltaflow.internal;

import io.deltaflow.SyncOptions;
import io.deltaflow.SyncOptions.NullCursor;
import io.deltaflow.destination.Destination;
import io.deltaflow.destination.TargetState;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.StoredWatermark;
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
  private final String cursor;
  private final boolean hasMergeKeys;

  WindowPlanner(
      ConnectorConfig options,
      Destination destination,
      PipelineOptions pipeline,
      boolean hasMergeKeys) {
    this.options = options;
    this.destination = destination;
    this.pipeline = pipeline;
    this.cursor = options.get(SyncOptions.SMART_SYNC_TIMESTAMP_COLUMN);
    this.hasMergeKeys = hasMergeKeys;
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
              + " table by the rows of one window; use WRITE_MERGE or WRITE_APPEND, or switch Smart"
              + " Sync off for a full refresh");
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
    for (var o : List.of(SyncOptions.FALLBACK_DAYS, SyncOptions.SMART_SYNC_FALLBACK_HOURS)) {
      options
          .find(o)
          .filter(n -> n < 0)
          .ifPresent(n -> problems.add("--" + o.name() + ": " + n + " is below 0"));
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  PlannedWindow plan(Source source, TargetState state, SourceContext context) {
    Optional<StoredWatermark> stored =
        Optional.ofNullable(state.watermarks().get(source.identity()));
    boolean replacing = options.get(SyncOptions.DELETE_EXISTING_TABLE);
    Optional<StoredWatermark> previous = replacing ? Optional.empty() : stored;
    previous.ifPresent(this::checkSameCursor);
    UpperBound bound =
        source.upperBound(
            new UpperBoundRequest(
                cursor,
                previous.map(StoredWatermark::position).orElse(null),
                options.get(SyncOptions.SMART_SYNC_LAG),
                options.get(SyncOptions.SMART_SYNC_MAX_HOLD)),
            context);
    List<String> warnings = new ArrayList<>(bound.warnings());
    NullCursor policy = options.get(SyncOptions.SMART_SYNC_NULL_CURSOR);
    checkNulls(source, bound, policy, warnings);
    CursorPosition lo =
        previous.isPresent()
            ? overlapped(previous.get().position())
            : firstLowerBound(state, bound.position(), replacing, warnings).orElse(null);
    // A table that was taken over may hold rows above the bound; they must not be read again.
    CursorPosition hi = lo != null && lo.compareTo(bound.position()) > 0 ? lo : bound.position();
    return new PlannedWindow(
        new Window(cursor, lo, hi, policy == NullCursor.INCLUDE), bound, List.copyOf(warnings));
  }

  private void checkSameCursor(StoredWatermark stored) {
    if (!stored.cursor().equals(cursor)) {
      throw new ConfigurationException(
          "--smart_sync_timestamp_column: the last run of this sync counted on '"
              + stored.cursor()
              + "', this one on '"
              + cursor
              + "'; use the same column, or another --sync_id to begin anew");
    }
  }

  private void checkNulls(
      Source source, UpperBound bound, NullCursor policy, List<String> warnings) {
    if (bound.nullRows() <= 0) {
      return;
    }
    String found =
        source.description() + " has " + bound.nullRows() + " rows whose '" + cursor + "' is NULL";
    if (policy == NullCursor.FAIL) {
      throw new ConfigurationException(
          found
              + ", which no window holds; fill the column, or choose"
              + " --smart_sync_null_cursor=exclude to leave them out"
              + (hasMergeKeys ? " or =include to read them in every run" : ""));
    }
    warnings.add(
        found + (policy == NullCursor.EXCLUDE ? "; they were left out" : "; they were read again"));
  }

  private CursorPosition overlapped(CursorPosition watermark) {
    Duration overlap = options.get(SyncOptions.SMART_SYNC_OVERLAP);
    return overlap.isZero() ? watermark : watermark.plus(-units(overlap, watermark.kind()));
  }

  private Optional<CursorPosition> firstLowerBound(
      TargetState state, CursorPosition hi, boolean replacing, List<String> warnings) {
    if (state.hasRows() && !replacing) {
      Optional<CursorPosition> maximum = destination.maximum(cursor, hi.kind(), pipeline);
      if (maximum.isPresent()) {
        warnings.add(
            "the destination has rows and no watermark of this sync: rows after its largest "
                + cursor
                + ", "
                + maximum.get()
                + ", are read");
        return maximum.map(m -> m.plus(1));
      }
    }
    if (options.get(SyncOptions.SYNC_ALL_ON_EMPTY_TABLE)) {
      return Optional.empty();
    }
    return Optional.of(hi.plus(-units(fallback(), hi.kind())));
  }

  private Duration fallback() {
    return options
        .find(SyncOptions.SMART_SYNC_FALLBACK_HOURS)
        .map(Duration::ofHours)
        .orElseGet(() -> Duration.ofDays(options.get(SyncOptions.FALLBACK_DAYS)));
  }

  /** A duration in a cursor's own unit, rounded up. */
  private long units(Duration duration, CursorKind kind) {
    switch (kind) {
      case DATE:
        return (duration.toHours() + 23) / 24;
      case INTEGER:
        throw new ConfigurationException(
            "'"
                + cursor
                + "' counts in whole numbers: --smart_sync_overlap and the fallback window (with"
                + " --sync_all_on_empty_table=false) need a cursor of dates or times");
      default:
        return Math.addExact(
            Math.multiplyExact(duration.getSeconds(), 1_000_000L), duration.getNano() / 1000);
    }
  }

  /** A window and how it came about. */
  record PlannedWindow(Window window, UpperBound bound, List<String> warnings) {}
}
