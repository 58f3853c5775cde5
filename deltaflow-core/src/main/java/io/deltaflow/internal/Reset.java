package io.deltaflow.internal;

import io.deltaflow.DestinationSpec;
import io.deltaflow.LedgerEntry.Outcome;
import io.deltaflow.ResetReport;
import io.deltaflow.destination.Destination;
import io.deltaflow.destination.TargetState;
import io.deltaflow.destination.WatermarkChange;
import io.deltaflow.spi.StoredWatermark;
import io.deltaflow.spi.error.ConfigurationException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.beam.sdk.options.PipelineOptions;

/** Takes a sync's watermark away, so that its next run begins anew. */
public final class Reset {
  private final Destination destination;
  private final String syncId;
  private final PipelineOptions pipeline;

  public Reset(DestinationSpec spec, PipelineOptions pipeline) {
    this.destination = spec.destination();
    this.syncId =
        spec.syncId()
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "--sync_id is required: which of the syncs into "
                            + spec.destination().description()
                            + " to reset"));
    this.pipeline = pipeline;
  }

  public ResetReport run() {
    Instant started = Instant.now();
    TargetState state = destination.inspect(syncId, pipeline);
    if (!state.stateExists()) {
      throw new ConfigurationException(unknown());
    }
    List<StoredWatermark> removed = List.copyOf(state.watermarks().values());
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

  private String unknown() {
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

  private static String detail(List<StoredWatermark> removed) {
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
