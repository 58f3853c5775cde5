package io.deltaflow.spi;

import java.time.Duration;
import java.util.Optional;

/**
 * What a run asks of its window's end.
 *
 * @param cursor the cursor column
 * @param last the last published upper bound, below which the answer never is; null on a first run
 * @param lag how far to stay behind the source's clock, beyond what safety needs; zero or more
 * @param maxHold how long an open transaction may hold the bound back before the answer warns of it
 * @param largest the largest cursor of any row that was published; null when there is none. A
 *     source that can tell cheaply that all of its rows are below it warns: rows were deleted, or
 *     it was restored to an earlier state
 */
public record UpperBoundRequest(
    String cursor, CursorPosition last, Duration lag, Duration maxHold, CursorPosition largest) {
  /** Without knowledge of what was published. */
  public UpperBoundRequest(String cursor, CursorPosition last, Duration lag, Duration maxHold) {
    this(cursor, last, lag, maxHold, null);
  }

  public Optional<CursorPosition> previous() {
    return Optional.ofNullable(last);
  }

  public Optional<CursorPosition> published() {
    return Optional.ofNullable(largest);
  }
}
