package io.deltaflow.spi;

import java.util.List;
import java.util.Optional;

/**
 * The safe end of a run's window.
 *
 * @param position exclusive: rows at or above it wait for a later run
 * @param reason why it is there, for the report: {@code now() - 1 s} or {@code transaction of pid
 *     4711 open since ...}
 * @param deferredRows rows at or above it that exist now; negative when not counted
 * @param nullRows rows whose cursor is NULL, which no window holds; negative when not counted
 * @param warnings lines for the user
 * @param systemId tells the system that was asked from any other that has the same names, such as
 *     PostgreSQL's system identifier; stays when the system is restarted or moved; null when it is
 *     not known. A sync does not go on from a watermark of another system unless the user accepts
 *     it.
 */
public record UpperBound(
    CursorPosition position,
    String reason,
    long deferredRows,
    long nullRows,
    List<String> warnings,
    String systemId) {
  public UpperBound {
    warnings = List.copyOf(warnings);
  }

  /** Of a system that has no identifier. */
  public UpperBound(
      CursorPosition position,
      String reason,
      long deferredRows,
      long nullRows,
      List<String> warnings) {
    this(position, reason, deferredRows, nullRows, warnings, null);
  }

  public Optional<String> system() {
    return Optional.ofNullable(systemId);
  }
}
