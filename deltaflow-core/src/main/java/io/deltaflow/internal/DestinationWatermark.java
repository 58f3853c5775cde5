package io.deltaflow.internal;

import io.deltaflow.SyncOptions;
import io.deltaflow.destination.Destination;
import io.deltaflow.destination.StoredWatermark;
import io.deltaflow.destination.TargetState;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.error.ConfigurationException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Where a window begins with {@code watermark_store=destination}: after the largest cursor that the
 * destination holds.
 *
 * <p>While that is not above the state's watermark, below which all rows are there, it can lose
 * none; and it can double none, since the destination has no row from there on.
 */
record DestinationWatermark(
    ConnectorConfig options, Destination destination, PipelineOptions pipeline, String cursor) {

  /**
   * The window's lower edge, overlapped.
   *
   * @param state of a table with rows
   * @param stored what the state says
   * @param bound the source's safe end
   * @param warnings takes what the user should know
   */
  CursorPosition lower(
      TargetState state, StoredWatermark stored, CursorPosition bound, List<String> warnings) {
    CursorPosition watermark = stored.position();
    Optional<CursorPosition> next =
        destination.maximum(cursor, bound.kind(), pipeline).map(maximum -> maximum.plus(1));
    Optional<String> doubt = doubt(state, watermark, next);
    Duration overlap = options.get(SyncOptions.SMART_SYNC_OVERLAP);
    if (doubt.isPresent()) {
      if (overlap.isZero()
          || options.get(SyncOptions.WRITE_DISPOSITION) != WriteDisposition.WRITE_MERGE) {
        throw new ConfigurationException(
            "--watermark_store=destination: "
                + doubt.get()
                + ", so its largest "
                + cursor
                + " does not tell how far this sync has come; use --watermark_store=state, or give"
                + " --write_disposition=WRITE_MERGE and a --smart_sync_overlap that reaches back to"
                + " whatever may be missing");
      }
      warnings.add(
          doubt.get() + "; that nothing is missing below the overlap cannot be told from it");
    }
    return CursorUnits.before(least(next.orElse(bound), watermark, bound), overlap, cursor);
  }

  /** Why the largest cursor may be of a row that says nothing about those below it. */
  private Optional<String> doubt(
      TargetState state, CursorPosition watermark, Optional<CursorPosition> next) {
    if (state.otherSyncs()) {
      return doubt("has rows of another sync, or of one whose state was deleted");
    }
    if (state.watermarks().size() > 1) {
      return doubt(
          "has rows of several sources: " + String.join(", ", state.watermarks().keySet()));
    }
    return next.filter(n -> n.compareTo(watermark) > 0)
        .flatMap(
            n ->
                doubt(
                    "has rows up to "
                        + n.plus(-1)
                        + ", which is not below the last published end of this sync, "
                        + watermark));
  }

  private Optional<String> doubt(String rows) {
    return Optional.of(destination.description() + " " + rows);
  }

  private static CursorPosition least(CursorPosition... positions) {
    return List.of(positions).stream().sorted().findFirst().orElseThrow();
  }
}
