package io.deltaflow.destination.bigquery;

import io.deltaflow.LedgerEntry.Outcome;
import io.deltaflow.destination.LoadFile;
import io.deltaflow.destination.Publication;
import io.deltaflow.destination.PublishOutcome;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.SourceProgress;
import io.deltaflow.destination.Staging;
import io.deltaflow.destination.TargetRequest;
import io.deltaflow.destination.WatermarkChange;
import io.deltaflow.emulator.BigQueryEmulator;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.extensions.gcp.auth.NoopCredentialFactory;
import org.apache.beam.sdk.extensions.gcp.options.GcsOptions;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** One sync into one table of the emulator, step by step as the engine takes them. */
final class Bench {
  static final String PROJECT = "test-project";
  static final String SOURCE = "postgresql:public.orders";
  static final Settings SETTINGS = new Settings(Duration.ofHours(1), null, false);
  private static final AtomicInteger RUNS = new AtomicInteger();

  final BigQueryEmulator emulator;
  final PipelineOptions options;
  final Tables tables;
  final BigQueryDestination destination;
  private final String syncId;

  Bench(BigQueryEmulator emulator, String table) {
    this(emulator, table, "sync", "shop");
  }

  Bench(BigQueryEmulator emulator, String table, String syncId, String dataset) {
    this(emulator, table, syncId, dataset, SETTINGS);
  }

  private Bench(
      BigQueryEmulator emulator, String table, String syncId, String dataset, Settings settings) {
    this.emulator = emulator;
    this.options = options(emulator);
    this.tables = new Tables(new TableName(PROJECT, dataset, table), dataset);
    this.destination = new BigQueryDestination(tables, settings, Duration.ofSeconds(2));
    this.syncId = syncId;
  }

  static BigQueryEmulator start() {
    BigQueryEmulator emulator =
        BigQueryEmulator.builder().dataset(PROJECT, "shop", "EU").build().start();
    FileSystems.setDefaultPipelineOptions(options(emulator));
    return emulator;
  }

  private static PipelineOptions options(BigQueryEmulator emulator) {
    BigQueryOptions options = PipelineOptionsFactory.create().as(BigQueryOptions.class);
    options.setProject(PROJECT);
    options.setCredentialFactoryClass(NoopCredentialFactory.class);
    options.setBigQueryEndpoint(emulator.bigQueryEndpoint());
    options.as(GcsOptions.class).setGcsEndpoint(emulator.gcsEndpoint());
    return options;
  }

  Bench otherSync(String id) {
    return new Bench(emulator, tables.target().table(), id, tables.target().dataset());
  }

  /** The same sync with other options. */
  Bench with(Settings settings) {
    return new Bench(
        emulator, tables.target().table(), syncId, tables.target().dataset(), settings);
  }

  /** A planned run whose tables exist. */
  Run begin(Requests requests) {
    return begin(requests, null, null);
  }

  Run begin(Requests requests, String cursor, Instant hi) {
    return plan(requests, cursor, hi, false).create();
  }

  Run plan(Requests requests, String cursor, Instant hi, boolean allowEmpty) {
    TargetRequest request = requests.request();
    String runId = "r" + RUNS.incrementAndGet() + "_" + Long.toHexString(System.nanoTime());
    Window window =
        cursor == null ? null : new Window(cursor, null, CursorPosition.timestamp(hi), false);
    RunPlan plan =
        new RunPlan(
            runId,
            syncId,
            "gs://bucket/temp/" + runId + "/",
            Instant.parse("2026-03-01T00:00:00Z"),
            destination.inspect(syncId, options).epoch(),
            List.of(new SourceProgress(SOURCE, "postgresql public.orders", window, null)),
            request.writeDisposition(),
            request.mergeKeys(),
            cursor,
            allowEmpty,
            0,
            null,
            3,
            destination.plan(request, options));
    return new Run(plan);
  }

  /** The sync's watermark is given up. */
  void reset() {
    long epoch = destination.inspect(syncId, options).epoch();
    destination.change(reset(epoch), options);
  }

  /** A reset that was decided on at an epoch. */
  WatermarkChange reset(long epoch) {
    String id = "reset_" + RUNS.incrementAndGet() + "_" + Long.toHexString(System.nanoTime());
    return new WatermarkChange(
        id, syncId, epoch, Outcome.RESET, List.of(), "because", Instant.now());
  }

  /** The target's rows, by the first column. */
  List<List<Object>> rows(String columns) {
    return select(columns, tables.target()).stream().toList();
  }

  List<List<Object>> select(String columns, TableName table) {
    return emulator.rows("SELECT " + columns + " FROM `" + table + "` ORDER BY 1").stream()
        .map(r -> (List<Object>) new ArrayList<>(r.values()))
        .toList();
  }

  Map<String, Object> state() {
    return emulator
        .rows("SELECT * FROM `" + tables.state() + "` WHERE sync_id = '" + syncId + "'")
        .get(0);
  }

  List<Map<String, Object>> ledger() {
    return emulator.rows("SELECT * FROM `" + tables.ledger() + "` ORDER BY epoch");
  }

  static List<Object> row(Object... values) {
    return Arrays.asList(values);
  }

  /** One run. */
  final class Run {
    final RunPlan plan;

    Run(RunPlan plan) {
      this.plan = plan;
    }

    Bench bench() {
      return Bench.this;
    }

    Run create() {
      destination.create(plan, options);
      return this;
    }

    LoadFile file(int number, List<List<Object>> rows) {
      return AvroFile.write(
          plan.tempPath() + "part-" + number + ".avro", plan.target().columns(), rows);
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    final Staging stage(List<Object>... rows) {
      return stageFiles(List.of(file(0, Arrays.asList(rows))));
    }

    Staging stageFiles(List<LoadFile> files) {
      Staging staging = destination.stage(plan, files, options);
      return destination.verify(plan, staging, options);
    }

    PublishOutcome publish(Staging staging) {
      return destination.publish(
          new Publication(plan, staging, staging.expectedRows(), 0), options);
    }

    PublishOutcome finish(Staging staging) {
      PublishOutcome outcome = publish(staging);
      if (!destination.cleanUp(plan, staging, options).isEmpty()) {
        throw new AssertionError("staging was not dropped");
      }
      return outcome;
    }

    @SafeVarargs
    final PublishOutcome write(List<Object>... rows) {
      return finish(rows.length == 0 ? Staging.empty() : stage(rows));
    }
  }
}
