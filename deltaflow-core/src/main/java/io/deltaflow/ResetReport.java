package io.deltaflow;

import io.deltaflow.spi.CursorPosition;
import java.util.List;

/**
 * What a reset did.
 *
 * @param removed the watermarks that there were; one for each source, empty when there was none
 * @param epoch of the sync's state now; a run that was planned before it publishes nothing
 * @param nextRun what the next run will do, in words
 */
public record ResetReport(
    String syncId, String destination, List<Watermark> removed, long epoch, String nextRun) {
  /** Up to where a source had been read. */
  public record Watermark(String cursor, CursorPosition position) {}

  public ResetReport {
    removed = List.copyOf(removed);
  }
}
