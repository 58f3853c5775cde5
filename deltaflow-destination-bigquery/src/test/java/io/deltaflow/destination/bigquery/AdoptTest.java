package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.AdoptReport;
import io.deltaflow.DeltaFlow;
import io.deltaflow.LedgerEntry;
import io.deltaflow.LedgerEntry.Outcome;
import io.deltaflow.destination.Staging;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.testing.BigQueryServer;
import io.deltaflow.testing.ValuesTable;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

final class AdoptTest {
  private static final Schema SCHEMA =
      Schema.builder()
          .addField("id", FieldTypes.INT64)
          .addNullableField("version", FieldTypes.INT64)
          .addNullableField("name", FieldTypes.STRING)
          .build();

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
    values.close();
  }

  private AdoptReport adopt(String... flags) {
    return DeltaFlow.adopt(sync.spec(flags), server.pipelineOptions());
  }

  private AdoptReport adoptAt(String position, String... flags) {
    return DeltaFlow.adopt(sync.spec(flags), position, server.pipelineOptions());
  }

  private void fillByAnotherSystem(String rows) {
    server.rows(
        "CREATE TABLE `" + sync.name() + "` (id INT64 NOT NULL, version INT64, name STRING)");
    if (!rows.isEmpty()) {
      server.rows("INSERT INTO `" + sync.name() + "` (id, version, name) VALUES " + rows);
    }
  }

  @Test
  void aRunGoesOnAfterTheLargestCursorOfTheTable() {
    fillByAnotherSystem("(1, 10, 'a'), (2, 20, 'b')");
    values.add(1L, 10L, "a").add(2L, 20L, "b").add(3L, 21L, "c").add(4L, 15L, "elsewhere");
    AdoptReport report = adopt();
    assertThat(report.cursor()).isEqualTo("version");
    assertThat(report.position()).isEqualTo(CursorPosition.integer(21));
    assertThat(report.epoch()).isEqualTo(1);
    assertThat(report.warnings()).isEmpty();
    assertThat(sync.names()).as("no row is written").containsExactly("a", "b");

    assertThat(sync.run().rows().read()).isEqualTo(1);
    assertThat(sync.names()).containsExactly("a", "b", "c");
  }

  @Test
  void theLedgerSaysUpToWhereTheTableWasVouchedFor() {
    fillByAnotherSystem("(1, 10, 'a')");
    values.add(1L, 10L, "a");
    adopt();
    LedgerEntry entry = sync.runs().get(0);
    assertThat(entry.outcome()).isEqualTo(Outcome.ADOPTED);
    assertThat(entry.detail()).isEqualTo("after the largest cursor of the table");
    assertThat(entry.sources())
        .containsExactly(
            new LedgerEntry.SourceRead("values " + sync.table(), "version", null, "11"));
  }

  @Test
  void aGivenPositionIsWhereTheNextRunBegins() {
    fillByAnotherSystem("(1, 10, 'a'), (2, 20, 'b')");
    values.add(1L, 10L, "a").add(2L, 20L, "B").add(3L, 30L, "c");
    AdoptReport report = adoptAt("20");
    assertThat(report.position()).isEqualTo(CursorPosition.integer(20));
    assertThat(report.warnings())
        .singleElement()
        .asString()
        .contains("the table has rows up to 20", "from 20 on is read again", "WRITE_MERGE");
    assertThat(sync.runs().get(0).detail()).isEqualTo("as given");
    assertThat(sync.run("--write_disposition=WRITE_MERGE").window().lo()).isEqualTo("20");
    assertThat(sync.names()).containsExactly("a", "B", "c");
  }

  @Test
  void s55_aTableWhoseStateWasDeletedIsAppendedToAfterAnAdoptionOnly() {
    values.add(1L, 10L, "a").clock(20);
    sync.run();
    server.rows("DROP TABLE `" + sync.name() + "__deltaflow_state`");
    values.add(2L, 20L, "b").clock(30);
    assertThatThrownBy(() -> sync.run())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("whose state was deleted")
        .hasMessageContaining("./deltaflow adopt");

    assertThatThrownBy(() -> adopt())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("its largest version says nothing about this one")
        .hasMessageContaining("--position=");
    adoptAt("20");
    sync.run();
    assertThat(sync.names()).containsExactly("a", "b");
  }

  @Test
  void aResetSyncMayGoOnFromAnotherPosition() {
    values.add(1L, 10L, "a").add(2L, 20L, "b").clock(30);
    sync.run();
    DeltaFlow.reset(sync.spec(), server.pipelineOptions());
    values.replace("id", 2L, 20L, "B");
    assertThat(adoptAt("15").epoch()).isEqualTo(3);
    assertThat(sync.run("--write_disposition=WRITE_MERGE").rows().read()).isEqualTo(1);
    assertThat(sync.names()).containsExactly("a", "B");
  }

  @Test
  void aTableWithoutRowsHasNothingToAdopt() {
    values.add(1L, 10L, "a");
    assertThatThrownBy(() -> adopt())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("does not exist, so there is nothing to adopt");
    fillByAnotherSystem("");
    assertThatThrownBy(() -> adoptAt("5"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("has no rows, so there is nothing to adopt");
    assertThat(DeltaFlow.runs(sync.destination(), server.pipelineOptions(), 5))
        .as("nothing was created")
        .isEmpty();
  }

  @Test
  void aWatermarkIsNotReplacedUnlessItIsResetFirst() {
    values.add(1L, 10L, "a").clock(30);
    sync.run();
    assertThatThrownBy(() -> adoptAt("15"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("has a watermark already, at version 30")
        .hasMessageContaining("./deltaflow reset");
    assertThat(sync.run().window().lo()).isEqualTo("30");
  }

  @Test
  void aPositionWhoseRowsMayStillComeIsRefused() {
    fillByAnotherSystem("(1, 10, 'a'), (2, 2099, 'b')");
    values.add(1L, 10L, "a").clock(30);
    assertThatThrownBy(() -> adoptAt("31"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--position: 31 is above the safe end of what can be read now, 30")
        .hasMessageContaining("would never be read");
    assertThatThrownBy(() -> adopt())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("has rows up to 2099, which is above")
        .hasMessageContaining("a --position of at most 30");
    assertThat(adoptAt("30").position()).isEqualTo(CursorPosition.integer(30));
  }

  @Test
  void aPositionOfAnotherKindIsRefused() {
    fillByAnotherSystem("(1, 10, 'a')");
    values.add(1L, 10L, "a");
    assertThatThrownBy(() -> adoptAt("2026-03-01T12:00:00Z"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'2026-03-01T12:00:00Z' is no position of the cursor 'version'")
        .hasMessageContaining("counts in whole numbers; expected one such as 4711");
  }

  @Test
  void aTableWhoseCursorsAreAllNullNeedsAPosition() {
    fillByAnotherSystem("(1, NULL, 'a')");
    values.add(1L, 10L, "a");
    assertThatThrownBy(() -> adopt())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("every version in")
        .hasMessageContaining("is NULL")
        .hasMessageContaining("--position=");
    assertThat(adoptAt("11").warnings()).isEmpty();
  }

  @Test
  void aTableWithoutTheCursorIsAdoptedAtAGivenPosition() {
    server.rows("CREATE TABLE `" + sync.name() + "` (id INT64 NOT NULL, name STRING)");
    server.rows("INSERT INTO `" + sync.name() + "` (id, name) VALUES (1, 'a')");
    values.add(1L, 10L, "a");
    assertThatThrownBy(() -> adopt())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("has rows but no column 'version'");
    assertThat(adoptAt("11").warnings())
        .singleElement()
        .asString()
        .contains("could not be compared with the table", "no column 'version'");
  }

  @Test
  void s51_aRunThatWasPlannedBeforeAnAdoptionIsStale() {
    Bench bench = new Bench(server.emulator(), sync.table(), "sync", BigQueryServer.DATASET);
    fillByAnotherSystem("(1, 10, 'a')");
    values.add(1L, 10L, "a");
    Requests rows = Requests.of(SCHEMA);
    Bench.Run late = bench.begin(rows);
    Staging staging = late.stage(Bench.row(2L, 10L, "b"));
    adopt("--sync_id=sync");
    assertThatThrownBy(() -> late.publish(staging))
        .hasMessageContaining("was planned at epoch 0")
        .hasMessageContaining("and adopt_");
    assertThat(sync.names()).containsExactly("a");
  }
}
