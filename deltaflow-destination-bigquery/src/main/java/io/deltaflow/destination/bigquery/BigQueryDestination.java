package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.Dataset;
import com.google.api.services.bigquery.model.Table;
import io.deltaflow.LedgerEntry;
import io.deltaflow.NearNames;
import io.deltaflow.destination.DeadLetter;
import io.deltaflow.destination.DeadLetterClaim;
import io.deltaflow.destination.DeadLetterPlan;
import io.deltaflow.destination.Destination;
import io.deltaflow.destination.ExpectedRows;
import io.deltaflow.destination.LoadFile;
import io.deltaflow.destination.LoadFiles;
import io.deltaflow.destination.Publication;
import io.deltaflow.destination.PublishOutcome;
import io.deltaflow.destination.RunForecast;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.Staging;
import io.deltaflow.destination.TargetPlan;
import io.deltaflow.destination.TargetRequest;
import io.deltaflow.destination.TargetState;
import io.deltaflow.destination.WatermarkChange;
import io.deltaflow.destination.bigquery.BigQueryPlan.Action;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.DirectReader;
import io.deltaflow.spi.ServerSideRead;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.DestinationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.schemas.Schema;

/** One BigQuery table. */
final class BigQueryDestination implements Destination {
  private static final long serialVersionUID = 1L;
  private static final int LAUNCHER_RETRIES = 3;

  /** How long a request that fails for a passing reason is repeated. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final Duration LAUNCHER_PATIENCE = Duration.ofSeconds(20);

  private final Tables tables;
  private final Settings settings;
  private final Duration patience;

  BigQueryDestination(Tables tables, Settings settings) {
    this(tables, settings, PATIENCE);
  }

  BigQueryDestination(Tables tables, Settings settings, Duration patience) {
    this.tables = tables;
    this.settings = settings;
    this.patience = patience;
  }

  @Override
  public String description() {
    return "bigquery " + tables.target();
  }

  @Override
  public String identity() {
    return "bigquery:" + tables.target();
  }

  @Override
  public TargetState inspect(String syncId, PipelineOptions options) {
    BigQueryApi api = launcherApi(options);
    Ledger ledger = ledger(api);
    StateRows states = new StateStore(api, tables).rows();
    Optional<StateRow> row = states.of(syncId);
    Optional<Table> table = target(api, states);
    return new TargetState(
        table.isPresent(),
        table.filter(t -> hasRows(api, states, t)).isPresent(),
        row.filter(r -> r.epoch() > 0).isPresent(),
        // The ledger outlives a state row that was deleted by hand.
        !states.otherSyncs(syncId).isEmpty() || row.isEmpty() && ledger.hasPublished(),
        row.map(StateRow::epoch).orElse(0L),
        row.map(r -> Watermarks.parse(r.watermarks(), tables.state())).orElse(Map.of()));
  }

  /** The count may lag behind a commit, and a table that is taken for empty is filled anew. */
  private static boolean hasRows(BigQueryApi api, StateRows states, Table table) {
    return table.getNumRows() != null && table.getNumRows().signum() > 0
        || table.getStreamingBuffer() != null
        || anyRow(api, states.effectiveTarget());
  }

  private static boolean anyRow(BigQueryApi api, TableName name) {
    return api.rows(name, null, null)
        .filter(page -> page.getRows() != null && !page.getRows().isEmpty())
        .isPresent();
  }

  @Override
  public Optional<CursorPosition> maximum(String column, CursorKind kind, PipelineOptions options) {
    BigQueryApi api = launcherApi(options);
    Jobs jobs = jobs(api, location(api), LAUNCHER_RETRIES);
    TableName name = new StateStore(api, tables).rows().effectiveTarget();
    return api.table(name).flatMap(t -> CursorMaximum.of(name, t, column, kind, jobs));
  }

  @Override
  public TargetPlan plan(TargetRequest request, PipelineOptions options) {
    BigQueryApi api = launcherApi(options);
    String location = location(api);
    Optional<Table> existing = target(api, new StateStore(api, tables).rows());
    return new TargetPlanner(tables.target(), location, request).plan(existing);
  }

  @Override
  public RunForecast forecast(RunPlan run, ExpectedRows expected, PipelineOptions options) {
    BigQueryApi api = launcherApi(options);
    StateRows rows = new StateStore(api, tables).rows();
    refuseToReplaceRowsOfOthers(run, rows);
    new DeadLetterTables(api, tables, run).check();
    return new TargetForecast(api, tables, settings, run, rows, expected).find();
  }

  private void refuseToReplaceRowsOfOthers(RunPlan run, StateRows rows) {
    List<String> others = rows.otherWatermarks(run.syncId());
    boolean replaces = ((BigQueryPlan) run.target()).replacesAllRows(run.writeDisposition());
    if (replaces && !others.isEmpty()) {
      throw new ConfigurationException(
          StateStore.losesRowsOf("the syncs '" + String.join("', '", others) + "'", tables));
    }
  }

