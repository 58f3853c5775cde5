package io.deltaflow.source.bigquery;

import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.Window;

/** GoogleSQL. */
final class Sql {
  private Sql() {}

  static String identifier(String name) {
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`";
  }

  static String table(Target target) {
    return identifier(target.project())
        + "."
        + identifier(target.dataset())
        + "."
        + identifier(target.table());
  }

  /** Digits, '-', ':', '.', '+' and spaces only inside its quotes. */
  static String literal(CursorPosition position) {
    if (position.kind() == CursorKind.INTEGER) {
      return position.toString();
    }
    return position.kind() + " '" + position.toString().replace('T', ' ').replace("Z", "+00") + "'";
  }

  /** The condition that a row is inside a window. */
  static String inside(Window window, String column) {
    String range =
        window.lo().map(lo -> column + " >= " + literal(lo) + " AND ").orElse("")
            + column
            + " < "
            + literal(window.hi());
    return window.includeNull() ? "(" + range + " OR " + column + " IS NULL)" : "(" + range + ")";
  }
}
