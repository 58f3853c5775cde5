package io.deltaflow;

import io.deltaflow.spi.CursorPosition;
import java.util.List;

/**
 * What an adoption did.
 *
 * @param cursor the column that the watermark counts on
 * @param position the watermark: rows of the source below it are not read any more
 * @param epoch of the sync's state now; a run that was planned before it publishes nothing
 * @param warnings lines for the user
 */
public record AdoptReport(
    String syncId,
    String destination,
    String cursor,
    CursorPosition position,
    long epoch,
    List<String> warnings) {
  public AdoptReport {
    warnings = List.copyOf(warnings);
  }
}