  @Override
  public void create(RunPlan run, PipelineOptions options) {
    BigQueryPlan plan = (BigQueryPlan) run.target();
    BigQueryApi api = launcherApi(options);
    Jobs jobs = jobs(api, run);
    StateStore states = new StateStore(api, tables);
    StateRows rows = states.rows();
    refuseToReplaceRowsOfOthers(run, rows);
    Replacement replacement = new Replacement(api, tables);
    replacement.finish(rows, jobs);
    states.create(run.syncId(), rows, jobs);
    new DeadLetterTables(api, tables, run).create();
    if (plan.action() == Action.CREATE) {
      api.createTable(tables.target(), plan.table());
    } else if (plan.action() == Action.REPLACE) {
      replacement.prepare(run.runId(), plan.table());
    }
  }

  @Override
  public String keep(RunPlan run, String batch, List<LoadFile> files, PipelineOptions options) {
    BigQueryApi api = api(options);
    return new DeadLetterTables(api, tables, run).load(batch, files, jobs(api, run)).toString();
  }

  @Override
  public List<DeadLetter> claim(
      DeadLetterPlan letters, DeadLetterClaim claim, PipelineOptions options) {
    BigQueryApi api = launcherApi(options);
    TableName name = tables.deadLetters(letters.table());
    if (api.table(name).isEmpty()) {
      throw new ConfigurationException(
          "there is no table of dead letters " + name + "; --dead_letter_table names another");
    }
    return new DeadLetterClaims(name, tables, jobs(api, location(api), LAUNCHER_RETRIES))
        .take(claim);
  }

  @Override
  public Staging stage(RunPlan run, List<LoadFile> files, PipelineOptions options) {
    return loader(run, options).load(files);
  }

  @Override
  public Staging stage(
      RunPlan run, List<LoadFile> files, long most, LoadFiles parts, PipelineOptions options) {
    return loader(run, options).load(files, most, parts);
  }

  private Loader loader(RunPlan run, PipelineOptions options) {
    BigQueryApi api = api(options);
    return new Loader(api, jobs(api, run), tables, run, settings.stagingExpiry());
  }

  @Override
  public boolean canRun(ServerSideRead read, Schema fields, TargetPlan target) {
    return read.dialect().equals("googlesql")
        && ((BigQueryPlan) target).location().equalsIgnoreCase(read.location())
        && QueriedRows.fit(fields, target.columns());
  }

  @Override
  public Staging stage(RunPlan run, ServerSideRead read, PipelineOptions options) {
    return loader(run, options).query(read);
  }

  @Override
  public Staging verify(RunPlan run, Staging staging, PipelineOptions options) {
    return new Verifier(jobs(api(options), run), tables, run, staging).verify();
  }

  @Override
  public long countRepeated(
      RunPlan run, Staging staging, List<String> fields, PipelineOptions options) {
    return new StagedFacts(jobs(api(options), run), run, staging).repeated(fields);
  }

  @Override
  public Optional<Duration> age(
      RunPlan run, Staging staging, String field, PipelineOptions options) {
    BigQueryApi api = api(options);
    boolean replaces = ((BigQueryPlan) run.target()).replacesAllRows(run.writeDisposition());
    Optional<TableName> target =
        replaces
            ? Optional.empty()
            : Optional.of(new StateStore(api, tables).rows().effectiveTarget());
    StagedFacts facts = new StagedFacts(jobs(api, run), run, staging);
    // The publish will add columns that are new.
    return facts.age(
        field, target.filter(t -> api.table(t).filter(a -> facts.isIn(field, a)).isPresent()));
  }

  @Override
  public PublishOutcome publish(Publication publication, PipelineOptions options) {
    RunPlan run = publication.plan();
    BigQueryApi api = api(options);
    PublishOutcome outcome = publisher(api, run).publish(publication);
    CrashPoints.reach(CrashPoints.AFTER_COMMIT);
    finishReplacement(api, run);
    return outcome;
  }

  @Override
  public Optional<PublishOutcome> published(RunPlan run, PipelineOptions options) {
    BigQueryApi api = api(options);
    Optional<PublishOutcome> outcome = publisher(api, run).recorded();
    outcome.ifPresent(o -> finishReplacement(api, run));
    return outcome;
  }

  private Publisher publisher(BigQueryApi api, RunPlan run) {
    return new Publisher(
        jobs(api, run),
        new StateStore(api, tables),
        new SchemaChanges(api, jobs(api, run), tables, run),
        tables,
        run,
        settings.partitionFieldImmutable());
  }

  private void finishReplacement(BigQueryApi api, RunPlan run) {
    if (((BigQueryPlan) run.target()).action() == Action.REPLACE) {
      StateRows rows = new StateStore(api, tables).rows();
      new Replacement(api, tables).finish(rows, jobs(api, run));
    }
  }

