package io.deltaflow.source.postgres;

import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.Window;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;

/** Cursor positions in SQL, to the microsecond. */
final class CursorLiteral {
  private static final LocalDate FIRST = LocalDate.of(1, 1, 1);
  private static final LocalDateTime LAST = LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_000);

  private CursorLiteral() {}

  /** For use inside quotes: digits, '-', ':', '.', '+' and spaces only. */
  static String digits(CursorPosition position) {
    String text = position.toString().replace('T', ' ');
    return position.kind() == CursorKind.TIMESTAMP ? text.replace("Z", "+00") : text;
  }

  static String typed(CursorPosition position) {
    return "'" + digits(position) + "'::pg_catalog." + type(position.kind());
  }

  private static String type(CursorKind kind) {
    switch (kind) {
      case TIMESTAMP:
        return "timestamptz";
      case DATETIME:
        return "timestamp";
      case DATE:
        return "date";
      default:
        return "int8";
    }
  }

  /** The condition that a row is inside a window. */
  static String inside(Window window, String column) {
    String range =
        window.lo().map(lo -> column + " >= " + typed(lo) + " AND ").orElse("")
            + column
            + " < "
            + typed(window.hi());
    return window.includeNull() ? "(" + range + " OR " + column + " IS NULL)" : "(" + range + ")";
  }

  /** The earliest that can be carried. */
  static CursorPosition first(CursorKind kind) {
    switch (kind) {
      case TIMESTAMP:
        return CursorPosition.timestamp(Instant.parse("0001-01-01T00:00:00Z"));
      case DATETIME:
        return CursorPosition.dateTime(FIRST.atStartOfDay());
      case DATE:
        return CursorPosition.date(FIRST);
      default:
        return CursorPosition.integer(Long.MIN_VALUE);
    }
  }

  /** The latest that can be carried. */
  static CursorPosition last(CursorKind kind) {
    switch (kind) {
      case TIMESTAMP:
        return CursorPosition.timestamp(LAST.toInstant(java.time.ZoneOffset.UTC));
      case DATETIME:
        return CursorPosition.dateTime(LAST);
      case DATE:
        return CursorPosition.date(LAST.toLocalDate());
      default:
        return CursorPosition.integer(Long.MAX_VALUE);
    }
  }
}
