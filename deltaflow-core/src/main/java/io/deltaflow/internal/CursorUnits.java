package io.deltaflow.internal;

import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.error.ConfigurationException;
import java.time.Duration;

/** Durations in a cursor's own unit. */
final class CursorUnits {
  private CursorUnits() {}

  /** So much earlier, rounded up to the cursor's unit. */
  static CursorPosition before(CursorPosition position, Duration duration, String cursor) {
    return duration.isZero() ? position : position.plus(-of(duration, position.kind(), cursor));
  }

  private static long of(Duration duration, CursorKind kind, String cursor) {
    switch (kind) {
      case DATE:
        return duration.plusDays(1).minusNanos(1).toDays();
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
}
