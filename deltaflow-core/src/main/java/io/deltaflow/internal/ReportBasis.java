package io.deltaflow.internal;

import io.deltaflow.RunReport;
import io.deltaflow.destination.PublishOutcome;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.SourceProgress;
import io.deltaflow.destination.Staging;
import io.deltaflow.fault.MachineClock;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the launcher knows of a run that its report will say.
 *
 * @param window null without Smart Sync
 * @param deferred rows for a later run; negative when not counted
 * @param phases of the launcher
 * @param reportPath where the report goes
 */
record ReportBasis(
    String destination,
    RunReport.WindowReport window,
    long deferred,
    List<String> warnings,
    Map<String, Double> phases,
    String reportPath)
    implements Serializable {
  ReportBasis {
    warnings = List.copyOf(warnings);
    phases = new LinkedHashMap<>(phases);
  }

  RunReport report(
      RunPlan plan,
      Staging staging,
      FileList list,
      PublishOutcome outcome,
      Phases publishing,
      List<String> lateWarnings) {
    double seconds = Duration.between(plan.started(), MachineClock.now()).toMillis() / 1000.0;
    List<String> all = new ArrayList<>(warnings);
    all.addAll(lateWarnings);
    return new RunReport(
        plan.runId(),
        plan.syncId(),
        plan.sources().stream().map(SourceProgress::description).collect(Collectors.joining(", ")),
        destination,
        window,
        new RunReport.Rows(
            list.rowsRead(),
            staging.expectedRows(),
            outcome.inserted(),
            outcome.updated(),
            deferred,
            0),
        list.rounded(),
        plan.target().ddl().orElse(null),
        plan.target().schemaChanges(),
        seconds,
        phases(seconds, publishing.seconds()),
        staging.bytes(),
        outcome.bytesProcessed(),
        outcome.bytesLookup(),
        outcome.bytesMerge(),
        all);
  }

  /**
   * Between the launcher and the publish, which may be of two machines, the runner had its time.
   */
  private Map<String, Double> phases(double seconds, Map<String, Double> publishing) {
    Map<String, Double> all = new LinkedHashMap<>(phases);
    double known = sum(phases) + sum(publishing);
    all.put("extract", Math.round(Math.max(0, seconds - known) * 1000) / 1000.0);
    all.putAll(publishing);
    return all;
  }

  private static double sum(Map<String, Double> seconds) {
    return seconds.values().stream().mapToDouble(Double::doubleValue).sum();
  }
}
