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
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the launcher knows of a run that its report will say.
 *
 * @param window null without Smart Sync
 * @param deferred rows for a later run; negative when not counted
 * @param reportPath where the report goes
 */
record ReportBasis(
    String destination,
    RunReport.WindowReport window,
    long deferred,
    List<String> warnings,
    String reportPath)
    implements Serializable {
  ReportBasis {
    warnings = List.copyOf(warnings);
  }

  RunReport report(
      RunPlan plan,
      Staging staging,
      FileList list,
      PublishOutcome outcome,
      List<String> lateWarnings) {
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
        Duration.between(plan.started(), MachineClock.now()).toMillis() / 1000.0,
        staging.bytes(),
        outcome.bytesProcessed(),
        outcome.bytesLookup(),
        outcome.bytesMerge(),
        all);
  }
}