  @Override
  public void recordRefusal(RunPlan run, long rowsRead, String detail, PipelineOptions options) {
    // The run has failed: no long waiting for a service that may be the reason.
    BigQueryApi api = launcherApi(options);
    new Ledger(api, jobs(api, run), tables).addRefused(run, rowsRead, detail);
  }

  @Override
  public Optional<List<LedgerEntry>> ledger(int limit, PipelineOptions options) {
    BigQueryApi api = launcherApi(options);
    Ledger ledger = ledger(api);
    return ledger.exists() ? Optional.of(ledger.newest(limit)) : Optional.empty();
  }

  private Ledger ledger(BigQueryApi api) {
    return new Ledger(api, jobs(api, location(api), LAUNCHER_RETRIES), tables);
  }

  @Override
  public List<String> syncs(PipelineOptions options) {
    return new StateStore(launcherApi(options), tables)
        .rows().all().stream().filter(r -> r.epoch() > 0).map(StateRow::syncId).toList();
  }

  @Override
  public void change(WatermarkChange change, PipelineOptions options) {
    BigQueryApi api = launcherApi(options);
    Jobs jobs = jobs(api, location(api), LAUNCHER_RETRIES);
    StateStore states = new StateStore(api, tables);
    StateRows rows = states.rows();
    new Replacement(api, tables).finish(rows, jobs);
    states.create(change.syncId(), rows, jobs);
    new StateChange(change, states, tables).commit(jobs);
  }

  @Override
  public List<String> cleanUp(RunPlan run, Staging staging, PipelineOptions options) {
    BigQueryApi api = api(options);
    List<String> warnings = new ArrayList<>();
    for (String name : staging.tables()) {
      try {
        api.dropTable(TableName.parse(name));
      } catch (DestinationException e) {
        warnings.add(
            "the staging table "
                + name
                + " was not dropped and expires by itself: "
                + e.getMessage());
      }
    }
    return warnings;
  }

  @Override
  public DirectReader rows(TargetPlan plan, PipelineOptions options) {
    BigQueryApi api = launcherApi(options);
    return new TargetRows(api, new StateStore(api, tables).rows().effectiveTarget(), plan);
  }

  /** Somebody waits: better an error that says what to check than minutes of silence. */
  private BigQueryApi launcherApi(PipelineOptions options) {
    Duration shorter = patience.compareTo(LAUNCHER_PATIENCE) < 0 ? patience : LAUNCHER_PATIENCE;
    return BigQueryApi.of(options, tables.target().project(), shorter);
  }

  private BigQueryApi api(PipelineOptions options) {
    return BigQueryApi.of(options, tables.target().project(), patience);
  }

  private Jobs jobs(BigQueryApi api, RunPlan run) {
    return jobs(api, ((BigQueryPlan) run.target()).location(), run.maxRetries());
  }

  private Jobs jobs(BigQueryApi api, String location, int maxRetries) {
    return new Jobs(api, location, maxRetries, settings.maximumBytesBilled());
  }

  private Optional<Table> target(BigQueryApi api, StateRows states) {
    Optional<Table> table = api.table(states.effectiveTarget());
    table
        .filter(t -> t.getType() != null && !t.getType().equals("TABLE"))
        .ifPresent(
            t -> {
              throw new ConfigurationException(
                  "--destination_bigquery_table: "
                      + tables.target()
                      + " is a "
                      + t.getType()
                      + ", and rows are written to tables only; name another");
            });
    return table;
  }

  /** Of both datasets, which must be there. */
  private String location(BigQueryApi api) {
    TableName target = tables.target();
    Dataset dataset = dataset(api, target.dataset(), "--destination_bigquery_dataset");
    if (!tables.stateDataset().equals(target.dataset())) {
      Dataset state = dataset(api, tables.stateDataset(), "--destination_bigquery_state_dataset");
      if (!state.getLocation().equalsIgnoreCase(dataset.getLocation())) {
        throw new ConfigurationException(
            "--destination_bigquery_state_dataset: "
                + tables.stateDataset()
                + " is in "
                + state.getLocation()
                + " and the destination's dataset "
                + target.dataset()
                + " in "
                + dataset.getLocation()
                + "; one transaction needs both in one location");
      }
    }
    return dataset.getLocation();
  }

  private Dataset dataset(BigQueryApi api, String name, String flag) {
    String project = tables.target().project();
    return api.dataset(project, name)
        .orElseThrow(
            () ->
                new ConfigurationException(
                    flag
                        + ": the project "
                        + project
                        + " has no dataset '"
                        + name
                        + "'"
                        + Stream.of(NearNames.hint(name, datasetNames(api, project)))
                            .filter(h -> !h.isEmpty())
                            .findFirst()
                            .orElse("; create it first, in the location where its data shall be")));
  }

  /** Only for a hint: not being allowed to list datasets is no further problem. */
  private static List<String> datasetNames(BigQueryApi api, String project) {
    try {
      return api.datasetNames(project);
    } catch (DestinationException e) {
      return List.of();
    }
  }
}
