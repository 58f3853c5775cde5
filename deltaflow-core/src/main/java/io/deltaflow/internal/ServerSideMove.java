package io.deltaflow.internal;

import io.deltaflow.destination.Destination;
import io.deltaflow.destination.TargetPlan;
import io.deltaflow.spi.ServerSideRead;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Window;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether a run's rows can go from source to destination without passing a worker. */
final class ServerSideMove {
  private ServerSideMove() {}

  /**
   * The query that the destination runs; empty when a step of the run has to see the rows, or one
   * of the two systems cannot do it. Launcher.
   *
   * @param rounded fields whose values may be rounded, which is counted row by row
   */
  static Optional<ServerSideRead> of(
      List<PlannedSource> sources,
      Set<String> rounded,
      Destination destination,
      TargetPlan target,
      SourceContext context) {
    if (sources.size() > 1 || !rounded.isEmpty()) {
      return Optional.empty();
    }
    SourceRead read = sources.get(0).read();
    if (read.steps() != null
        || !read.columns().isSame()
        || read.request().window().filter(Window::isEmpty).isPresent()) {
      return Optional.empty();
    }
    return read.source()
        .serverSide(read.request(), context)
        .filter(query -> destination.canRun(query, read.request().schema(), target));
  }
}
