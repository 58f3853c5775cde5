package io.deltaflow.internal;

import io.deltaflow.RunReport;
import io.deltaflow.SyncOptions;
import io.deltaflow.SyncRun;
import io.deltaflow.destination.Destination;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.SchemaEvolution;
import io.deltaflow.destination.SourceProgress;
import io.deltaflow.destination.TargetPlan;
import io.deltaflow.destination.TargetRequest;
import io.deltaflow.destination.TargetState;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.fault.MachineClock;
import io.deltaflow.internal.WindowPlanner.PlannedWindow;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.error.ConfigurationException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * From a checked configuration to a submitted pipeline: everything that is decided on the launcher.
 */
public final class Launch {
  private final ConnectorConfig options;
  private final Source source;
  private final Destination destination;
  private final Map<String, String> secrets;
  private final PipelineOptions pipelineOptions;
  private final SourceContext context;
  private final List<String> warnings = new ArrayList<>();
  private final Phases phases = new Phases();

  public Launch(
      ConnectorConfig options,
      List<Source> sources,
      Destination destination,
      Map<String, String> secrets,
      PipelineOptions pipelineOptions) {
    this.options = options;
    // SyncSpec refuses more than one.
    this.source = sources.get(0);
    this.destination = destination;
    this.secrets = secrets;
    this.pipelineOptions = pipelineOptions;
    this.context = LauncherContext.of(secrets);
  }

  /** Plans the run, creates what is absent, submits the pipeline. */
  public SyncRun run() {
    Instant started = MachineClock.now();
    RunLayout layout = RunLayout.create(tempLocation(), started);
    RunLimits.check(options);
    WindowPlanner.check(options);
    ValuePolicies policies = ValuePolicies.of(options);
    FileSystems.setDefaultPipelineOptions(pipelineOptions);
    OrphanSweep sweep = OrphanSweep.begin(tempLocation(), started);

    DetectedSchema declared = source.schemaDetector(context).detect();
    DetectedSchema detected = policies.applyTo(declared);
    String sourceId = SyncId.ofSource(source, detected);
    String syncId = SyncId.of(options, sourceId, destination);
    phases.end("detect");
    TargetState state = destination.inspect(syncId, pipelineOptions);
    phases.end("inspect");
    warnings.addAll(detected.warnings());
    List<String> mergeKeys = mergeKeys(detected);
    Optional<PlannedWindow> window = window(sourceId, state);
    phases.end("window");
    TargetPlan target =
        destination.plan(targetRequest(state, detected, mergeKeys, policies), pipelineOptions);
    warnings.addAll(target.warnings());

    ReadRequest request = request(detected, window);
    target
        .partitionLimit()
        .ifPresent(l -> new PartitionCheck(source, request, context).check(l, destination));
    List<Split> splits = source.split(request, context);
    RunPlan plan =
        new RunPlan(
            layout.runId(),
            syncId,
            layout.folder(),
            started,
            state.epoch(),
            List.of(progress(sourceId, window)),
            options.get(SyncOptions.WRITE_DISPOSITION),
            mergeKeys,
            window.map(w -> w.window().cursor()).filter(detected.schema()::hasField).orElse(null),
            options.get(SyncOptions.ALLOW_EMPTY),
            Math.toIntExact(options.get(SyncOptions.MAX_RETRIES)),
            target);
    phases.end("plan");
    destination.create(plan, pipelineOptions);
    CrashPoints.reach(CrashPoints.AFTER_CREATE);
    SplitPlan.write(layout.plan(), List.of(splits));
    SecretFile secretFile = SecretFile.write(layout.secrets(), secrets);
    warnings.addAll(sweep.end());
    phases.end("create");
    SyncGraph.Parts parts =
        new SyncGraph.Parts(
            destination,
            plan,
            List.of(new SourceRead(source, request)),
            List.of(new PlannedSchema(source, declared.schema(), secretFile)),
            List.of(splits.size()),
            policies.rounded(),
            secretFile,
            reportBasis(layout, window));
    CrashPoints.reach(CrashPoints.AFTER_PLAN);
    return submit(layout, parts);
  }

  private SourceProgress progress(String sourceId, Optional<PlannedWindow> window) {
    return new SourceProgress(
        sourceId,
        source.description(),
        window.map(PlannedWindow::window).orElse(null),
        window.flatMap(w -> w.bound().system()).orElse(null));
  }

