package io.deltaflow.destination.bigquery;

import io.deltaflow.spi.error.DestinationException;

final class Pause {
  private Pause() {}

  /** Waits; an interrupt, which is how a runner cancels, ends the work that {@code doing} names. */
  static void millis(long millis, String doing) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DestinationException("interrupted when it was to " + doing, e);
    }
  }
}
