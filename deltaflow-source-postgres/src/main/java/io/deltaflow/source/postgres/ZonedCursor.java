package io.deltaflow.source.postgres;

import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.Window;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/**
 * Between instants, in which watermarks of {@code timestamp} columns are kept, and the local times
 * that the column holds. A local time that a clock change repeats stands for its later instant, as
 * AT TIME ZONE has it; both ways are monotone over the local times that can be a window's edge.
 */
final class ZonedCursor {
  private ZonedCursor() {}

  static Window local(Window window, ZoneId zone) {
    return new Window(
        window.cursor(),
        window.lo().map(lo -> local(lo, zone)).orElse(null),
        local(window.hi(), zone),
        window.includeNull());
  }

  static CursorPosition local(CursorPosition instant, ZoneId zone) {
    return CursorPosition.dateTime(instant(instant).atZone(zone).toLocalDateTime());
  }

  static CursorPosition instant(CursorPosition local, ZoneId zone) {
    LocalDateTime time =
        LocalDateTime.ofInstant(
            instant(new CursorPosition(CursorKind.TIMESTAMP, local.value())), ZoneOffset.UTC);
    return CursorPosition.timestamp(time.atZone(zone).withLaterOffsetAtOverlap().toInstant());
  }

  private static Instant instant(CursorPosition position) {
    return Instant.EPOCH.plus(position.value(), ChronoUnit.MICROS);
  }
}
