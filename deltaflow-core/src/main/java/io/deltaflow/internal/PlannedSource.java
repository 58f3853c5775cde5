package io.deltaflow.internal;

import io.deltaflow.RunReport;
import io.deltaflow.destination.SourceProgress;
import io.deltaflow.internal.WindowPlanner.PlannedWindow;
import java.util.Optional;

/** One source of a run and what is read of it this time. Launcher. */
record PlannedSource(DetectedSource detected, SourceRead read, Optional<PlannedWindow> window) {
  SourceProgress progress() {
    return new SourceProgress(
        detected.id(),
        detected.source().description(),
        window.map(PlannedWindow::window).orElse(null),
        window.flatMap(w -> w.bound().system()).orElse(null));
  }

  PlannedSchema schema(SecretFile secrets) {
    return new PlannedSchema(detected.source(), detected.declared().schema(), secrets);
  }

  /** Before anything is read. */
  RunReport.SourceReport report(boolean serverSide) {
    return new RunReport.SourceReport(
        detected.source().description(),
        window.map(PlannedSource::report).orElse(null),
        0,
        window.map(w -> w.bound().deferredRows()).orElse(0L),
        serverSide);
  }

  private static RunReport.WindowReport report(PlannedWindow planned) {
    return new RunReport.WindowReport(
        planned.window().cursor(),
        planned.window().lo().map(Object::toString).orElse(null),
        planned.window().hi().toString(),
        planned.bound().reason());
  }
}
