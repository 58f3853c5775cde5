package io.deltaflow.internal;

import io.deltaflow.RunReport;
import io.deltaflow.destination.PublishOutcome;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.Staging;
import io.deltaflow.fault.MachineClock;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the launcher knows of a run that its report will say.
 *
 * @param sources before anything was read
 * @param phases of the launcher
 * @param reportPath where the report goes
 */
record ReportBasis(
    String destination,
    List<RunReport.SourceReport> sources,
    List<String> warnings,
    Map<String, Double> phases,
    String reportPath)
    implements Serializable {
  ReportBasis {
    sources = List.copyOf(sources);
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
        sources(list, outcome),
        destination,
        new RunReport.Rows(
            sources.get(0).serverSide() ? outcome.staged() : list.rowsRead(),
            outcome.staged(),
            outcome.inserted(),
            outcome.updated(),
            deferred(),
            outcome.deadLettered()),
        list.rounded(),
        list.warned(),
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

  private List<RunReport.SourceReport> sources(FileList list, PublishOutcome outcome) {
    List<RunReport.SourceReport> read = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      RunReport.SourceReport s = sources.get(i);
      long rows = s.serverSide() ? outcome.staged() : list.rowsBySource().get(i);
      read.add(
          new RunReport.SourceReport(s.source(), s.window(), rows, s.deferred(), s.serverSide()));
    }
    return read;
  }

  /** Negative when a source has not counted. */
  private long deferred() {
    return sources.stream().anyMatch(s -> s.deferred() < 0)
        ? -1
        : sources.stream().mapToLong(RunReport.SourceReport::deferred).sum();
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
