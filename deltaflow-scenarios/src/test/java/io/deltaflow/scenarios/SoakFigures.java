package io.deltaflow.scenarios;

import io.deltaflow.RunReport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** What happened in a soak. */
final class SoakFigures {
  private static final int MOST_KEPT = 20;

  final AtomicLong committed = new AtomicLong();
  final AtomicLong rolledBack = new AtomicLong();
  final AtomicLong prepared = new AtomicLong();
  final AtomicLong runs = new AtomicLong();
  final AtomicLong rows = new AtomicLong();
  final AtomicLong stale = new AtomicLong();
  final AtomicLong crashed = new AtomicLong();
  final AtomicLong faults = new AtomicLong();
  final AtomicLong cuts = new AtomicLong();
  final AtomicLong comparisons = new AtomicLong();
  private final Map<String, AtomicLong> failures = new ConcurrentHashMap<>();
  private final List<Throwable> unexpected = new CopyOnWriteArrayList<>();

  void published(RunReport report) {
    runs.incrementAndGet();
    rows.addAndGet(report.rows().read());
  }

  /** A run that failed as it may. */
  void failed(Throwable failure) {
    failures
        .computeIfAbsent(failure.getClass().getSimpleName(), n -> new AtomicLong())
        .incrementAndGet();
  }

  /** What must not happen. */
  void unexpected(Throwable failure) {
    if (unexpected.size() < MOST_KEPT) {
      unexpected.add(failure);
    }
  }

  List<Throwable> unexpected() {
    return List.copyOf(unexpected);
  }

  @Override
  public String toString() {
    return String.format(
        "transactions: %d committed, %d rolled back, %d of them prepared first; runs: %d published"
            + " %d rows, %d stale, %s failed, %d processes halted; injected: %d BigQuery faults, %d"
            + " sessions cut; comparisons at rest: %d",
        committed.get(),
        rolledBack.get(),
        prepared.get(),
        runs.get(),
        rows.get(),
        stale.get(),
        failures,
        crashed.get(),
        faults.get(),
        cuts.get(),
        comparisons.get());
  }
}
