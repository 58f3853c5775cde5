package io.deltaflow.internal;

import io.deltaflow.SyncOptions;
import io.deltaflow.SyncOptions.ValuePolicy;
import io.deltaflow.SyncRun;
import io.deltaflow.destination.DeadLetterPlan;
import io.deltaflow.destination.Destination;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.SchemaEvolution;
import io.deltaflow.destination.TargetPlan;
import io.deltaflow.destination.TargetRequest;
import io.deltaflow.destination.TargetState;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.fault.MachineClock;
import io.deltaflow.internal.WindowPlanner.PlannedWindow;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.ServerSideRead;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.error.ConfigurationException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * From a checked configuration to a submitted pipeline: everything that is decided on the launcher.
 */
public final class Launch {
  private final ConnectorConfig options;
  private final List<NamedSource> named;
  private final Destination destination;
  private final Map<String, String> secrets;
  private final PipelineOptions pipelineOptions;
  private final LauncherContext context;
  private final List<String> warnings = new ArrayList<>();
  private final Phases phases = new Phases();
  private Optional<ReplayOf> replay = Optional.empty();

  /** What a run publishes instead of what its sources hold. */
  private record ReplayOf(RunLayout layout, String syncId, long letters) {}

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
    this.context = LauncherContext.of(secrets, pipelineOptions);
  }

  /** The sources are dead letters of a sync that has an id already. */
  Launch replaying(RunLayout layout, String syncId, long letters) {
    replay = Optional.of(new ReplayOf(layout, syncId, letters));
    return this;
  }

  /** Plans the run, creates what is absent, submits the pipeline. */
  public SyncRun run() {
    Instant started = MachineClock.now();
    String temp = tempLocation(pipelineOptions);
    RunLayout layout =
        replay.map(ReplayOf::layout).orElseGet(() -> RunLayout.create(temp, started));
    RunLimits.check(options);
    WindowPlanner.check(options);
    ValuePolicies policies = ValuePolicies.of(options);
    PlainSecrets.warn(secrets);
    FileSystems.setDefaultPipelineOptions(pipelineOptions);
    OrphanSweep sweep = OrphanSweep.begin(temp, started);

    DetectedSources sources = DetectedSources.detect(options, named, context);
    DetectedSchema schema = sources.schema();
    RunChecks.check(sources.checks().aggregates());
    Set<String> rounded = sources.fields(policies, ValuePolicy.ROUND);
    BadRowPolicy badRows = BadRowPolicy.of(options, policies, sources);
    String syncId = replay.map(ReplayOf::syncId).orElseGet(() -> sources.syncId(destination));
    phases.end("detect");
    TargetState state = destination.inspect(syncId, pipelineOptions);
    phases.end("inspect");
    if (replay.isPresent()) {
      checkReplay(state);
    }
    warnings.addAll(schema.warnings());
    List<String> mergeKeys = mergeKeys(schema, sources);
    List<PlannedSource> planned = windows(sources, state);
    phases.end("window");
    TargetPlan target =
        destination.plan(targetRequest(state, schema, mergeKeys, rounded), pipelineOptions);
    warnings.addAll(target.warnings());

    target
        .partitionLimit()
        .ifPresent(
            limit ->
                planned.forEach(p -> new PartitionCheck(p, context).check(limit, destination)));
    Optional<ServerSideRead> serverSide =
        ServerSideMove.of(planned, rounded, destination, target, context);
    List<List<Split>> splits =
        planned.stream()
            .map(
                p ->
                    serverSide.isPresent()
                        ? List.<Split>of()
                        : p.read().source().split(p.read().request(), context))
            .toList();
    RunPlan plan =
        new RunPlan(
            layout.runId(),
            syncId,
            layout.folder(),
            started,
            state.epoch(),
            planned.stream().map(PlannedSource::progress).toList(),
            options.get(SyncOptions.WRITE_DISPOSITION),
            mergeKeys,
            cursor(sources).orElse(null),
            options.get(SyncOptions.ALLOW_EMPTY),
            replay.map(ReplayOf::letters).orElse(0L),
            badRows.keepsAny() || replay.isPresent() ? deadLetterPlan(options) : null,
            Math.toIntExact(options.get(SyncOptions.MAX_RETRIES)),
            target);
    phases.end("plan");
    destination.create(plan, pipelineOptions);
    CrashPoints.reach(CrashPoints.AFTER_CREATE);
    SplitPlan.write(layout.plan(), splits);
    Map<String, String> sealed = context.forWorkers();
    sealed.putAll(sources.secrets());
    SecretFile secretFile = SecretFile.write(layout.secrets(), sealed);
    warnings.addAll(sweep.end());
    phases.end("create");
    SyncGraph.Parts parts =
        new SyncGraph.Parts(
            destination,
            plan,
            planned.stream().map(PlannedSource::read).toList(),
            planned.stream().map(p -> p.schema(secretFile)).toList(),
            splits.stream().map(List::size).toList(),
            sources.checks().aggregates(),
            rounded,
            badRows,
            secretFile,
            serverSide.orElse(null),
            reportBasis(layout, planned, serverSide.isPresent()));
    CrashPoints.reach(CrashPoints.AFTER_PLAN);
    return submit(layout, parts);
  }

  private List<PlannedSource> windows(DetectedSources sources, TargetState state) {
    List<PlannedSource> planned = new ArrayList<>();
    for (DetectedSource source : sources.all()) {
      Optional<PlannedWindow> window = window(source, sources, state);
      planned.add(
          new PlannedSource(
              source, sources.read(source, window.map(PlannedWindow::window)), window));
    }
    return planned;
  }

  private Optional<PlannedWindow> window(
      DetectedSource source, DetectedSources sources, TargetState state) {
    if (!options.get(SyncOptions.ENABLE_SMART_SYNC) || replay.isPresent()) {
      return Optional.empty();
    }
    PlannedWindow planned =
        new WindowPlanner(options, destination, pipelineOptions, sources, source)
            .plan(state, context);
    planned
        .warnings()
        .forEach(
            w -> warnings.add(sources.areSeveral() ? source.source().description() + ": " + w : w));
    return Optional.of(planned);
  }

  /** With its rows alone in it, the table would seem to have all below the watermark. */
  private void checkReplay(TargetState state) {
    boolean published =
        state.watermarks().values().stream().anyMatch(w -> w.published().isPresent());
    if (!state.watermarks().isEmpty() && !state.exists() || !state.hasRows() && published) {
      throw new ConfigurationException(
          destination.description()
              + (state.exists() ? " has no rows" : " does not exist")
              + ", although this sync has published some: a replay would add dead letters only, and"
              + " later runs newer rows only; run the sync first, so that it reads all of history");
    }
  }

  static DeadLetterPlan deadLetterPlan(ConnectorConfig options) {
    return new DeadLetterPlan(
        options.find(SyncOptions.DEAD_LETTER_TABLE).orElse(null),
        options.get(SyncOptions.MAX_BAD_RECORDS));
  }

  /** The field that tells the newer of two rows; empty without one. */
  private Optional<String> cursor(DetectedSources sources) {
    return options.get(SyncOptions.ENABLE_SMART_SYNC) ? sources.runCursor() : Optional.empty();
  }

  private ReportBasis reportBasis(
      RunLayout layout, List<PlannedSource> planned, boolean serverSide) {
    return new ReportBasis(
        destination.description(),
        planned.stream().map(p -> p.report(serverSide)).toList(),
        warnings,
        phases.seconds(),
        options.find(SyncOptions.REPORT).orElse(layout.report()));
  }

  private SyncRun submit(RunLayout layout, SyncGraph.Parts parts) {
    Pipeline pipeline = Pipeline.create(pipelineOptions);
    SyncGraph.build(pipeline, layout, parts);
    return LaunchedRun.of(layout, pipeline, parts.basis().reportPath());
  }

  static String tempLocation(PipelineOptions pipelineOptions) {
    String location = pipelineOptions.getTempLocation();
    if (location == null || location.isBlank()) {
      throw new ConfigurationException(
          "--tempLocation is required: a folder for load files that BigQuery can read, such as"
              + " gs://bucket/temp");
    }
    return location;
  }

  private List<String> mergeKeys(DetectedSchema schema, DetectedSources sources) {
    List<String> keys =
        options.find(SyncOptions.MERGE_KEYS).filter(k -> !k.isEmpty()).orElse(schema.primaryKey());
    boolean merging = options.get(SyncOptions.WRITE_DISPOSITION) == WriteDisposition.WRITE_MERGE;
    if (merging && keys.isEmpty()) {
      throw new ConfigurationException(
          "--merge_keys is required: WRITE_MERGE needs columns that identify a row, and "
              + sources.descriptions()
              + (sources.areSeveral() ? " have no primary key in common" : " has no primary key")
              + (sources.loseKeys()
                  ? " whose fields --transformation_config keeps, with different values for"
                      + " different rows"
                  : ""));
    }
    return Columns.resolve(
        "--" + SyncOptions.MERGE_KEYS.name(), keys, schema, sources.descriptions());
  }

  private TargetRequest targetRequest(
      TargetState state, DetectedSchema schema, List<String> mergeKeys, Set<String> rounded) {
    return new TargetRequest(
        schema,
        options.get(SyncOptions.WRITE_DISPOSITION),
        options.get(SyncOptions.CREATE_DISPOSITION),
        mergeKeys,
        options.find(SyncOptions.PARTITION_FIELD),
        options.isGiven(SyncOptions.PARTITION_FIELD),
        options.find(SyncOptions.CLUSTERING_FIELDS).orElse(List.of()),
        options.get(SyncOptions.ENABLE_AUTO_SCHEMA),
        options.get(SyncOptions.DELETE_EXISTING_TABLE),
        schemaEvolution(state),
        rounded);
  }

  /**
   * A table that this sync never wrote may be another than was meant, and is not changed unasked.
   */
  private SchemaEvolution schemaEvolution(TargetState state) {
    return state.stateExists() || options.isGiven(SyncOptions.SCHEMA_EVOLUTION)
        ? options.get(SyncOptions.SCHEMA_EVOLUTION)
        : SchemaEvolution.NONE;
  }
}
