package io.deltaflow.scenarios;

import io.deltaflow.fault.CrashPoints;
import io.deltaflow.spi.error.DestinationException;
import io.deltaflow.spi.error.SourceException;
import io.deltaflow.spi.error.StaleRunException;
import io.deltaflow.testing.ChildRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Syncs that run at once, also two of one, and break: processes that halt, steps that fail, calls
 * of BigQuery that fail or whose answer is lost, database sessions that are cut.
 */
final class SoakSyncs implements AutoCloseable {
  private static final int AT_ONCE = 2;
  private static final List<String> FAILURES =
      List.of("backendError", "internalError", "rateLimitExceeded");

  private final SyncBed bed;
  private final List<OrdersSync> syncs;
  private final SoakFigures figures;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final List<Thread> threads = new ArrayList<>();

  SoakSyncs(SyncBed bed, List<OrdersSync> syncs, Random seeds, SoakFigures figures) {
    this.bed = bed;
    this.syncs = syncs;
    this.figures = figures;
    for (int i = 0; i < AT_ONCE; i++) {
      Random random = new Random(seeds.nextLong());
      Thread thread = new Thread(() -> sync(random), "syncs " + i);
      threads.add(thread);
      thread.start();
    }
  }

  private void sync(Random random) {
    while (!stopped.get()) {
      OrdersSync sync = syncs.get(random.nextInt(syncs.size()));
      try {
        one(sync, random);
      } catch (RuntimeException | AssertionError e) {
        figures.unexpected(new IllegalStateException("sync of " + sync.table(), e));
      }
    }
  }

  private void one(OrdersSync sync, Random random) {
    int kind = random.nextInt(100);
    if (kind < 20) {
      crash(sync, random);
    } else if (kind < 38) {
      String point = CrashPoints.ALL.get(random.nextInt(CrashPoints.ALL.size()));
      try (CrashPoints.Hook failing = CrashPoints.on(point, SoakSyncs::fail)) {
        run(sync);
      }
    } else {
      if (kind < 60) {
        breakBigQuery(random);
      } else if (kind < 72) {
        figures.cuts.addAndGet(cutSessions());
      }
      run(sync);
    }
  }

  private void run(OrdersSync sync) {
    try {
      figures.published(sync.run());
    } catch (StaleRunException e) {
      figures.stale.incrementAndGet();
    } catch (SourceException | DestinationException e) {
      figures.failed(e);
    } catch (RuntimeException e) {
      // The runner wraps it.
      Throwable cause = e;
      while (cause != null && !(cause instanceof InjectedFailure)) {
        cause = cause.getCause();
      }
      if (cause == null) {
        throw e;
      }
      figures.failed(cause);
    }
  }

  private void crash(OrdersSync sync, Random random) {
    String point = CrashPoints.ALL.get(random.nextInt(CrashPoints.ALL.size()));
    ChildRun.Ended ended = ChildRun.of(sync.flags(), sync.pipelineArguments()).crashAt(point).run();
    if (ended.isCrashed()) {
      figures.crashed.incrementAndGet();
    } else if (ended.status() == 0) {
      figures.published(ended.report());
    } else {
      figures.failed(new IllegalStateException(ended.output()));
    }
  }

  /** Of the next calls one fails, or does what it should and is cut before it answers. */
  private void breakBigQuery(Random random) {
    figures.faults.incrementAndGet();
    var faults = bed.bigQuery().emulator().faults();
    int nth = 1 + random.nextInt(12);
    switch (random.nextInt(4)) {
      case 0 ->
          faults.onCall("*", ".*").nth(nth).fail(FAILURES.get(random.nextInt(FAILURES.size())));
      case 1 -> faults.onCall("POST", "/projects/[^/]+/jobs").nth(1 + nth / 4).dropResponse();
      case 2 -> faults.onJob("query").nth(1 + nth / 3).fail("backendError");
      default -> faults.onJob("load").fail("backendError");
    }
  }

  private long cutSessions() {
    return Long.parseLong(
        bed.source(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name"
                + " LIKE 'deltaflow%'"));
  }

  private static void fail() {
    throw new InjectedFailure();
  }

  /** A step of a worker or of the launcher that fails for no reason of ours. */
  private static final class InjectedFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Lets every run end. */
  @Override
  public void close() {
    stopped.set(true);
    SoakWriters.join(threads);
    bed.bigQuery().emulator().faults().clear();
  }
}
