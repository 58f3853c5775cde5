package io.deltaflow.cli;

import io.deltaflow.RunMetric;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;

/**
 * One line that says what is going on, rewritten twice a second; nothing at all when nobody
 * watches. Closing removes the line.
 */
final class Progress implements AutoCloseable {
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final Terminal terminal;
  private final long started = System.nanoTime();
  private final ScheduledExecutorService clock;
  private String phase = "";
  private PipelineResult running;

  private Progress(Terminal terminal, ScheduledExecutorService clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  static Progress start(Terminal terminal) {
    if (!terminal.interactive()) {
      return new Progress(terminal, null);
    }
    ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "progress");
              thread.setDaemon(true);
              return thread;
            });
    Progress progress = new Progress(terminal, clock);
    clock.scheduleWithFixedDelay(progress::draw, 250, 500, TimeUnit.MILLISECONDS);
    return progress;
  }

  void phase(String text) {
    show(text, null);
  }

  /** The phase is what a pipeline is doing. */
  void watch(PipelineResult result) {
    show("running", result);
  }

  /** At once, since a phase may be short. */
  private synchronized void show(String text, PipelineResult result) {
    phase = text;
    running = result;
    if (clock != null) {
      draw();
    }
  }

  private synchronized void draw() {
    double seconds = (System.nanoTime() - started) / 1e9;
    PipelineResult result = running;
    String detail = result == null ? "" : detail(result);
    terminal
        .err()
        .print(String.format(Locale.ROOT, "%s%6.1f s  %s%s", CLEAR_LINE, seconds, phase, detail));
    terminal.err().flush();
  }

  private static String detail(PipelineResult result) {
    long rows = 0;
    try {
      for (MetricResult<Long> counter :
          result
              .metrics()
              .queryMetrics(
                  MetricsFilter.builder()
                      .addNameFilter(
                          MetricNameFilter.named(
                              RunMetric.NAMESPACE, RunMetric.ROWS_READ.metricName()))
                      .build())
              .getCounters()) {
        rows += counter.getAttempted();
      }
    } catch (UnsupportedOperationException e) {
      return ""; // A runner may not know the metrics of a running pipeline.
    }
    return rows == 0 ? "" : String.format(Locale.ROOT, ", %,d rows read", rows);
  }

  @Override
  public void close() {
    if (clock == null) {
      return;
    }
    clock.shutdownNow();
    try {
      clock.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    terminal.err().print(CLEAR_LINE);
    terminal.err().flush();
  }
}
