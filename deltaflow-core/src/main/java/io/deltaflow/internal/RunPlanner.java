package io.deltaflow.internal;

import io.deltaflow.SyncOptions;
import io.deltaflow.SyncOptions.ValuePolicy;
import io.deltaflow.destination.DeadLetterPlan;
import io.deltaflow.destination.Destination;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.SchemaEvolution;
import io.deltaflow.destination.TargetPlan;
import io.deltaflow.destination.TargetRequest;
import io.deltaflow.destination.TargetState;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.internal.WindowPlanner.PlannedWindow;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.ServerSideRead;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.error.ConfigurationException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.options.PipelineOptions;

/** Everything that is decided on the launcher, for a run or for a plan alone. Changes nothing. */
final class RunPlanner {
  private final ConnectorConfig options;
  private final List<NamedSource> named;
  private final Destination destination;
  private final PipelineOptions pipelineOptions;
  private final SourceContext context;
  private final List<String> warnings = new ArrayList<>();
  private final Phases phases;
  private final Optional<ReplayOf> replay;

  RunPlanner(
      ConnectorConfig options,
      List<NamedSource> sources,
      Destination destination,
      SourceContext context,
      PipelineOptions pipelineOptions,
      Optional<ReplayOf> replay,
      Phases phases) {
    this.options = options;
    this.named = sources;
    this.destination = destination;
    this.pipelineOptions = pipelineOptions;
    this.context = context;
    this.replay = replay;
    this.phases = phases;
  }

  /** What can be refused before anything is contacted. */
  void check() {
    RunLimits.check(options);
    WindowPlanner.check(options);
    ValuePolicies.of(options);
  }

  /**
   * Contacts sources and destination.
   *
   * @param started by the launcher's clock
   * @throws ConfigurationException and others: why the run would fail
   */
  PlannedRun plan(RunLayout layout, Instant started) {
    ValuePolicies policies = ValuePolicies.of(options);
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
    return new PlannedRun(sources, planned, plan, rounded, badRows, serverSide, warnings);
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
