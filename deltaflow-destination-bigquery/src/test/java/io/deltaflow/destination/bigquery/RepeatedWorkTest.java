package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.DeltaFlow;
import io.deltaflow.RunReport;
import io.deltaflow.SyncSpec;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.testing.BigQueryServer;
import io.deltaflow.testing.RepeatingRunner;
import io.deltaflow.testing.TwiceAtOnceRunner;
import io.deltaflow.testing.ValuesTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Runners that do work more than once. */
final class RepeatedWorkTest {
  private static final Schema SCHEMA =
      Schema.builder()
          .addField("id", FieldTypes.INT64)
          .addField("version", FieldTypes.INT64)
          .build();

  private static BigQueryServer server;

  @BeforeAll
  static void startServer() {
    server = BigQueryServer.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  private static RunReport run(String table, Class<? extends PipelineRunner<?>> runner) {
    Map<String, String> flags = new HashMap<>(server.destinationFlags(table));
    flags.put("data_source", "values");
    flags.put("values_table", table);
    flags.put("enable_smart_sync", "true");
    flags.put("smart_sync_timestamp_column", "version");
    PipelineOptions options = server.pipelineOptions();
    options.setRunner(runner);
    return DeltaFlow.launch(SyncSpec.fromFlags(flags), options).waitUntilFinish();
  }

  private static ValuesTable rows(String name, int count) {
    ValuesTable table = ValuesTable.create(name, SCHEMA, "id");
    for (long i = 1; i <= count; i++) {
      table.add(i, i);
    }
    return table;
  }

  private static void assertPublishedOnce(String table, int rows) {
    String name = "`" + BigQueryServer.PROJECT + "." + BigQueryServer.DATASET + "." + table;
    assertThat(server.rows("SELECT id FROM " + name + "`")).hasSize(rows).doesNotHaveDuplicates();
    assertThat(server.rows("SELECT rows_inserted FROM " + name + "__deltaflow_runs`"))
        .extracting(r -> r.get("rows_inserted"))
        .isEqualTo(List.of((long) rows));
  }

  @Test
  void aRunnerThatRepeatsEveryStepPublishesOnce() {
    AtomicInteger splits = new AtomicInteger();
    AtomicInteger publishes = new AtomicInteger();
    try (ValuesTable rows = rows("repeated", 10);
        CrashPoints.Hook read = CrashPoints.on(CrashPoints.AFTER_SPLIT, splits::incrementAndGet);
        CrashPoints.Hook published =
            CrashPoints.on(CrashPoints.AFTER_PUBLISH, publishes::incrementAndGet)) {
      assertThat(List.of(rows, read, published)).doesNotContainNull();
      RunReport report = run("repeated", RepeatingRunner.class);
      assertThat(report.rows().read()).isEqualTo(10);
      assertThat(report.rows().inserted()).isEqualTo(10);
    }
    assertThat(splits).hasValue(8);
    assertThat(publishes).hasValue(2);
    assertPublishedOnce("repeated", 10);
  }

  @Test
  void aRunnerThatDoesEveryStepTwiceAtOncePublishesOnce() {
    CyclicBarrier both = new CyclicBarrier(2);
    AtomicInteger met = new AtomicInteger();
    try (ValuesTable rows = rows("at_once", 10);
        CrashPoints.Hook together =
            CrashPoints.on(
                CrashPoints.AFTER_SETTLE,
                () -> {
                  await(both);
                  met.incrementAndGet();
                })) {
      assertThat(List.of(rows, together)).doesNotContainNull();
      assertThat(run("at_once", TwiceAtOnceRunner.class).rows().read()).isEqualTo(10);
    }
    assertThat(met).hasValue(2);
    assertPublishedOnce("at_once", 10);
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(1, TimeUnit.MINUTES);
    } catch (Exception e) {
      throw new IllegalStateException("the other did not come here", e);
    }
  }
}
