package io.deltaflow.spi;

import java.util.List;

/**
 * The safe end of a run's window.
 *
 * @param position exclusive: rows at or above it wait for a later run
 * @param reason why it is there, for the report: {@code now() - 1 s} or {@code transaction of pid
 *     4711 open since ...}
 * @param deferredRows rows at or above it that exist now; negative when not counted
 * @param nullRows rows whose cursor is NULL, which no window holds; negative when not counted
 * @param warnings lines for the user
 */
public record UpperBound(
    CursorPosition position,
    String reason,
    long deferredRows,
    long nullRows,
    List<String> warnings) {
  public UpperBound {
    warnings = List.copyOf(warnings);
  }
}
