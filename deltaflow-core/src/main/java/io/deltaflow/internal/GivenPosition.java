package io.deltaflow.internal;

import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.error.ConfigurationException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.Locale;

/** A cursor's position as people write it and as databases print it. */
final class GivenPosition {
  /** Also {@code +01}, as PostgreSQL prints it. */
  private static final DateTimeFormatter ZONED =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
          .appendOffset("+HH:mm", "Z")
          .toFormatter(Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private GivenPosition() {}

  static CursorPosition parse(String text, CursorKind kind, String cursor) {
    try {
      String trimmed = text.strip();
      return switch (kind) {
        case TIMESTAMP -> timestamp(trimmed);
        case DATETIME -> dateTime(trimmed);
        case DATE -> CursorPosition.date(LocalDate.parse(trimmed));
        case INTEGER -> CursorPosition.integer(Long.parseLong(trimmed));
      };
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      throw new ConfigurationException(
          "--position: '"
              + text
              + "' is no position of the cursor '"
              + cursor
              + "', which counts in "
              + form(kind)
              + "; expected one such as "
              + example(kind),
          e);
    }
  }

  private static CursorPosition timestamp(String text) {
    OffsetDateTime time = OffsetDateTime.parse(text.replace(' ', 'T'), ZONED);
    checkMicros(time.getNano());
    return CursorPosition.timestamp(time.toInstant());
  }

  private static CursorPosition dateTime(String text) {
    LocalDateTime time = LocalDateTime.parse(text.replace(' ', 'T'));
    checkMicros(time.getNano());
    return CursorPosition.dateTime(time);
  }

  /** Cut off, it would be another position than was given. */
  private static void checkMicros(int nanos) {
    if (nanos % 1000 != 0) {
      throw new DateTimeException("more than six digits after the second");
    }
  }

  private static String form(CursorKind kind) {
    return switch (kind) {
      case TIMESTAMP -> "timestamps with their zone, to the microsecond";
      case DATETIME -> "local timestamps without a zone, to the microsecond";
      case DATE -> "dates";
      case INTEGER -> "whole numbers";
    };
  }

  static String example(CursorKind kind) {
    return switch (kind) {
      case TIMESTAMP -> "2026-03-01T12:00:00Z";
      case DATETIME -> "2026-03-01T12:00:00";
      case DATE -> "2026-03-01";
      case INTEGER -> "4711";
    };
  }
}
