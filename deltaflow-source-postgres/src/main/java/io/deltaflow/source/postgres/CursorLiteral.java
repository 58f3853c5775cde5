package io.deltaflow.source.postgres;

import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.Window;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;

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
        return CursorPosition.timestamp(FIRST.atStartOfDay().toInstant(ZoneOffset.UTC));
      case DATETIME:
        return CursorPosition.dateTime(FIRST.atStartOfDay());
      case DATE:
        return CursorPosition.date(FIRST);
      default:
        return CursorPosition.integer(Long.MIN_VALUE);
    }
  }

  /**
   * Stand-ins for a window without bounds, for a column of unknown type. Where a placeholder is
   * quoted, the server reads the digits as the column's own type, so each size of integer has its
   * own.
   */
  static List<Unbounded> unbounded() {
    return List.of(
        new Unbounded(
            first(CursorKind.TIMESTAMP), CursorPosition.timestamp(LAST.toInstant(ZoneOffset.UTC))),
        integers(Long.MIN_VALUE, Long.MAX_VALUE),
        integers(Integer.MIN_VALUE, Integer.MAX_VALUE),
        integers(Short.MIN_VALUE, Short.MAX_VALUE));
  }

  private static Unbounded integers(long first, long last) {
    return new Unbounded(CursorPosition.integer(first), CursorPosition.integer(last));
  }

  /** From before the first to after the last. */
  record Unbounded(CursorPosition first, CursorPosition last) {}
}
