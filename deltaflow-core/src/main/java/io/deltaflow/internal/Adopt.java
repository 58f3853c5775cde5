package io.deltaflow.internal;

import io.deltaflow.AdoptReport;
import io.deltaflow.LedgerEntry.Outcome;
import io.deltaflow.SyncOptions;
import io.deltaflow.destination.Destination;
import io.deltaflow.destination.SourceProgress;
import io.deltaflow.destination.StoredWatermark;
import io.deltaflow.destination.TargetState;
import io.deltaflow.destination.WatermarkChange;
import io.deltaflow.fault.MachineClock;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.UpperBound;
import io.deltaflow.spi.UpperBoundRequest;
import io.deltaflow.spi.Window;
import io.deltaflow.spi.error.ConfigurationException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;

/** Gives a sync a watermark at the word of a user who knows up to where the table is complete. */
public final class Adopt {
  private final List<NamedSource> named;
  private final Destination destination;
  private final PipelineOptions pipeline;
  private final SourceContext context;
  private final ConnectorConfig options;
  private final List<String> warnings = new ArrayList<>();
  private String runCursor;

  public Adopt(
      ConnectorConfig options,
      List<NamedSource> sources,
      Destination destination,
      Map<String, String> secrets,
      PipelineOptions pipeline) {
    this.named = sources;
    this.destination = destination;
    this.pipeline = pipeline;
    this.context = LauncherContext.of(secrets, pipeline);
    this.options = options;
  }

  /**
   * Sets the watermark.
   *
   * @param given in the cursor's own form; empty for what follows the table's largest cursor
   */
  public AdoptReport run(Optional<String> given) {
    Instant started = MachineClock.now();
    DetectedSources sources = DetectedSources.detect(options, named, context);
    String syncId = sources.syncId(destination);
    runCursor = sources.runCursor().orElse(options.get(SyncOptions.SMART_SYNC_TIMESTAMP_COLUMN));
    TargetState state = destination.inspect(syncId, pipeline);
    List<SourceProgress> progress = new ArrayList<>();
    CursorPosition position = null;
    for (DetectedSource source : sources.all()) {
      check(state, syncId, source.id());
      String cursor = sources.cursor(source);
      UpperBound bound =
          source
              .source()
              .upperBound(
                  new UpperBoundRequest(
                      cursor,
                      null,
                      options.get(SyncOptions.SMART_SYNC_LAG),
                      options.get(SyncOptions.SMART_SYNC_MAX_HOLD)),
                  context);
      warnings.addAll(bound.warnings());
      if (position == null) {
        position = position(given, state, bound.position().kind(), sources);
      }
      checkBound(position, bound, given.isPresent());
      progress.add(
          new SourceProgress(
              source.id(),
              source.source().description(),
              new Window(cursor, null, position, false),
              bound.system().orElse(null)));
    }
    destination.change(
        new WatermarkChange(
            "adopt_" + RunLayout.newRunId(started),
            syncId,
            state.epoch(),
            Outcome.ADOPTED,
            progress,
            given.isPresent() ? "as given" : "after the largest cursor of the table",
            started),
        pipeline);
    return new AdoptReport(
        syncId, destination.description(), runCursor, position, state.epoch() + 1, warnings);
  }

  private CursorPosition position(
      Optional<String> given, TargetState state, CursorKind kind, DetectedSources sources) {
    if (given.isPresent()) {
      return compared(GivenPosition.parse(given.get(), kind, runCursor));
    }
    if (sources.areSeveral()) {
      throw new ConfigurationException(
          "the largest "
              + runCursor
              + " in "
              + destination.description()
              + " says nothing about each of several sources; say up to where their rows are"
              + " complete: --position="
              + GivenPosition.example(kind));
    }
    return afterTheLargest(state, kind);
  }

  private void check(TargetState state, String syncId, String sourceId) {
    if (!state.hasRows()) {
      throw new ConfigurationException(
          destination.description()
              + (state.exists() ? " has no rows" : " does not exist")
              + ", so there is nothing to adopt; a run fills it from the beginning"
              + (state.exists() || state.watermarks().isEmpty()
                  ? ""
                  : ", after ./deltaflow reset with the same flags"));
    }
    StoredWatermark stored = state.watermarks().get(sourceId);
    if (stored != null) {
      throw new ConfigurationException(
          "the sync '"
              + syncId
              + "' has a watermark already, at "
              + stored.cursor()
              + " "
              + stored.position()
              + "; to give that up, run ./deltaflow reset with the same flags first");
    }
  }

  private CursorPosition afterTheLargest(TargetState state, CursorKind kind) {
    if (state.otherSyncs()) {
      throw new ConfigurationException(
          destination.description()
              + " has rows of other syncs, or of one whose state was deleted, so its largest "
              + runCursor
              + " says nothing about this one; say up to where its rows are complete:"
              + " --position="
              + GivenPosition.example(kind));
    }
    CursorPosition largest =
        destination
            .maximum(runCursor, kind, pipeline)
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "every "
                            + runCursor
                            + " in "
                            + destination.description()
                            + " is NULL; say up to where its rows are complete: --position="
                            + GivenPosition.example(kind)));
    return largest.plus(1);
  }

  /** With a word on how it stands to the table's rows: which of them are read again. */
  private CursorPosition compared(CursorPosition given) {
    try {
      destination
          .maximum(runCursor, given.kind(), pipeline)
          .filter(largest -> largest.compareTo(given) >= 0)
          .ifPresent(
              largest ->
                  warnings.add(
                      "the table has rows up to "
                          + largest
                          + ": what the source has from "
                          + given
                          + " on is read again, which doubles rows unless the next run merges"
                          + " (--write_disposition=WRITE_MERGE)"));
    } catch (ConfigurationException e) {
      warnings.add("the position could not be compared with the table: " + e.getMessage());
    }
    return given;
  }

  private void checkBound(CursorPosition position, UpperBound bound, boolean given) {
    if (position.compareTo(bound.position()) <= 0) {
      return;
    }
    throw new ConfigurationException(
        (given
                ? "--position: " + position
                : destination.description() + " has rows up to " + position.plus(-1) + ", which")
            + " is above the safe end of what can be read now, "
            + bound.position()
            + " ("
            + bound.reason()
            + "): rows between the two that are still to come would never be read; wait until the"
            + " source is past it, or give a --position of at most "
            + bound.position());
  }
}
