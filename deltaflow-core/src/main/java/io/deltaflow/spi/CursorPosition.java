package io.deltaflow.spi;

import java.io.Serializable;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/**
 * A point on a cursor, exact in the cursor's own unit (1 us, 1 day, 1).
 *
 * @param value in the unit of {@code kind}
 */
public record CursorPosition(CursorKind kind, long value)
    implements Serializable, Comparable<CursorPosition> {
  // Always six decimals, so that texts of one kind also sort as their values do (years 0001 to
  // 9999).
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS", Locale.ROOT);

  public static CursorPosition timestamp(Instant instant) {
    return new CursorPosition(CursorKind.TIMESTAMP, micros(instant));
  }

  public static CursorPosition dateTime(LocalDateTime local) {
    return new CursorPosition(CursorKind.DATETIME, micros(local.toInstant(ZoneOffset.UTC)));
  }

  public static CursorPosition date(LocalDate date) {
    return new CursorPosition(CursorKind.DATE, date.toEpochDay());
  }

  public static CursorPosition integer(long value) {
    return new CursorPosition(CursorKind.INTEGER, value);
  }

  /** The inverse of {@link #toString}. */
  public static CursorPosition parse(CursorKind kind, String text) {
    try {
      switch (kind) {
        case TIMESTAMP:
          return timestamp(Instant.parse(text));
        case DATETIME:
          return dateTime(LocalDateTime.parse(text));
        case DATE:
          return date(LocalDate.parse(text));
        default:
          return integer(Long.parseLong(text));
      }
    } catch (DateTimeParseException | NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is no cursor of kind " + kind, e);
    }
  }

  /** Moved by so many units; exact, throws on overflow. */
  public CursorPosition plus(long units) {
    return new CursorPosition(kind, Math.addExact(value, units));
  }

  @Override
  public int compareTo(CursorPosition other) {
    if (kind != other.kind) {
      throw new IllegalArgumentException("a cursor of kind " + kind + " and one of " + other.kind);
    }
    return Long.compare(value, other.value);
  }

  /** ISO 8601 with six decimals, or the number. */
  @Override
  public String toString() {
    switch (kind) {
      case TIMESTAMP:
        return local().format(MICROS) + "Z";
      case DATETIME:
        return local().format(MICROS);
      case DATE:
        return LocalDate.ofEpochDay(value).toString();
      default:
        return Long.toString(value);
    }
  }

  private LocalDateTime local() {
    return LocalDateTime.ofEpochSecond(
        Math.floorDiv(value, 1_000_000L),
        (int) Math.floorMod(value, 1_000_000L) * 1000,
        ZoneOffset.UTC);
  }

  private static long micros(Instant instant) {
    // ChronoUnit.MICROS.between counts in nanoseconds, which overflow after 292 years.
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1000);
  }
}
