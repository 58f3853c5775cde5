package io.deltaflow.source.postgres;

import io.deltaflow.spi.SourceContext;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/** A bounded wait for something in the source. */
record Patience(Duration limit, SourceContext context) {
  interface Condition {
    boolean holds() throws SQLException;
  }

  /** Whether the condition came to hold within the limit; asked at least once. */
  boolean await(Condition condition) throws SQLException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() >= deadline) {
        return false;
      }
      if (context.isCancelled()) {
        throw new CancellationException("cancelled while waiting for open transactions");
      }
      try {
        TimeUnit.MILLISECONDS.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted while waiting for open transactions");
      }
    }
    return true;
  }
}
