package io.deltaflow.internal;

import io.deltaflow.SyncOptions;
import io.deltaflow.SyncOptions.ValuePolicy;
import io.deltaflow.SyncPlan;
import io.deltaflow.SyncPlan.ColumnPlan;
import io.deltaflow.SyncPlan.SourcePlan;
import io.deltaflow.SyncPlan.WindowPlan;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.Destination;
import io.deltaflow.destination.ExpectedRows;
import io.deltaflow.destination.RunForecast;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.fault.MachineClock;
import io.deltaflow.internal.WindowPlanner.PlannedWindow;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.ReadForecast;
import io.deltaflow.spi.RequiredAccess;
import io.deltaflow.spi.Window;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.schemas.Schema;

/** What {@link Launch} would do, up to its first effect. */
public final class DryRun {
  private final ConnectorConfig options;
  private final List<NamedSource> named;
  private final Destination destination;
  private final PipelineOptions pipelineOptions;
  private final LauncherContext context;

  public DryRun(
      ConnectorConfig options,
      List<NamedSource> sources,
      Destination destination,
      Map<String, String> secrets,
      PipelineOptions pipelineOptions) {
    this.options = options;
    this.named = sources;
    this.destination = destination;
    this.pipelineOptions = pipelineOptions;
    this.context = LauncherContext.of(secrets, pipelineOptions);
  }

  /** What can be done is planned; what would be refused is, with the run's own words. */
  public SyncPlan plan() {
    Instant started = MachineClock.now();
    String temp = RunPlanner.tempLocation(pipelineOptions);
    RunPlanner planner =
        new RunPlanner(
            options, named, destination, context, pipelineOptions, Optional.empty(), new Phases());
    planner.check();
    FileSystems.setDefaultPipelineOptions(pipelineOptions);
    PlannedRun run = planner.plan(RunLayout.create(temp, started), started);
    List<String> warnings = new ArrayList<>(run.warnings());
    lookAtFiles(temp, started, warnings);
    List<SourcePlan> sources = run.sources().stream().map(s -> source(s, run)).toList();
    RunForecast forecast =
        destination.forecast(run.plan(), expected(run, sources), pipelineOptions);
    warnings.addAll(forecast.warnings());
    boolean merges = run.plan().writeDisposition() == WriteDisposition.WRITE_MERGE;
    return new SyncPlan(
        run.plan().syncId(),
        sources,
        destination.description(),
        forecast.effect(),
        forecast.statements(),
        columns(run, forecast.types()),
        run.plan().writeDisposition().name(),
        merges ? run.plan().mergeKeys() : List.of(),
        forecast.publish(),
        new SyncPlan.Cost(
            forecast.scan().moved(),
            known(forecast.scan().staged()),
            forecast.scan().lookup(),
            forecast.scan().mergeLeast(),
            forecast.scan().mergeMost()),
        access(forecast),
        warnings);
  }

  private static void lookAtFiles(String temp, Instant now, List<String> warnings) {
    try {
      int old = Orphans.find(temp, now).size();
      if (old > 0) {
        warnings.add(
            "the next launch deletes the folders of "
                + old
                + " run(s) that are older than seven days, below "
                + RunLayout.root(temp));
      }
    } catch (IOException e) {
      warnings.add("the files below " + temp + " could not be listed: " + e.getMessage());
    }
  }

  private SourcePlan source(PlannedSource planned, PlannedRun run) {
    boolean serverSide = run.serverSide().isPresent();
    ReadForecast read =
        serverSide
            ? new ReadForecast(0, "moved inside the destination", -1)
            : planned.read().source().forecast(planned.read().request(), context);
    Optional<Window> window = planned.window().map(PlannedWindow::window);
    Optional<Long> rows = rows(planned, read);
    OptionalInt connections =
        serverSide ? OptionalInt.empty() : planned.read().source().connectionsPerWorker();
    return new SourcePlan(
        planned.detected().source().description(),
        planned.window().map(DryRun::window).orElse(null),
        serverSide,
        read.splits() < 0 ? null : read.splits(),
        read.cut(),
        connections.isPresent() ? connections.getAsInt() : null,
        // Each split is read over one; the launcher, and the look before the publish, have one.
        connections.isPresent() && read.splits() >= 0 ? Math.max(1, read.splits()) : null,
        rows.orElse(null),
        rows.flatMap(r -> bytes(planned.detected().declared(), r)).orElse(null),
        window.isPresent() ? planned.window().orElseThrow().bound().deferredRows() : 0);
  }

