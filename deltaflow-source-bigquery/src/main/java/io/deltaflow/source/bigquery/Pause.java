package io.deltaflow.source.bigquery;

import java.util.concurrent.CancellationException;

/** Waits that a cancelled run ends. */
final class Pause {
  private Pause() {}

  static void millis(long millis, String doing) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("the run was cancelled while it tried to " + doing);
    }
  }
}
