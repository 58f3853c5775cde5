package io.deltaflow.source.postgres;

import io.deltaflow.spi.SourceContext;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets one large row at a time into this JVM, over all splits, so that its heap need not have room
 * for one of each. Used by one thread.
 */
final class LargeRows {
  /** Rows up to here are read without asking. */
  static final int BYTES = 4 << 20;

  private static final Semaphore ONE = new Semaphore(1, true);

  private boolean held;

  /** Before a large row is read; waits until other splits have let go of theirs. */
  void enter(SourceContext context) {
    try {
      while (!held && !ONE.tryAcquire(200, TimeUnit.MILLISECONDS)) {
        if (context.isCancelled()) {
          throw new CancellationException("cancelled while waiting to read a large row");
        }
      }
      held = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while waiting to read a large row");
    }
  }

  /** When the row is no longer needed; nothing if there is none. */
  void leave() {
    if (held) {
      held = false;
      ONE.release();
    }
  }
}