  private static WindowPlan window(PlannedWindow planned) {
    Window window = planned.window();
    return new WindowPlan(
        window.cursor(),
        planned.incremental(),
        window.lo().map(Object::toString).orElse(null),
        window.hi().toString(),
        planned.origin(),
        planned.bound().reason());
  }

  /** Of the splits; else, of a read of everything, of the table. */
  private static Optional<Long> rows(PlannedSource planned, ReadForecast read) {
    if (planned.read().request().window().filter(Window::isEmpty).isPresent()) {
      return Optional.of(0L);
    }
    if (read.estimatedRows() >= 0) {
      return Optional.of(read.estimatedRows());
    }
    DetectedSchema declared = planned.detected().declared();
    boolean whole = planned.read().request().window().flatMap(Window::lo).isEmpty();
    return whole
            && declared.estimatedRows().isPresent()
            && declared.estimatedRows().getAsLong() >= 0
        ? Optional.of(declared.estimatedRows().getAsLong())
        : Optional.empty();
  }

  /** As many as so many rows of the table have. */
  private static Optional<Long> bytes(DetectedSchema declared, long rows) {
    if (rows == 0) {
      return Optional.of(0L);
    }
    long all = declared.estimatedRows().orElse(-1);
    long bytes = declared.estimatedBytes().orElse(-1);
    return all > 0 && bytes >= 0
        ? Optional.of(Math.round((double) bytes / all * rows))
        : Optional.empty();
  }

  private static ExpectedRows expected(PlannedRun run, List<SourcePlan> sources) {
    boolean none =
        run.sources().stream()
            .allMatch(s -> s.read().request().window().filter(Window::isEmpty).isPresent());
    boolean known = sources.stream().allMatch(s -> s.estimatedBytes() != null);
    return new ExpectedRows(
        none,
        run.serverSide().orElse(null),
        known ? sources.stream().mapToLong(SourcePlan::estimatedBytes).sum() : -1);
  }

  private static Long known(long number) {
    return number < 0 ? null : number;
  }

  private List<ColumnPlan> columns(PlannedRun run, List<String> types) {
    Set<String> texts = run.detected().fields(ValuePolicies.of(options), ValuePolicy.STRING);
    Schema schema = run.detected().schema().schema();
    List<Column> columns = run.plan().target().columns();
    List<ColumnPlan> plans = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      plans.add(
          new ColumnPlan(
              column.name(),
              run.sources().stream().map(s -> sourceType(s.detected(), column.field())).toList(),
              types.get(i),
              misfits(schema.getField(column.field()), column, run, texts)));
    }
    return plans;
  }

  private String sourceType(DetectedSource source, String field) {
    Optional<String> own = source.fieldBehind(field);
    if (own.isPresent()) {
      return source
          .declared()
          .sourceType(own.get())
          .orElseGet(
              () -> FieldTypeText.of(source.declared().schema().getField(own.get()).getType()));
    }
    boolean made =
        source.output().schema().getFieldNames().stream().anyMatch(field::equalsIgnoreCase)
            || options.find(SyncOptions.SOURCE_COLUMN).filter(field::equals).isPresent();
    return made ? "computed" : null;
  }

  private static String misfits(
      Schema.Field field, Column column, PlannedRun run, Set<String> texts) {
    if (texts.contains(field.getName())) {
      return name(ValuePolicy.STRING);
    }
    if (run.rounded().contains(field.getName())) {
      return name(ValuePolicy.ROUND);
    }
    if (ColumnFit.holdsAll(field.getType(), column.type())) {
      return null;
    }
    BadRowPolicy policy = run.badRows();
    boolean kept =
        policy.kept().contains(field.getName())
            || policy.most() > 0 && !policy.failing().contains(field.getName());
    return name(kept ? ValuePolicy.DEAD_LETTER : ValuePolicy.FAIL);
  }

  private static String name(ValuePolicy policy) {
    return policy.name().toLowerCase(Locale.ROOT);
  }

  private List<RequiredAccess> access(RunForecast forecast) {
    List<RequiredAccess> all = new ArrayList<>();
    named.forEach(s -> all.addAll(s.source().requiredAccess(context)));
    context
        .stored()
        .forEach(
            (flag, name) ->
                all.add(
                    new RequiredAccess(
                        "roles/secretmanager.secretAccessor",
                        "secret " + name.replaceFirst("/versions/.*", ""),
                        "to read --" + flag)));
    all.addAll(forecast.access());
    return all.stream().distinct().toList();
  }
}
