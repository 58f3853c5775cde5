package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.DeltaFlow;
import io.deltaflow.LedgerEntry;
import io.deltaflow.LedgerEntry.Outcome;
import io.deltaflow.emulator.Faults.Fault;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.DestinationException;
import io.deltaflow.testing.BigQueryServer;
import io.deltaflow.testing.ValuesTable;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** What the ledger says of runs. */
final class LedgerTest {
  private static final Schema SCHEMA =
      Schema.builder()
          .addField("id", FieldTypes.INT64)
          .addField("version", FieldTypes.INT64)
          .addNullableField("name", FieldTypes.STRING)
          .build();
  private static final String[] WITHOUT_WINDOW = {
    "--enable_smart_sync=false", "--write_disposition=WRITE_EMPTY"
  };

  private static BigQueryServer server;
  private ValuesSync sync;
  private ValuesTable values;

  @BeforeAll
  static void startServer() {
    server = BigQueryServer.start();
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

  @Test
  void everyRunIsThereTheNewestFirst() {
    values.add(1L, 10L, "a").add(2L, 20L, "b").clock(25);
    sync.run("--write_disposition=WRITE_MERGE");
    values.replace("id", 1L, 30L, "A").add(3L, 31L, "c").clock(40);
    String second = sync.run("--write_disposition=WRITE_MERGE").runId();
    sync.run("--sync_id=other", "--write_disposition=WRITE_MERGE");

    List<LedgerEntry> runs = sync.runs();
    assertThat(runs).extracting(LedgerEntry::outcome).containsOnly(Outcome.PUBLISHED).hasSize(3);
    assertThat(runs.get(0).syncId()).isEqualTo("other");
    LedgerEntry run = runs.get(1);
    assertThat(run.runId()).isEqualTo(second);
    assertThat(run.syncId()).isEqualTo(sync.id());
    assertThat(run.epoch()).isEqualTo(2);
    assertThat(run.detail()).isNull();
    assertThat(run.rows()).isEqualTo(new LedgerEntry.Rows(2, 2, 1, 1, 0, 0));
    assertThat(run.bytes().staged()).isPositive();
    assertThat(run.bytes().merge()).isPositive();
    assertThat(run.started()).isNotNull();
    assertThat(run.ended()).isAfter(runs.get(2).ended());
    assertThat(run.sources())
        .containsExactly(
            new LedgerEntry.SourceRead("values " + sync.table(), "version", "25", "40"));
    assertThat(runs.get(2).sources().get(0).lo()).isNull();

    assertThat(DeltaFlow.runs(sync.destination(), server.pipelineOptions(), 2))
        .get()
        .isEqualTo(runs.subList(0, 2));
  }

  @Test
  void aDestinationThatNoRunWasLaunchedIntoHasNoLedger() {
    assertThat(DeltaFlow.runs(sync.destination(), server.pipelineOptions(), 5)).isEmpty();
  }

  @Test
  void aRunThatIsRefusedAtItsPublishSaysWhy() {
    values.add(1L, 10L, "a");
    sync.run(WITHOUT_WINDOW);
    assertThatThrownBy(() -> sync.run(WITHOUT_WINDOW)).hasMessageContaining("WRITE_EMPTY wants");

    LedgerEntry refused = sync.runs().get(0);
    assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(refused.detail()).contains("nothing was published", "WRITE_EMPTY wants none");
    assertThat(refused.writeDisposition()).isEqualTo("WRITE_EMPTY");
    assertThat(refused.rows()).isEqualTo(new LedgerEntry.Rows(1, 0, 0, 0, 0, 0));
    assertThat(refused.epoch()).as("planned from").isEqualTo(1);
    assertThat(refused.sources().get(0).cursor()).isNull();
    assertThat(refused.ended()).isNotNull();
    assertThat(sync.names()).containsExactly("a");
  }

  @Test
  void aRunThatFailsBeforeItsPublishIsThereToo() {
    values.add(1L, 10L, "a");
    server.emulator().faults().onJob("load").times(50).fail("invalid", "no such file");
    assertThatThrownBy(() -> sync.run()).hasMessageContaining("no such file");
    assertThat(sync.runs())
        .singleElement()
        .satisfies(
            e -> {
              assertThat(e.outcome()).isEqualTo(Outcome.REFUSED);
              assertThat(e.detail()).contains("no such file");
            });
  }

  @Test
  void aRefusalThatCannotBeRecordedDoesNotHideWhyTheRunWasRefused() {
    values.add(1L, 10L, "a");
    sync.run(WITHOUT_WINDOW);
    // The publish, two looks into the ledger, and then the row.
    Fault fault =
        server.emulator().faults().onJob("query").nth(4).times(50).fail("accessDenied", "no rows");
    assertThatThrownBy(() -> sync.run(WITHOUT_WINDOW))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("WRITE_EMPTY wants none");
    assertThat(fault.fired()).isEqualTo(1);
    server.emulator().faults().clear();
    assertThat(sync.runs()).hasSize(1);
  }

  @Test
  void aRunOfUnknownOutcomeIsNotCalledRefused() {
    values.add(1L, 10L, "a");
    sync.run(WITHOUT_WINDOW);
    Fault fault =
        server.emulator().faults().onJob("query").nth(2).times(2).fail("accessDenied", "no look");
    assertThatThrownBy(() -> sync.run(WITHOUT_WINDOW))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("WRITE_EMPTY wants none");
    assertThat(fault.fired()).isEqualTo(2);
    assertThat(sync.runs()).hasSize(1);
  }

  @Test
  void aRunThatALaterAttemptPublishedHasPublished() {
    Bench bench = new Bench(server.emulator(), sync.table());
    Bench.Run run = bench.begin(Requests.of(Requests.ORDERS));
    bench.destination.recordRefusal(run.plan, 3, "the first attempt failed", bench.options);
    bench.destination.recordRefusal(run.plan, 3, "the second attempt failed", bench.options);
    assertThat(bench.ledger()).as("one row for a run").hasSize(1);
    assertThat(bench.destination.published(run.plan, bench.options)).isEmpty();
    assertThat(sync.runs())
        .singleElement()
        .satisfies(e -> assertThat(e.detail()).isEqualTo("the first attempt failed"));

    run.write();
    assertThat(bench.ledger()).hasSize(2);
    assertThat(bench.destination.published(run.plan, bench.options)).isPresent();
    assertThat(sync.runs())
        .singleElement()
        .satisfies(e -> assertThat(e.outcome()).isEqualTo(Outcome.PUBLISHED));
  }

  @Test
  void aDetailOfAnyLengthAndFormIsRecorded() {
    Bench bench = new Bench(server.emulator(), sync.table());
    Bench.Run run = bench.begin(Requests.of(Requests.ORDERS));
    String detail = "it's \\ `two`\nlines; DROP TABLE x; -- " + "x".repeat(5_000);
    bench.destination.recordRefusal(run.plan, 0, detail, bench.options);
    assertThat(sync.runs().get(0).detail())
        .startsWith(detail.substring(0, 2_000))
        .hasSizeLessThan(2_010);
  }

  @Test
  void aRefusedRunIsNotTakenForRowsOfAnotherSync() {
    server.rows(
        "CREATE TABLE `" + sync.name() + "` (id INT64 NOT NULL, version INT64, name STRING)");
    server.rows("INSERT INTO `" + sync.name() + "` (id, version, name) VALUES (1, 10, 'a')");
    values.add(1L, 10L, "a").add(2L, 20L, "b");
    server.emulator().faults().onJob("load").times(50).fail("invalid", "no such file");
    assertThatThrownBy(() -> sync.run("--sync_id=first")).hasMessageContaining("no such file");
    server.emulator().faults().clear();
    assertThat(sync.runs()).hasSize(1);

    assertThat(sync.run("--sync_id=second").warnings()).anyMatch(w -> w.contains("taken over"));
    assertThat(sync.names()).containsExactly("a", "b");
  }
}
