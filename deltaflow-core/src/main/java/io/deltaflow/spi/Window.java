package io.deltaflow.spi;

import java.io.Serializable;
import java.util.Optional;

/**
 * The rows of one run: {@code lo <= cursor < hi}, exact in the cursor's own unit.
 *
 * @param cursor the column
 * @param lower inclusive; null means from the beginning
 * @param hi exclusive
 * @param includeNull whether rows whose cursor is NULL belong to it
 */
public record Window(String cursor, CursorPosition lower, CursorPosition hi, boolean includeNull)
    implements Serializable {
  public Optional<CursorPosition> lo() {
    return Optional.ofNullable(lower);
  }

  /** No row can be in it. */
  public boolean isEmpty() {
    return !includeNull && lower != null && lower.compareTo(hi) >= 0;
  }

  @Override
  public String toString() {
    return (lower == null ? "" : lower + " <= ")
        + cursor
        + " < "
        + hi
        + (includeNull ? " or NULL" : "");
  }
}
