package io.deltaflow.destination;

import io.deltaflow.spi.CursorPosition;
import java.io.Serializable;
import java.util.Optional;

/**
 * A watermark as it was last published.
 *
 * @param position the upper bound of the last published window: everything below it is in the
 *     destination
 * @param cursor the column it counts on
 * @param systemId {@link io.deltaflow.spi.UpperBound#systemId}; null when it was never known
 * @param largest the largest cursor of any row that was published; null when there was none
 */
public record StoredWatermark(
    CursorPosition position, String cursor, String systemId, CursorPosition largest)
    implements Serializable {
  public Optional<String> system() {
    return Optional.ofNullable(systemId);
  }

  public Optional<CursorPosition> published() {
    return Optional.ofNullable(largest);
  }
}
