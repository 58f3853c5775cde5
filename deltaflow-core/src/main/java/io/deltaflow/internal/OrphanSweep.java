package io.deltaflow.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Deletes what {@link Orphans} finds while the launcher plans, which does not depend on it. */
final class OrphanSweep {
  private final FutureTask<List<String>> task;

  private OrphanSweep(FutureTask<List<String>> task) {
    this.task = task;
  }

  static OrphanSweep begin(String tempLocation, Instant now) {
    FutureTask<List<String>> task =
        new FutureTask<>(
            () -> {
              List<String> warnings = new ArrayList<>();
              Orphans.sweep(tempLocation, now, warnings);
              return warnings;
            });
    // Of its own, since Beam finds file systems by the class loader of the thread that asks.
    Thread thread = new Thread(task, "deltaflow-sweep");
    thread.setDaemon(true);
    thread.start();
    return new OrphanSweep(task);
  }

  /** Waits for the end and returns the warnings; throws what the sweep failed with. */
  List<String> end() {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while old files were deleted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw new AssertionError("a sweep throws nothing checked", e);
    }
  }
}
