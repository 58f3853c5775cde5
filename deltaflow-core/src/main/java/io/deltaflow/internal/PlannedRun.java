package io.deltaflow.internal;

import io.deltaflow.destination.RunPlan;
import io.deltaflow.spi.ServerSideRead;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All that was decided of a run before anything was changed.
 *
 * @param rounded fields whose numbers may lose digits after the point
 * @param serverSide what the destination runs in place of splits
 * @param warnings lines for the user
 */
record PlannedRun(
    DetectedSources detected,
    List<PlannedSource> sources,
    RunPlan plan,
    Set<String> rounded,
    BadRowPolicy badRows,
    Optional<ServerSideRead> serverSide,
    List<String> warnings) {
  PlannedRun {
    sources = List.copyOf(sources);
    warnings = List.copyOf(warnings);
  }
}
