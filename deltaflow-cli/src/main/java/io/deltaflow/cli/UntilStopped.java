package io.deltaflow.cli;

import java.util.concurrent.CountDownLatch;

/** Servers that stay up until the process is told to stop. */
final class UntilStopped {
  private UntilStopped() {}

  /**
   * Never returns by itself: an interrupt from the terminal or a termination signal ends the
   * process, and the servers are closed first, in this order.
   */
  static void hold(AutoCloseable... servers) throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(servers), "stop"));
    new CountDownLatch(1).await();
  }

  private static void close(AutoCloseable... servers) {
    for (AutoCloseable server : servers) {
      try {
        server.close();
      } catch (Exception e) {
        System.err.println("deltaflow: a server did not stop well: " + e);
      }
    }
  }
}
