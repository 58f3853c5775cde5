package io.deltaflow.internal;

import io.deltaflow.RunMetric;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.DistributionResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;

/** What a pipeline has counted, for people. */
final class MetricsText {
  private MetricsText() {}

  /** Those that were updated, in the order of their declaration. */
  static Map<RunMetric, String> of(PipelineResult result) {
    Map<String, String> byName = new HashMap<>();
    try {
      MetricQueryResults found =
          result
              .metrics()
              .queryMetrics(
                  MetricsFilter.builder()
                      .addNameFilter(MetricNameFilter.inNamespace(RunMetric.NAMESPACE))
                      .build());
      for (MetricResult<Long> counter : found.getCounters()) {
        if (counter.getAttempted() > 0) {
          byName.put(
              counter.getName().getName(),
              String.format(Locale.ROOT, "%,d", counter.getAttempted()));
        }
      }
      for (MetricResult<DistributionResult> distribution : found.getDistributions()) {
        byName.put(distribution.getName().getName(), text(distribution.getAttempted()));
      }
    } catch (UnsupportedOperationException e) {
      // A runner may not know the metrics of its pipelines.
      return Map.of();
    }
    Map<RunMetric, String> all = new EnumMap<>(RunMetric.class);
    for (RunMetric metric : RunMetric.values()) {
      String text = byName.get(metric.metricName());
      if (text != null) {
        all.put(metric, text);
      }
    }
    return all;
  }

  private static String text(DistributionResult values) {
    return String.format(
        Locale.ROOT,
        "%,d of them, mean %,.0f, largest %,d",
        values.getCount(),
        values.getMean(),
        values.getMax());
  }
}
