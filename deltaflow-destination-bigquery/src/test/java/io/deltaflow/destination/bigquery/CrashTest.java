package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.DeltaFlow;
import io.deltaflow.RunReport;
import io.deltaflow.SyncSpec;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.StaleRunException;
import io.deltaflow.testing.BigQueryServer;
import io.deltaflow.testing.ChildRun;
import io.deltaflow.testing.ValuesTable;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that are halted, as by a power cut, in a JVM of their own. */
final class CrashTest {
  private static final Schema SCHEMA =
      Schema.builder()
          .addField("id", FieldTypes.INT64)
          .addField("version", FieldTypes.INT64)
          .addNullableField("place", FieldTypes.GEOGRAPHY)
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

  private static Map<String, String> flags(String table) {
    Map<String, String> flags = new HashMap<>(server.destinationFlags(table));
    flags.put("data_source", "values");
    flags.put("values_table", "rows");
    flags.put("enable_smart_sync", "true");
    flags.put("smart_sync_timestamp_column", "version");
    return flags;
  }

  private static ValuesTable rows(int count) {
    ValuesTable table = ValuesTable.create("rows", SCHEMA, "id");
    for (long i = 1; i <= count; i++) {
      table.add(i, i, null);
    }
    return table;
  }

  /** The rows of the child. */
  static final class Twenty implements Runnable {
    @Override
    public void run() {
      assertThat(rows(20).rows()).hasSize(20);
    }
  }

  private static ChildRun child(String table) {
    return ChildRun.of(flags(table), server.pipelineArguments()).withPreparation(Twenty.class);
  }

  private static List<Object> ids(String table) {
    return server
        .rows(
            "SELECT id FROM `"
                + BigQueryServer.PROJECT
                + "."
                + BigQueryServer.DATASET
                + "."
                + table
                + "` ORDER BY id")
        .stream()
        .map(r -> r.get("id"))
        .toList();
  }

  private static RunReport runAgain(String table, int count) {
    try (ValuesTable rows = rows(count)) {
      assertThat(rows.rows()).hasSize(count);
      return DeltaFlow.launch(SyncSpec.fromFlags(flags(table)), server.pipelineOptions())
          .waitUntilFinish();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CrashPoints.AFTER_SPLIT + ":7", CrashPoints.AFTER_VERIFY})
  void haltedBeforeThePublishTheDestinationIsAsBefore(String point) throws IOException {
    String table = "halted_" + point.replaceAll("[^a-z0-9]", "_");
    runAgain(table, 10);
    String etag = new TestClient(server).table(table).getEtag();
    ChildRun.Ended halted = child(table).withProperty(CrashPoints.PROPERTY, point).run();
    assertThat(halted.isCrashed()).as(halted.output()).isTrue();
    assertThat(new TestClient(server).table(table).getEtag()).isEqualTo(etag);
    assertThat(ids(table)).hasSize(10);
    assertThat(runAgain(table, 20).rows().read()).isEqualTo(10);
    assertThat(ids(table)).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void haltedAfterThePublishTheNextRunBringsNothingTwice() {
    String table = "halted_after_publish";
    ChildRun.Ended halted = child(table).crashAt(CrashPoints.AFTER_COMMIT).run();
    assertThat(halted.isCrashed()).as(halted.output()).isTrue();
    assertThat(ids(table)).hasSize(20);
    assertThat(runAgain(table, 20).rows().read()).isZero();
    assertThat(ids(table)).hasSize(20);
  }

  @Test
  void haltedWhileItPublishesTheRunIsWholeOrNotThere() {
    String table = "halted_while_publishing";
    runAgain(table, 10);
    ChildRun.Ended halted = child(table).crashAt(CrashPoints.AFTER_PUBLISH_BEGUN).run();
    assertThat(halted.isCrashed()).as(halted.output()).isTrue();
    // The job lives on and may commit before or after the next run is planned.
    try {
      runAgain(table, 20);
    } catch (StaleRunException e) {
      runAgain(table, 20);
    }
    assertThat(ids(table)).hasSize(20).doesNotHaveDuplicates();
  }

  /** Points that no run reaches would halt nothing. */
  @Test
  void aRunPassesEveryPointInOrder() throws IOException {
    String table = "passed";
    runAgain(table, 3);
    Map<String, String> replacing = flags(table);
    replacing.put("delete_existing_table", "true");
    replacing.put("clustering_fields", "id");
    replacing.put("max_bad_records", "2");
    replacing.put(
        "quality_checks",
        "[{\"check\": \"range\", \"column\": \"id\", \"max\": 2, \"action\": \"dead_letter\"}]");
    List<String> passed = new CopyOnWriteArrayList<>();
    List<CrashPoints.Hook> hooks =
        CrashPoints.ALL.stream().map(p -> CrashPoints.on(p, () -> passed.add(p))).toList();
    try (ValuesTable rows = rows(3)) {
      rows.replace("id", 1L, 1L, "CIRCLE(1 2)");
      DeltaFlow.launch(SyncSpec.fromFlags(replacing), server.pipelineOptions()).waitUntilFinish();
    } finally {
      hooks.forEach(CrashPoints.Hook::close);
    }
    assertThat(passed).containsExactlyElementsOf(CrashPoints.ALL);
  }
}
