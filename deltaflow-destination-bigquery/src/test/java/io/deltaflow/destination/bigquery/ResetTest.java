package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.DeltaFlow;
import io.deltaflow.LedgerEntry;
import io.deltaflow.LedgerEntry.Outcome;
import io.deltaflow.ResetReport;
import io.deltaflow.destination.Staging;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.StaleRunException;
import io.deltaflow.testing.BigQueryServer;
import io.deltaflow.testing.ValuesTable;
import java.time.Instant;
import java.util.Map;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

final class ResetTest {
  private static final Instant T1 = Instant.parse("2026-03-01T10:00:00Z");
  private static final Instant T2 = Instant.parse("2026-03-01T11:00:00Z");
  private static final Requests APPEND = Requests.of(Requests.ORDERS);
  private static final String MERGE = "--write_disposition=WRITE_MERGE";
  private static final Schema SCHEMA =
      Schema.builder()
          .addField("id", FieldTypes.INT64)
          .addField("version", FieldTypes.INT64)
          .addNullableField("name", FieldTypes.STRING)
          .build();

  private static BigQueryServer server;
  private ValuesSync sync;
  private ValuesTable values;

  @BeforeAll
  static void startServer() {
    server = BigQueryServer.start();
    FileSystems.setDefaultPipelineOptions(server.pipelineOptions());
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void createTable(TestInfo test) {
    String table = test.getTestMethod().orElseThrow().getName();
    sync = new ValuesSync(server, table);
    values = ValuesTable.create(table, SCHEMA, "id");
  }

  @AfterEach
  void dropTable() {
    server.emulator().faults().clear();
    values.close();
  }

  private ResetReport reset() {
    return DeltaFlow.reset(sync.spec(), server.pipelineOptions());
  }

  @Test
  void theNextRunReadsEverythingAndMerges() {
    values.add(1L, 10L, "a").add(2L, 20L, "b");
    sync.run(MERGE);
    // Of a kind that no window finds.
    values.add(3L, 15L, "back-dated");
    sync.run(MERGE);
    assertThat(sync.names()).containsExactly("a", "b");

    ResetReport report = reset();
    assertThat(report.syncId()).isEqualTo(sync.id());
    assertThat(report.removed())
        .containsExactly(new ResetReport.Watermark("version", CursorPosition.integer(21)));
    assertThat(report.epoch()).isEqualTo(3);
    assertThat(report.nextRun()).contains("reads everything and merges it with WRITE_MERGE");

    assertThat(sync.run(MERGE).rows().read()).isEqualTo(3);
    assertThat(sync.names()).containsExactly("a", "b", "back-dated");
    assertThat(sync.run(MERGE).rows().read()).as("goes on from there").isZero();
  }

  @Test
  void appendingAfterAResetIsRefused() {
    values.add(1L, 10L, "a");
    sync.run();
    reset();
    assertThatThrownBy(() -> sync.run())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("before it was reset")
        .hasMessageContaining("./deltaflow adopt");
    assertThat(sync.names()).containsExactly("a");
  }

  @Test
  void s55_aTargetThatWasDroppedIsFilledAnewAfterAResetOnly() {
    values.add(1L, 10L, "a");
    sync.run();
    server.rows("DROP TABLE `" + sync.name() + "`");
    values.add(2L, 20L, "b");
    assertThatThrownBy(() -> sync.run())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("the table was dropped")
        .hasMessageContaining("./deltaflow reset");

    assertThat(reset().nextRun()).contains("creates it and reads everything");
    sync.run();
    assertThat(sync.names()).containsExactly("a", "b");
    assertThat(sync.run().rows().read()).isZero();
  }

  @Test
  void theLedgerSaysWhatItWas() {
    values.add(1L, 10L, "a");
    sync.run();
    reset();
    LedgerEntry entry = sync.runs().get(0);
    assertThat(entry.outcome()).isEqualTo(Outcome.RESET);
    assertThat(entry.syncId()).isEqualTo(sync.id());
    assertThat(entry.epoch()).isEqualTo(2);
    assertThat(entry.detail()).isEqualTo("the watermark was version 11");
    assertThat(entry.sources()).isEmpty();
    assertThat(entry.writeDisposition()).isNull();

    assertThat(reset().removed()).as("again").isEmpty();
    assertThat(sync.runs().get(0).detail()).isEqualTo("there was no watermark");
  }

  @Test
  void aSyncIsResetByItsNameAlone() {
    values.add(1L, 10L, "a");
    sync.run("--sync_id=mine", MERGE);
    sync.run("--sync_id=other", MERGE);
    ResetReport report = DeltaFlow.reset(sync.destination("other"), server.pipelineOptions());
    assertThat(report.removed()).hasSize(1);
    assertThat(sync.run("--sync_id=mine", MERGE).rows().read()).isZero();
    assertThat(sync.run("--sync_id=other", MERGE).rows().read()).isEqualTo(1);
  }

  @Test
  void aSyncThatNeverPublishedIsNamedWithThoseThatDid() {
    values.add(1L, 10L, "a");
    assertThatThrownBy(() -> reset())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("no sync has");
    sync.run("--sync_id=mine");
    assertThatThrownBy(() -> DeltaFlow.reset(sync.destination("mime"), server.pipelineOptions()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("the sync 'mime' has never published")
        .hasMessageContaining("those that have: 'mine'");
    assertThatThrownBy(() -> DeltaFlow.reset(sync.destination(), server.pipelineOptions()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--sync_id is required");
    assertThat(sync.runs()).hasSize(1);
  }

  @Test
  void s51_aRunThatWasPlannedBeforeAResetIsStale() {
    Bench bench = new Bench(server.emulator(), sync.table());
    bench.begin(APPEND, "updated_at", T2).write(Bench.row(1L, "a", null, T1));
    Bench.Run late = bench.begin(APPEND, "updated_at", T2);
    Staging staging = late.stage(Bench.row(2L, "b", null, T1));

    DeltaFlow.reset(sync.destination("sync"), server.pipelineOptions());

    assertThatThrownBy(() -> late.publish(staging))
        .isInstanceOf(StaleRunException.class)
        .hasMessageContaining("was planned at epoch 1")
        .hasMessageContaining("and reset_")
        .hasMessageContaining("has brought it to epoch 2");
    assertThat(bench.rows("id")).containsExactly(Bench.row(1L));
    assertThat(bench.state()).containsEntry("epoch", 2L).containsEntry("watermarks", "{}");
  }

  @Test
  void s48_aResetThatWasDecidedBeforeAPublishChangesNothing() {
    Bench bench = new Bench(server.emulator(), sync.table());
    bench.begin(APPEND, "updated_at", T2).write(Bench.row(1L, "a", null, T1));
    long before = bench.destination.inspect("sync", bench.options).epoch();
    bench.begin(APPEND, "updated_at", T2).write(Bench.row(2L, "b", null, T1));
    Map<String, Object> state = bench.state();

    assertThatThrownBy(() -> bench.destination.change(bench.reset(before), bench.options))
        .isInstanceOf(StaleRunException.class)
        .hasMessageContaining("nothing was changed")
        .hasMessageContaining("was at epoch 1");
    assertThat(bench.state()).isEqualTo(state);
    assertThat(bench.ledger()).hasSize(2);
  }

  @Test
  void aTableThatAwaitsItsPlaceIsPutThereFirst() {
    Bench bench = new Bench(server.emulator(), sync.table());
    bench.begin(APPEND).write(Bench.row(1L, "a", null, T1));
    Schema other =
        Schema.builder()
            .addField("id", FieldTypes.INT64)
            .addNullableField("updated_at", FieldTypes.TIMESTAMP)
            .build();
    Bench.Run replacing = bench.begin(Requests.of(other).deleteExisting());
    Staging staging = replacing.stage(Bench.row(3L, T1));
    server.emulator().faults().onJob("copy").fail("accessDenied", "not now");
    assertThatThrownBy(() -> replacing.publish(staging)).hasMessageContaining("not now");
    assertThat(bench.state().get("replacement")).as("committed, not swapped").isNotNull();

    bench.reset();

    assertThat(bench.state().get("replacement")).isNull();
    assertThat(bench.rows("id")).containsExactly(Bench.row(3L));
  }
}
