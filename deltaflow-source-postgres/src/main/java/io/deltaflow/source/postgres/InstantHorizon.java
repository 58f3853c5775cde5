package io.deltaflow.source.postgres;

import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.UpperBoundRequest;
import io.deltaflow.spi.error.SourceException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The instant below which no row can be written any more, if rows are stamped by the database when
 * their transaction starts or later.
 *
 * @param micros since 1970-01-01T00:00:00Z
 * @param nowMicros the source's clock
 * @param prepared null when no prepared transaction is open
 */
record InstantHorizon(
    long micros,
    long nowMicros,
    String reason,
    OpenTransactions.Prepared prepared,
    List<String> warnings) {
  /** Covers sessions that have taken their start time and not shown it yet. */
  private static final long MARGIN_MICROS = 1_000_000;

  private static final Duration BLIND_LAG = Duration.ofMinutes(5);

  /** Where the local date is the earliest on Earth. */
  private static final ZoneOffset LAST_TO_SEE_A_DAY = ZoneOffset.ofHours(-12);

  static InstantHorizon of(
      PostgresSource source,
      UpperBoundRequest request,
      OpenTransactions open,
      boolean blind,
      Optional<Long> replayed) {
    long horizon = open.nowMicros();
    String reason = "now() - 1 s";
    Optional<OpenTransactions.Session> oldest =
        open.visible().stream()
            .min(Comparator.comparingLong(OpenTransactions.Session::startMicros));
    if (oldest.isPresent() && oldest.get().startMicros() < horizon) {
      horizon = oldest.get().startMicros();
      reason = oldest.get().text();
    }
    if (replayed.isPresent() && replayed.get() < horizon) {
      horizon = replayed.get();
      reason = "what the standby replayed last";
    }
    boolean unsure = blind || replayed.isPresent();
    Duration lag = unsure && request.lag().isZero() ? BLIND_LAG : request.lag();
    long reference =
        replayed.isPresent() ? Math.min(replayed.get(), open.nowMicros()) : open.nowMicros();
    long lagged = reference == Long.MIN_VALUE ? reference : reference - lag.toNanos() / 1000;
    if (lagged < horizon) {
      horizon = lagged;
      reason = "a lag of " + UpperBoundFinder.age(lag.toNanos() / 1000);
    }
    List<String> lines = new ArrayList<>();
    oldest.ifPresent(o -> held(source, request, open, o).ifPresent(lines::add));
    if (blind) {
      lines.add(
          "transactions of other roles stayed open for "
              + source.settings().flags().of(PostgresOptions.OPEN_TRANSACTION_WAIT)
              + ": rows that they stamp earlier than "
              + UpperBoundFinder.age(lag.toNanos() / 1000)
              + " before now would be missed");
    }
    OpenTransactions.Prepared prepared = open.prepared().isEmpty() ? null : open.prepared().get(0);
    return new InstantHorizon(
        horizon == Long.MIN_VALUE ? horizon : horizon - MARGIN_MICROS,
        open.nowMicros(),
        reason,
        prepared,
        lines);
  }

  private static Optional<String> held(
      PostgresSource source,
      UpperBoundRequest request,
      OpenTransactions open,
      OpenTransactions.Session oldest) {
    long age = open.nowMicros() - oldest.startMicros();
    if (age <= request.maxHold().toNanos() / 1000) {
      return Optional.empty();
    }
    return Optional.of(
        oldest.text()
            + ", holds the window's end back for "
            + UpperBoundFinder.age(age)
            + ", more than the "
            + UpperBoundFinder.age(request.maxHold().toNanos() / 1000)
            + " that are expected; end it, or name its application in "
            + source.settings().flags().of(PostgresOptions.IGNORE_APPLICATIONS)
            + " if it never writes to what is read");
  }

  /** In the cursor's unit, never below the last published end. */
  UpperBoundFinder.Horizon as(CursorType type, String timeZone, CursorPosition previous) {
    if (previous != null) {
      checkClock(type, timeZone, previous);
    }
    List<String> lines = new ArrayList<>(warnings);
    if (prepared != null) {
      lines.add(
          prepared.text()
              + ", keeps the window's end at "
              + previous
              + "; COMMIT PREPARED or ROLLBACK PREPARED it");
      return new UpperBoundFinder.Horizon(previous, prepared.text(), lines);
    }
    if (micros == Long.MIN_VALUE) {
      return new UpperBoundFinder.Horizon(previous, reason, lines);
    }
    CursorPosition position = position(type, timeZone);
    return previous != null && previous.compareTo(position) > 0
        ? new UpperBoundFinder.Horizon(
            previous, reason + ", but not below the last published end", lines)
        : new UpperBoundFinder.Horizon(position, reason, lines);
  }

  /** A watermark from the future means another server, or one that was set back. */
  private void checkClock(CursorType type, String timeZone, CursorPosition previous) {
    if (previous.compareTo(latest(type, timeZone)) > 0) {
      throw SourceException.permanent(
          "the last published end of the window, "
              + previous
              + ", is after the server's clock, "
              + at(nowMicros)
              + ": this is another server, its clock was set back"
              + (type == CursorType.TIMESTAMPTZ ? "" : ", or the source's time zone was changed")
              + "; nothing was read",
          null);
    }
  }

  /**
   * No end that was found until now is after it. Where clocks are set back, the local time of now
   * stands for its later instant, as the ends of windows do.
   */
  private CursorPosition latest(CursorType type, String timeZone) {
    switch (type) {
      case TIMESTAMPTZ:
        return new CursorPosition(CursorKind.TIMESTAMP, nowMicros);
      case TIMESTAMP:
        ZoneId zone = ZoneId.of(timeZone);
        return ZonedCursor.instant(CursorPosition.dateTime(local(nowMicros, zone)), zone);
      default:
        return CursorPosition.date(local(nowMicros, dates(timeZone)).toLocalDate());
    }
  }

  private CursorPosition position(CursorType type, String timeZone) {
    switch (type) {
      case TIMESTAMPTZ:
        return new CursorPosition(CursorKind.TIMESTAMP, micros);
      case TIMESTAMP:
        ZoneId zone = ZoneId.of(timeZone);
        return ZonedCursor.instant(CursorPosition.dateTime(earliestLocal(at(micros), zone)), zone);
      default:
        return CursorPosition.date(earliestLocal(at(micros), dates(timeZone)).toLocalDate());
    }
  }

  private static ZoneId dates(String timeZone) {
    return timeZone == null ? LAST_TO_SEE_A_DAY : ZoneId.of(timeZone);
  }

  private static LocalDateTime local(long micros, ZoneId zone) {
    return LocalDateTime.ofInstant(at(micros), zone);
  }

  /**
   * The smallest local time that the instant or any later one has: clocks that are set back repeat
   * some.
   */
  static LocalDateTime earliestLocal(Instant instant, ZoneId zone) {
    LocalDateTime earliest = LocalDateTime.ofInstant(instant, zone);
    Instant horizon = instant.plus(2, ChronoUnit.DAYS);
    ZoneOffsetTransition next = zone.getRules().nextTransition(instant);
    while (next != null && next.getInstant().isBefore(horizon)) {
      if (next.getDateTimeAfter().isBefore(earliest)) {
        earliest = next.getDateTimeAfter();
      }
      next = zone.getRules().nextTransition(next.getInstant());
    }
    return earliest;
  }

  private static Instant at(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
