package io.deltaflow.cli;

import io.deltaflow.RunMetric;
import io.deltaflow.RunReport;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A run's report for people. */
final class ReportText {
  private ReportText() {}

  static String of(RunReport report) {
    StringBuilder out = new StringBuilder();
    line(out, "Run", report.runId());
    boolean several = report.sources().size() > 1;
    for (RunReport.SourceReport source : report.sources()) {
      line(
          out,
          "Source",
          several
              ? String.format(Locale.ROOT, "%s: %,d rows read", source.source(), source.read())
              : source.source());
      if (source.serverSide()) {
        line(out, "", "moved inside BigQuery: no row passed through a worker");
      }
      if (several) {
        window(out, source.window());
      }
    }
    line(out, "Destination", report.destination());
    if (report.ddl() != null) {
      out.append("  Created\n").append(report.ddl().strip().indent(4));
    }
    report.schemaChanges().forEach(c -> line(out, "Schema", c));
    if (!several) {
      window(out, report.window());
    }
    line(out, "Rows", rows(report.rows()));
    if (report.valuesRounded() > 0) {
      line(
          out,
          "Values",
          String.format(
              Locale.ROOT, "%,d rounded, as --value_policies allows", report.valuesRounded()));
    }
    report
        .failedChecks()
        .forEach(
            (check, rows) ->
                line(
                    out,
                    "Check",
                    String.format(Locale.ROOT, "%s: %,d rows did not pass", check, rows)));
    if (report.bytesProcessed() > 0) {
      line(out, "Publish", bytes(report));
    }
    line(out, "Time", time(report));
    String phases = phases(report);
    if (!phases.isEmpty()) {
      line(out, "", phases);
    }
    report.warnings().forEach(w -> line(out, "Warning", w));
    return out.toString();
  }

  private static void window(StringBuilder out, RunReport.WindowReport window) {
    if (window == null) {
      return;
    }
    line(out, "Window", text(window));
    if (window.reason() != null) {
      line(out, "", "ends there: " + window.reason());
    }
  }

  private static String text(RunReport.WindowReport window) {
    String lo = window.lo() == null ? "the beginning" : window.lo();
    return window.cursor() + " from " + lo + " to below " + window.hi();
  }

  private static String rows(RunReport.Rows rows) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%,d read, %,d inserted, %,d updated",
            rows.read(),
            rows.inserted(),
            rows.updated()));
    if (rows.deferred() > 0) {
      text.append(String.format(Locale.ROOT, ", %,d deferred to a later run", rows.deferred()));
    }
    if (rows.deadLettered() > 0) {
      text.append(
          String.format(Locale.ROOT, ", %,d kept out as dead letters", rows.deadLettered()));
    }
    return text.toString();
  }

  private static String bytes(RunReport report) {
    String text = String.format(Locale.ROOT, "%,d bytes processed", report.bytesProcessed());
    return report.bytesMerge() == 0
        ? text
        : text
            + String.format(
                Locale.ROOT,
                ", of them %,d to find the partitions of the rows' keys and %,d to merge",
                report.bytesLookup(),
                report.bytesMerge());
  }

  private static String time(RunReport report) {
    double seconds = report.seconds();
    String text = String.format(Locale.ROOT, "%.1f s", seconds);
    return report.rows().read() == 0 || seconds <= 0
        ? text
        : text + String.format(Locale.ROOT, ", %,.0f rows/s", report.rows().read() / seconds);
  }

  /** Those that one tenth of a second tells from nothing. */
  private static String phases(RunReport report) {
    return report.phases().entrySet().stream()
        .filter(p -> p.getValue() >= 0.05)
        .map(p -> String.format(Locale.ROOT, "%s %.1f", p.getKey().replace('_', ' '), p.getValue()))
        .collect(Collectors.joining(", "));
  }

  /** What Beam counted, as dashboards show it. */
  static String of(Map<RunMetric, String> metrics) {
    StringBuilder out = new StringBuilder();
    metrics.forEach(
        (metric, value) ->
            line(out, out.length() == 0 ? "Metrics" : "", metric.metricName() + " " + value));
    return out.toString();
  }

  static void line(StringBuilder out, String label, String text) {
    out.append(String.format(Locale.ROOT, "  %-12s%s%n", label, text));
  }
}
