package io.deltaflow.internal;

import io.deltaflow.SyncOptions;
import io.deltaflow.SyncRun;
import io.deltaflow.destination.Destination;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.fault.MachineClock;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.Split;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;

/** From a checked configuration to a submitted pipeline. */
public final class Launch {
  private final ConnectorConfig options;
  private final List<NamedSource> named;
  private final Destination destination;
  private final Map<String, String> secrets;
  private final PipelineOptions pipelineOptions;
  private final Phases phases = new Phases();
  private Optional<ReplayOf> replay = Optional.empty();

  public Launch(
      ConnectorConfig options,
      List<NamedSource> sources,
      Destination destination,
      Map<String, String> secrets,
      PipelineOptions pipelineOptions) {
    this.options = options;
    this.named = sources;
    this.destination = destination;
    this.secrets = secrets;
    this.pipelineOptions = pipelineOptions;
  }

  /** The sources are dead letters of a sync that has an id already. */
  Launch replaying(RunLayout layout, String syncId, long letters) {
    replay = Optional.of(new ReplayOf(layout, syncId, letters));
    return this;
  }

  /** Plans the run, creates what is absent, submits the pipeline. */
  public SyncRun run() {
    Instant started = MachineClock.now();
    String temp = RunPlanner.tempLocation(pipelineOptions);
    RunLayout layout =
        replay.map(ReplayOf::layout).orElseGet(() -> RunLayout.create(temp, started));
    LauncherContext context = LauncherContext.of(secrets, pipelineOptions);
    RunPlanner planner =
        new RunPlanner(options, named, destination, context, pipelineOptions, replay, phases);
    planner.check();
    PlainSecrets.warn(secrets);
    FileSystems.setDefaultPipelineOptions(pipelineOptions);
    OrphanSweep sweep = OrphanSweep.begin(temp, started);

    PlannedRun run = planner.plan(layout, started);
    List<List<Split>> splits =
        run.sources().stream()
            .map(
                p ->
                    run.serverSide().isPresent()
                        ? List.<Split>of()
                        : p.read().source().split(p.read().request(), context))
            .toList();
    phases.end("plan");
    List<String> warnings = new ArrayList<>(run.warnings());
    warnings.addAll(sweep.end());
    destination.create(run.plan(), pipelineOptions);
    CrashPoints.reach(CrashPoints.AFTER_CREATE);
    SplitPlan.write(layout.plan(), splits);
    Map<String, String> sealed = context.forWorkers();
    sealed.putAll(run.detected().secrets());
    SecretFile secretFile = SecretFile.write(layout.secrets(), sealed);
    phases.end("create");
    SyncGraph.Parts parts =
        new SyncGraph.Parts(
            destination,
            run.plan(),
            run.sources().stream().map(PlannedSource::read).toList(),
            run.sources().stream().map(p -> p.schema(secretFile)).toList(),
            splits.stream().map(List::size).toList(),
            run.detected().checks().aggregates(),
            run.rounded(),
            run.badRows(),
            secretFile,
            run.serverSide().orElse(null),
            reportBasis(layout, run, warnings));
    CrashPoints.reach(CrashPoints.AFTER_PLAN);
    return submit(layout, parts);
  }

  private ReportBasis reportBasis(RunLayout layout, PlannedRun run, List<String> warnings) {
    return new ReportBasis(
        destination.description(),
        run.sources().stream().map(p -> p.report(run.serverSide().isPresent())).toList(),
        warnings,
        phases.seconds(),
        options.find(SyncOptions.REPORT).orElse(layout.report()));
  }

  private SyncRun submit(RunLayout layout, SyncGraph.Parts parts) {
    Pipeline pipeline = Pipeline.create(pipelineOptions);
    SyncGraph.build(pipeline, layout, parts);
    return LaunchedRun.of(layout, pipeline, parts.basis().reportPath());
  }
}