  private ReportBasis reportBasis(RunLayout layout, Optional<PlannedWindow> window) {
    return new ReportBasis(
        destination.description(),
        window.map(Launch::windowReport).orElse(null),
        window.map(w -> w.bound().deferredRows()).orElse(0L),
        warnings,
        phases.seconds(),
        options.find(SyncOptions.REPORT).orElse(layout.report()));
  }

  private SyncRun submit(RunLayout layout, SyncGraph.Parts parts) {
    Pipeline pipeline = Pipeline.create(pipelineOptions);
    SyncGraph.build(pipeline, layout, parts);
    return LaunchedRun.of(layout, pipeline, parts.basis().reportPath());
  }

  private static RunReport.WindowReport windowReport(PlannedWindow planned) {
    return new RunReport.WindowReport(
        planned.window().cursor(),
        planned.window().lo().map(Object::toString).orElse(null),
        planned.window().hi().toString(),
        planned.bound().reason());
  }

  private String tempLocation() {
    String location = pipelineOptions.getTempLocation();
    if (location == null || location.isBlank()) {
      throw new ConfigurationException(
          "--tempLocation is required: a folder for load files that BigQuery can read, such as"
              + " gs://bucket/temp");
    }
    return location;
  }

  private List<String> mergeKeys(DetectedSchema detected) {
    List<String> keys =
        options
            .find(SyncOptions.MERGE_KEYS)
            .filter(k -> !k.isEmpty())
            .orElse(detected.primaryKey());
    boolean merging = options.get(SyncOptions.WRITE_DISPOSITION) == WriteDisposition.WRITE_MERGE;
    if (merging && keys.isEmpty()) {
      throw new ConfigurationException(
          "--merge_keys is required: WRITE_MERGE needs columns that identify a row, and "
              + source.description()
              + " has no primary key");
    }
    return Columns.resolve("--" + SyncOptions.MERGE_KEYS.name(), keys, detected, source);
  }

  private Optional<PlannedWindow> window(String sourceId, TargetState state) {
    if (!options.get(SyncOptions.ENABLE_SMART_SYNC)) {
      return Optional.empty();
    }
    PlannedWindow planned =
        new WindowPlanner(options, destination, pipelineOptions)
            .plan(source, sourceId, state, context);
    warnings.addAll(planned.warnings());
    return Optional.of(planned);
  }

  private TargetRequest targetRequest(
      TargetState state, DetectedSchema detected, List<String> mergeKeys, ValuePolicies policies) {
    return new TargetRequest(
        detected,
        options.get(SyncOptions.WRITE_DISPOSITION),
        options.get(SyncOptions.CREATE_DISPOSITION),
        mergeKeys,
        options.get(SyncOptions.ENABLE_SMART_SYNC)
            ? options.find(SyncOptions.SMART_SYNC_TIMESTAMP_COLUMN)
            : Optional.empty(),
        options.find(SyncOptions.PARTITION_FIELD),
        options.isGiven(SyncOptions.PARTITION_FIELD),
        options.find(SyncOptions.CLUSTERING_FIELDS).orElse(List.of()),
        options.get(SyncOptions.ENABLE_AUTO_SCHEMA),
        options.get(SyncOptions.DELETE_EXISTING_TABLE),
        schemaEvolution(state),
        policies.rounded());
  }

  /**
   * A table that this sync never wrote may be another than was meant, and is not changed unasked.
   */
  private SchemaEvolution schemaEvolution(TargetState state) {
    return state.stateExists() || options.isGiven(SyncOptions.SCHEMA_EVOLUTION)
        ? options.get(SyncOptions.SCHEMA_EVOLUTION)
        : SchemaEvolution.NONE;
  }

  private ReadRequest request(DetectedSchema detected, Optional<PlannedWindow> window) {
    ReadRequest request =
        ReadRequest.of(detected.schema())
            .withBatchSize(Math.toIntExact(options.get(SyncOptions.BATCH_SIZE)))
            .withDesiredSplits(Math.toIntExact(options.get(SyncOptions.SPLITS)));
    return window.map(w -> request.withWindow(w.window())).orElse(request);
  }
}
