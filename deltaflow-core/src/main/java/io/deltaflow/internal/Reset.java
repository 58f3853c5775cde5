package io.deltaflow.internal;

import io.deltaflow.LedgerEntry.Outcome;
import io.deltaflow.ResetReport;
import io.deltaflow.ResetReport.Watermark;
import io.deltaflow.SyncOptions;
import io.deltaflow.destination.Destination;
import io.deltaflow.destination.TargetState;
import io.deltaflow.destination.WatermarkChange;
import io.deltaflow.fault.MachineClock;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.error.ConfigurationException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.beam.sdk.options.PipelineOptions;

/** Takes a sync's watermark away, so that its next run begins anew. */
public final class Reset {
  private final Destination destination;
  private final PipelineOptions pipeline;

  public Reset(Destination destination, PipelineOptions pipeline) {
    this.destination = destination;
    this.pipeline = pipeline;
  }

  /** Of the sync that a configuration is. */
  public ResetReport run(
      ConnectorConfig options, List<NamedSource> sources, Map<String, String> secrets) {
    return run(
        options
            .find(SyncOptions.SYNC_ID)
            .orElseGet(
                () ->
                    DetectedSources.detect(options, sources, LauncherContext.of(secrets, pipeline))
                        .syncId(destination)));
  }

  public ResetReport run(String syncId) {
    Instant started = MachineClock.now();
    TargetState state = destination.inspect(syncId, pipeline);
    if (!state.stateExists()) {
      throw new ConfigurationException(unknown(syncId));
    }
    List<Watermark> removed =
        state.watermarks().values().stream()
            .map(w -> new Watermark(w.cursor(), w.position()))
            .toList();
    destination.change(
        new WatermarkChange(
            "reset_" + RunLayout.newRunId(started),
            syncId,
            state.epoch(),
            Outcome.RESET,
            List.of(),
            detail(removed),
            started),
        pipeline);
    return new ResetReport(
        syncId, destination.description(), removed, state.epoch() + 1, nextRun(state));
  }

  private String unknown(String syncId) {
    List<String> syncs = destination.syncs(pipeline);
    return "the sync '"
        + syncId
        + "' has never published into "
        + destination.description()
        + ", so there is nothing to reset"
        + (syncs.isEmpty()
            ? "; no sync has"
            : "; those that have: '" + String.join("', '", syncs) + "' (name one with --sync_id)");
  }

  private static String detail(List<Watermark> removed) {
    return removed.isEmpty()
        ? "there was no watermark"
        : removed.stream()
            .map(w -> w.cursor() + " " + w.position())
            .collect(Collectors.joining(", ", "the watermark was ", ""));
  }

  private static String nextRun(TargetState state) {
    if (!state.exists()) {
      return "the table does not exist: the next run creates it and reads everything";
    }
    if (!state.hasRows()) {
      return "the table is empty: the next run reads everything";
    }
    return "the table has rows: the next run reads everything and merges it with WRITE_MERGE; other"
        + " write dispositions are refused, since they could double rows;"
        + " --delete_existing_table=true loads the table anew";
  }
}
