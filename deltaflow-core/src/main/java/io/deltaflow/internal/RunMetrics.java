package io.deltaflow.internal;

import io.deltaflow.RunMetric;
import io.deltaflow.destination.PublishOutcome;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.fault.MachineClock;
import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Metrics;

/** The metrics of a run, by their declarations. */
final class RunMetrics {
  private RunMetrics() {}

  static Counter counter(RunMetric metric) {
    return Metrics.counter(RunMetric.NAMESPACE, metric.metricName());
  }

  static Distribution distribution(RunMetric metric) {
    return Metrics.distribution(RunMetric.NAMESPACE, metric.metricName());
  }

  /** Of a run that has published. */
  static void published(RunPlan plan, PublishOutcome outcome) {
    counter(RunMetric.ROWS_INSERTED).inc(outcome.inserted());
    counter(RunMetric.ROWS_UPDATED).inc(outcome.updated());
    counter(RunMetric.BYTES_PROCESSED).inc(outcome.bytesProcessed());
    Instant now = MachineClock.now();
    plan.sources().stream()
        .flatMap(source -> source.window().stream())
        .map(window -> window.hi())
        .filter(hi -> hi.kind() != CursorKind.INTEGER)
        .forEach(
            hi ->
                distribution(RunMetric.WATERMARK_LAG_SECONDS)
                    .update(Math.max(0, Duration.between(instant(hi), now).toSeconds())));
  }

  /** Local times are taken for UTC. */
  private static Instant instant(CursorPosition position) {
    ChronoUnit unit = position.kind() == CursorKind.DATE ? ChronoUnit.DAYS : ChronoUnit.MICROS;
    return Instant.EPOCH.plus(position.value(), unit);
  }
}
