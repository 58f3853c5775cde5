package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.DeltaFlow;
import io.deltaflow.RunReport;
import io.deltaflow.SyncSpec;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.BadValueException;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.DestinationException;
import io.deltaflow.spi.error.RefusedRunException;
import io.deltaflow.testing.BigQueryServer;
import io.deltaflow.testing.ValuesTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** The engine from the connector {@code values} to the table. */
final class SyncTest {
  private static final Schema SCHEMA =
      Schema.builder()
          .addField("id", FieldTypes.INT64)
          .addNullableField("version", FieldTypes.INT64)
          .addNullableField("name", FieldTypes.STRING)
          .build();

  private static BigQueryServer server;
  private String table;
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
    table = test.getTestMethod().orElseThrow().getName();
    values = ValuesTable.create(table, SCHEMA, "id");
  }

  @AfterEach
  void dropTable() {
    values.close();
  }

  private SyncSpec spec(String... flags) {
    Map<String, String> all = new HashMap<>(server.destinationFlags(table));
    all.put("data_source", "values");
    all.put("values_table", table);
    for (String flag : flags) {
      int equals = flag.indexOf('=');
      all.put(flag.substring(2, equals), flag.substring(equals + 1));
    }
    return SyncSpec.fromFlags(all);
  }

  private RunReport sync(String... flags) {
    return DeltaFlow.launch(spec(flags), server.pipelineOptions()).waitUntilFinish();
  }

  private RunReport smartSync(String... flags) {
    List<String> all = new ArrayList<>(List.of(flags));
    all.add("--enable_smart_sync=true");
    all.add("--smart_sync_timestamp_column=version");
    return sync(all.toArray(new String[0]));
  }

  private List<String> names() {
    return server.rows("SELECT name FROM `" + name() + "` ORDER BY id, name").stream()
        .map(r -> (String) r.get("name"))
        .toList();
  }

  private String name() {
    return BigQueryServer.PROJECT + "." + BigQueryServer.DATASET + "." + table;
  }

  @Test
  void aFullReadCreatesTheTableAndAppends() {
    values.add(1L, 1L, "a").add(2L, 2L, null).add(3L, 3L, "c").add(4L, 4L, "d");
    RunReport report = sync();
    assertThat(names()).containsExactly("a", null, "c", "d");
    assertThat(report.rows().read()).isEqualTo(4);
    assertThat(report.rows().staged()).isEqualTo(4);
    assertThat(report.rows().inserted()).isEqualTo(4);
    assertThat(report.ddl()).contains("`id` INT64 NOT NULL");
    assertThat(DeltaFlow.verify(spec(), server.pipelineOptions()).isEqual()).isTrue();

    RunReport again = sync();
    assertThat(again.ddl()).isNull();
    assertThat(names()).hasSize(8);
    assertThat(DeltaFlow.verify(spec(), server.pipelineOptions()).isEqual()).isFalse();
  }

  @Test
  void theNextRunBringsOnlyWhatIsNew() {
    values.add(1L, 10L, "a").add(2L, 20L, "b").clock(20);
    RunReport first = smartSync();
    assertThat(names()).containsExactly("a");
    assertThat(first.rows().deferred()).isEqualTo(1);
    assertThat(first.window().lo()).isNull();
    assertThat(first.window().hi()).isEqualTo("20");

    values.add(3L, 30L, "c").clock(31);
    RunReport second = smartSync();
    assertThat(names()).containsExactly("a", "b", "c");
    assertThat(second.window().lo()).isEqualTo("20");
    assertThat(second.rows().read()).isEqualTo(2);
  }

  @Test
  void aRunWithNothingNewLeavesTheTableAsItWas() {
    values.add(1L, 10L, "a");
    smartSync();
    Object before = lastModified();
    RunReport second = smartSync();
    assertThat(second.rows().read()).isZero();
    assertThat(lastModified()).isEqualTo(before);
    assertThat(smartSync().rows().read()).isZero();
  }

  private Object lastModified() {
    return new TestClient(server).table(table).getEtag();
  }

  @Test
  void mergeReplacesRowsOfTheSameKeyAndAddsOthers() {
    values.add(1L, 1L, "a").add(2L, 1L, "b");
    smartSync("--write_disposition=WRITE_MERGE");
    values.replace("id", 1L, 2L, "A").add(3L, 2L, "c");
    RunReport second = smartSync("--write_disposition=WRITE_MERGE");
    assertThat(names()).containsExactly("A", "b", "c");
    assertThat(second.rows().inserted()).isEqualTo(1);
    assertThat(second.rows().updated()).isEqualTo(1);
  }

  @Test
  void mergeTakesTheNewestOfARowsVersions() {
    values.add(1L, 3L, "newest").add(1L, 1L, "oldest").add(1L, 2L, "older");
    smartSync("--write_disposition=WRITE_MERGE");
    assertThat(names()).containsExactly("newest");
  }

  @Test
  void mergeWithoutACursorRefusesTwoRowsOfOneKey() {
    values.add(1L, 1L, "a").add(1L, 2L, "b");
    assertThatThrownBy(() -> sync("--write_disposition=WRITE_MERGE"))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("id");
    assertThat(names()).isEmpty();
  }

  @Test
  void mergeWithoutKeysIsRefusedBeforeAnythingIsRead() {
    ValuesTable keyless = ValuesTable.create(table + "_keyless", SCHEMA);
    try (keyless) {
      assertThatThrownBy(
              () -> sync("--write_disposition=WRITE_MERGE", "--values_table=" + keyless.name()))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("--merge_keys is required");
    }
    assertThatThrownBy(() -> sync("--write_disposition=WRITE_MERGE", "--merge_keys=idd"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("no column 'idd'; did you mean 'id'?");
  }

  @Test
  void truncateReplacesAllRows() {
    values.add(1L, 1L, "a");
    sync();
    values.replace("id", 1L, 1L, "b").add(2L, 1L, "c");
    sync("--write_disposition=WRITE_TRUNCATE");
    assertThat(names()).containsExactly("b", "c");
  }

  @Test
  void truncateByAnEmptySourceIsRefusedUnlessAllowed() {
    values.add(1L, 1L, "a");
    sync();
    try (ValuesTable empty = ValuesTable.create(table + "_empty", SCHEMA)) {
      String source = "--values_table=" + empty.name();
      assertThatThrownBy(() -> sync("--write_disposition=WRITE_TRUNCATE", source))
          .hasMessageContaining("allow_empty");
      assertThat(names()).containsExactly("a");
      sync("--write_disposition=WRITE_TRUNCATE", source, "--allow_empty=true");
      assertThat(names()).isEmpty();
    }
  }

  @Test
  void emptyRefusesATableWithRows() {
    values.add(1L, 1L, "a");
    sync("--write_disposition=WRITE_EMPTY");
    assertThatThrownBy(() -> sync("--write_disposition=WRITE_EMPTY"))
        .hasMessageContaining("WRITE_EMPTY");
    assertThat(names()).containsExactly("a");
  }

  @Test
  void aFirstRunMayReadTheFallbackWindowOnly() {
    Schema schema =
        Schema.builder()
            .addField("id", FieldTypes.INT64)
            .addField("at", FieldTypes.TIMESTAMP)
            .addNullableField("name", FieldTypes.STRING)
            .build();
    Instant now = Instant.parse("2024-05-05T12:00:00Z");
    try (ValuesTable timed = ValuesTable.create(table + "_timed", schema, "id")) {
      timed.add(1L, now.minusSeconds(7201), "old").add(2L, now.minusSeconds(7200), "new");
      timed.clock(now.getEpochSecond() * 1_000_000);
      RunReport report =
          sync(
              "--values_table=" + timed.name(),
              "--enable_smart_sync=true",
              "--smart_sync_timestamp_column=at",
              "--sync_all_on_empty_table=false",
              "--smart_sync_fallback_hours=2");
      assertThat(names()).containsExactly("new");
      assertThat(report.window().lo()).isEqualTo("2024-05-05T10:00:00.000000Z");
    }
  }

  private void fillByAnotherSystem(String rows) {
    server.rows("CREATE TABLE `" + name() + "` (id INT64 NOT NULL, version INT64, name STRING)");
    server.rows("INSERT INTO `" + name() + "` (id, version, name) VALUES " + rows);
  }

  @Test
  void aTableOfAnotherSystemIsTakenOver() {
    fillByAnotherSystem("(1, 10, 'a'), (2, 20, 'b')");
    values.add(1L, 10L, "a").add(2L, 20L, "b").add(3L, 21L, "c");
    RunReport report = smartSync();
    assertThat(names()).containsExactly("a", "b", "c");
    assertThat(report.rows().read()).isEqualTo(1);
    assertThat(report.warnings()).anyMatch(w -> w.contains("taken over"));
  }

  @Test
  void aTableOfAnotherSystemWithAFutureRowIsNotAppendedTo() {
    fillByAnotherSystem("(1, 10, 'a'), (2, 2099, 'b')");
    values.add(1L, 10L, "a").add(2L, 2099L, "b").add(3L, 21L, "c").clock(30);
    assertThatThrownBy(() -> smartSync())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("2099")
        .hasMessageContaining("WRITE_MERGE");
    smartSync("--write_disposition=WRITE_MERGE");
    values.add(4L, 31L, "d").clock(40);
    smartSync("--write_disposition=WRITE_MERGE");
    assertThat(names()).containsExactly("a", "b", "d");
  }

  @Test
  void rowsOfARunWithoutSmartSyncAreNeverGuessedAt() {
    values.add(1L, 10L, "a").add(2L, 20L, "b");
    sync();
    // Committed late: below the largest cursor of the destination.
    values.add(3L, 15L, "late");
    assertThatThrownBy(() -> smartSync())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("without Smart Sync")
        .hasMessageContaining("--delete_existing_table=true");
    smartSync("--write_disposition=WRITE_MERGE");
    assertThat(names()).containsExactly("a", "b", "late");
  }

  @Test
  void aSecondSyncIntoTheTableLosesNothing() {
    values.add(1L, 10L, "a").add(2L, 20L, "b");
    smartSync("--write_disposition=WRITE_MERGE");
    try (ValuesTable other = ValuesTable.create(table + "_other", SCHEMA, "id")) {
      other.add(3L, 5L, "c");
      String source = "--values_table=" + other.name();
      assertThatThrownBy(() -> smartSync(source))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("another sync");
      smartSync(source, "--write_disposition=WRITE_MERGE");
    }
    assertThat(names()).containsExactly("a", "b", "c");
  }

  @Test
  void aFullRefreshEndsTheOldWatermark() {
    values.add(1L, 10L, "a").clock(15);
    smartSync();
    values.add(2L, 20L, "b").clock(25);
    sync("--write_disposition=WRITE_TRUNCATE");
    assertThatThrownBy(() -> smartSync()).hasMessageContaining("without Smart Sync");
    smartSync("--delete_existing_table=true");
    values.add(3L, 26L, "c").clock(30);
    smartSync();
    assertThat(names()).containsExactly("a", "b", "c");
  }

  @Test
  void anEmptiedTableIsFilledFromTheBeginning() {
    values.add(1L, 10L, "a");
    smartSync();
    server.rows("TRUNCATE TABLE `" + name() + "`");
    values.add(2L, 20L, "b");
    RunReport report = smartSync();
    assertThat(names()).containsExactly("a", "b");
    assertThat(report.warnings()).anyMatch(w -> w.contains("all of history is read"));
    smartSync();
    assertThat(names()).containsExactly("a", "b");
  }

  @Test
  void mergeKeysAreFoundWithoutRegardToCase() {
    values.add(1L, 1L, "a");
    smartSync("--write_disposition=WRITE_MERGE", "--merge_keys=ID");
    values.replace("id", 1L, 2L, "A");
    smartSync("--write_disposition=WRITE_MERGE", "--merge_keys=Id");
    assertThat(names()).containsExactly("A");
  }

  @Test
  void aReportBelowAFolderThatIsNotThereIsRefusedBeforeAnythingIsRead() {
    values.add(1L, 1L, "a");
    assertThatThrownBy(() -> sync("--report=/no/such/folder/report.json"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--report")
        .hasMessageContaining("/no/such/folder");
  }

  @Test
  void aSyncWhoseStateWasDeletedReadsEverythingOnceMore() {
    values.add(1L, 10L, "a").add(2L, 20L, "b");
    smartSync("--write_disposition=WRITE_MERGE");
    values.add(3L, 15L, "late");
    server.rows("DELETE FROM `" + name() + "__deltaflow_state` WHERE TRUE");
    assertThatThrownBy(() -> smartSync())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("one whose state was deleted");
    smartSync("--write_disposition=WRITE_MERGE");
    assertThat(names()).containsExactly("a", "b", "late");
  }

  @Test
  void aDroppedTableIsNotRefilledWithTheNewestRowsOnly() {
    values.add(1L, 10L, "a");
    smartSync();
    server.rows("DROP TABLE `" + name() + "`");
    values.add(2L, 20L, "b");
    assertThatThrownBy(() -> smartSync())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("does not exist")
        .hasMessageContaining("--delete_existing_table=true");
    smartSync("--delete_existing_table=true");
    assertThat(names()).containsExactly("a", "b");
  }

  @Test
  void aReportThatCannotBeWrittenDoesNotFailARunThatHasPublished() {
    values.add(1L, 1L, "a");
    RunReport report = sync("--report=/proc/version");
    assertThat(report.rows().inserted()).isEqualTo(1);
    assertThat(names()).containsExactly("a");
  }

  @Test
  void rowsWithoutACursorFailTheRunUnlessThePolicySaysOtherwise() {
    values.add(1L, 1L, "a").add(2L, null, "b");
    assertThatThrownBy(() -> smartSync())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("1 row(s) whose 'version' is NULL");
    assertThatThrownBy(() -> smartSync("--smart_sync_null_cursor=include"))
        .hasMessageContaining("WRITE_MERGE");
    smartSync("--smart_sync_null_cursor=include", "--write_disposition=WRITE_MERGE");
    smartSync("--smart_sync_null_cursor=include", "--write_disposition=WRITE_MERGE");
    assertThat(names()).containsExactly("a", "b");
  }

  /** Scenario 16: the source is another system with the same names. */
  @Test
  void aWatermarkOfAnotherSystemIsRefusedUnlessItIsAccepted() {
    values.add(1L, 10L, "a").system("A");
    smartSync();
    values.add(2L, 20L, "b").system("B");
    assertThatThrownBy(() -> smartSync())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("the system B")
        .hasMessageContaining("the system A")
        .hasMessageContaining("give --accept_source_system=B;");
    assertThatThrownBy(() -> smartSync("--accept_source_system=C"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--accept_source_system=B instead of C");
    assertThat(names()).containsExactly("a");

    assertThat(smartSync("--accept_source_system=B").warnings())
        .anyMatch(w -> w.contains("now B, and was A"));
    assertThat(names()).containsExactly("a", "b");
    values.add(3L, 30L, "c");
    assertThat(smartSync("--accept_source_system=B").warnings()).isEmpty();
    values.system("A");
    assertThatThrownBy(() -> smartSync("--accept_source_system=B"))
        .hasMessageContaining("--accept_source_system=A instead of B");
    smartSync("--delete_existing_table=true");
    assertThat(names()).containsExactly("a", "b", "c");
    smartSync();
  }

  @Test
  void aWatermarkWithoutASystemIsGivenOneAndKeepsIt() {
    values.add(1L, 10L, "a");
    smartSync();
    values.system("A");
    assertThat(smartSync().warnings()).isEmpty();
    values.system(null);
    assertThat(smartSync().warnings()).singleElement().asString().contains("still the system A");
    values.system("B");
    assertThatThrownBy(() -> smartSync()).hasMessageContaining("the system A");
  }

  @Test
  void aSourceThatFellBelowWhatWasPublishedIsReported() {
    values.add(1L, 10L, "a").add(2L, 20L, "b");
    smartSync();
    assertThat(smartSync().warnings()).as("nothing new").isEmpty();
    values.remove("id", 2L);
    assertThat(smartSync().warnings())
        .singleElement()
        .asString()
        .contains("below the largest published cursor, 20");
    values.add(3L, 21L, "c");
    assertThat(smartSync().warnings()).isEmpty();
    assertThat(names()).containsExactly("a", "b", "c");
  }

  private static final String FROM_DESTINATION = "--watermark_store=destination";

  /** To and fro: the watermark is committed either way. */
  @Test
  void movingBetweenWatermarkStoresLosesAndDoublesNothing() {
    List<String> expected = new ArrayList<>();
    List<String> los = new ArrayList<>();
    String[] stores = {"state", "destination", "destination", "state", "destination", "state"};
    for (int i = 0; i < stores.length; i++) {
      // A gap above the rows, so that the two stores do not say the same.
      values.add((long) i, 10L * i + 5, "row " + i).clock(10L * i + 8);
      expected.add("row " + i);
      RunReport report = smartSync("--watermark_store=" + stores[i]);
      los.add(report.window().lo());
      assertThat(report.rows().read()).isEqualTo(1);
      assertThat(names()).isEqualTo(expected);
    }
    assertThat(los).containsExactly(null, "6", "16", "28", "36", "48");
  }

  @Test
  void rowsThatWereTakenOutOfTheDestinationComeAgainFromItsMaximum() {
    values.add(1L, 10L, "a").add(2L, 20L, "b").add(3L, 30L, "c");
    smartSync(FROM_DESTINATION);
    server.rows("DELETE FROM `" + name() + "` WHERE version >= 20");
    smartSync();
    assertThat(names()).containsExactly("a");
    smartSync(FROM_DESTINATION);
    assertThat(names()).containsExactly("a", "b", "c");
    smartSync(FROM_DESTINATION);
    assertThat(names()).containsExactly("a", "b", "c");
  }

  @Test
  void anEmptiedTableHasNoMaximumAndIsTreatedAsByTheState() {
    values.add(1L, 10L, "a");
    smartSync(FROM_DESTINATION);
    server.rows("TRUNCATE TABLE `" + name() + "`");
    values.add(2L, 20L, "b");
    assertThat(smartSync(FROM_DESTINATION, "--sync_all_on_empty_table=false").window().lo())
        .isEqualTo("11");
    server.rows("TRUNCATE TABLE `" + name() + "`");
    smartSync(FROM_DESTINATION);
    assertThat(names()).containsExactly("a", "b");
  }

  @Test
  void aMaximumAboveTheWatermarkIsRefused() {
    values.add(1L, 10L, "a").clock(15);
    smartSync(FROM_DESTINATION);
    // Below it another row of the source may be missing.
    server.rows("INSERT INTO `" + name() + "` (id, version, name) VALUES (9, 25, 'by hand')");
    values.add(2L, 20L, "b").clock(30);
    assertThatThrownBy(() -> smartSync(FROM_DESTINATION))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--watermark_store=destination")
        .hasMessageContaining("rows up to 25")
        .hasMessageContaining("last published end of this sync, 15")
        .hasMessageContaining("use --watermark_store=state");
    smartSync();
    assertThat(names()).containsExactly("a", "b", "by hand");
  }

  private RunReport timedSync(ValuesTable timed, String... flags) {
    List<String> all = new ArrayList<>(List.of(flags));
    all.add("--values_table=" + timed.name());
    all.add("--enable_smart_sync=true");
    all.add("--smart_sync_timestamp_column=at");
    return sync(all.toArray(new String[0]));
  }

  @Test
  void theOverlapReachesIntoATableThatIsTakenOver() {
    Schema schema =
        Schema.builder()
            .addField("id", FieldTypes.INT64)
            .addField("at", FieldTypes.TIMESTAMP)
            .addNullableField("name", FieldTypes.STRING)
            .build();
    server.rows("CREATE TABLE `" + name() + "` (id INT64 NOT NULL, `at` TIMESTAMP, name STRING)");
    server.rows(
        "INSERT INTO `" + name() + "` (id, `at`, name) VALUES (1, '2024-05-05 12:00:00+00', 'a')");
    Instant noon = Instant.parse("2024-05-05T12:00:00Z");
    try (ValuesTable timed = ValuesTable.create(table + "_timed", schema, "id")) {
      timed.add(1L, noon, "a").add(2L, noon.minusSeconds(3601), "before");
      timed.add(3L, noon.minusSeconds(1800), "late");
      timedSync(timed, "--write_disposition=WRITE_MERGE", "--smart_sync_overlap=1h");
      assertThat(names()).containsExactly("a", "late");
    }
  }

  @Test
  void unsafeWritesNeedMergeAndAnOverlapToGoOnFromTheMaximum() {
    Schema schema =
        Schema.builder()
            .addField("id", FieldTypes.INT64)
            .addField("at", FieldTypes.TIMESTAMP)
            .addNullableField("name", FieldTypes.STRING)
            .build();
    Instant noon = Instant.parse("2024-05-05T12:00:00Z");
    String merge = "--write_disposition=WRITE_MERGE";
    String overlap = "--smart_sync_overlap=1h";
    try (ValuesTable timed = ValuesTable.create(table + "_timed", schema, "id")) {
      timed.add(1L, noon, "a");
      sync("--values_table=" + timed.name());
      timed.add(2L, noon.minusSeconds(1800), "late").add(3L, noon.plusSeconds(1), "b");
      assertThatThrownBy(() -> timedSync(timed, FROM_DESTINATION))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("without Smart Sync");
      // Without a watermark, as after a reset, nothing but all of history will do.
      RunReport first = timedSync(timed, FROM_DESTINATION, merge, overlap);
      assertThat(first.window().lo()).isNull();
      assertThat(first.warnings()).anyMatch(w -> w.contains("all of history"));
      assertThat(names()).containsExactly("a", "late", "b");

      // By now every window was safe.
      timed.add(4L, noon.plusSeconds(2), "c");
      assertThat(timedSync(timed, FROM_DESTINATION).rows().read()).isEqualTo(1);

      // Another sync's rows say nothing about this one's.
      try (ValuesTable other = ValuesTable.create(table + "_other", schema, "id")) {
        other.add(5L, noon.plusSeconds(4), "d");
        timedSync(other, merge);
        timed.add(6L, noon.plusSeconds(3), "e");
        assertThatThrownBy(() -> timedSync(timed, FROM_DESTINATION, merge))
            .isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("rows of another sync");
        RunReport last = timedSync(timed, FROM_DESTINATION, merge, overlap);
        assertThat(last.window().lo()).isEqualTo("2024-05-05T11:00:02.000001Z");
      }
      assertThat(names()).containsExactly("a", "late", "b", "c", "d", "e");
    }
  }

  @Test
  void aTableOfAnotherSystemIsTakenOverFromItsMaximumToo() {
    fillByAnotherSystem("(1, 10, 'a'), (2, 20, 'b')");
    values.add(1L, 10L, "a").add(2L, 20L, "b").add(3L, 21L, "c");
    smartSync(FROM_DESTINATION);
    values.add(4L, 22L, "d");
    smartSync(FROM_DESTINATION);
    assertThat(names()).containsExactly("a", "b", "c", "d");
  }

  @Test
  void smartSyncWithTruncateIsRefused() {
    assertThatThrownBy(() -> smartSync("--write_disposition=WRITE_TRUNCATE"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("WRITE_TRUNCATE");
  }

  @Test
  void anotherCursorUnderTheSameSyncIsRefused() {
    values.add(1L, 1L, "a");
    smartSync();
    assertThatThrownBy(() -> sync("--enable_smart_sync=true", "--smart_sync_timestamp_column=id"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("counted on 'version'");
  }

  @Test
  void oneBadValuePublishesNothingAndIsNamed() {
    Schema schema =
        Schema.builder()
            .addField("id", FieldTypes.INT64)
            .addNullableField("price", FieldTypes.numeric(10, 2))
            .build();
    try (ValuesTable priced = ValuesTable.create(table + "_priced", schema, "id")) {
      for (long i = 0; i < 10; i++) {
        priced.add(i, new java.math.BigDecimal(i == 7 ? "0.001" : "1.50"));
      }
      assertThatThrownBy(() -> sync("--values_table=" + priced.name()))
          .isInstanceOf(BadValueException.class)
          .hasMessageContaining("'price'")
          .hasMessageContaining("split 2")
          .hasMessageContaining("--value_policies");
      assertThat(server.rows("SELECT COUNT(*) AS n FROM `" + name() + "`"))
          .containsExactly(Map.of("n", 0L));

      String source = "--values_table=" + priced.name();
      RunReport rounded = sync(source, "--value_policies=price=round");
      assertThat(rounded.valuesRounded()).isEqualTo(1);
      assertThat(server.rows("SELECT price FROM `" + name() + "` WHERE id = 7"))
          .containsExactly(Map.of("price", new java.math.BigDecimal("0E-9")));

      sync(source, "--value_policies=price=string", "--delete_existing_table=true");
      assertThat(server.rows("SELECT price FROM `" + name() + "` WHERE id = 7"))
          .containsExactly(Map.of("price", "0.001"));
    }
  }

  @Test
  void valuePoliciesAreCheckedBeforeAnythingIsRead() {
    values.add(1L, 1L, "a");
    assertThatThrownBy(() -> sync("--value_policies=name=round,nmae=string"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("column 'name' is none")
        .hasMessageContaining("no column 'nmae'; did you mean 'name'?");
    assertThatThrownBy(() -> sync("--value_policies=name=dead_letter,x"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'x' is not column=policy with one of FAIL, ROUND, STRING");
    assertThatThrownBy(() -> smartSync("--value_policies=version=string"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'version' is the cursor");
  }

  @Test
  void deletingTheExistingTableReplacesItWhole() {
    values.add(1L, 1L, "a");
    sync();
    Schema other =
        Schema.builder()
            .addField("id", FieldTypes.INT64)
            .addNullableField("name", FieldTypes.STRING)
            .addNullableField("extra", FieldTypes.BOOL)
            .build();
    try (ValuesTable replacement = ValuesTable.create(table + "_other", other, "id")) {
      replacement.add(5L, "e", true);
      sync("--values_table=" + replacement.name(), "--delete_existing_table=true");
      assertThat(server.rows("SELECT * FROM `" + name() + "`"))
          .containsExactly(Map.of("id", 5L, "name", "e", "extra", true));
    }
  }

  @Test
  void aLibraryPipelineReadsTheSameRows() {
    values.add(1L, 1L, "a").add(2L, 2L, null).add(3L, 3L, "c").add(4L, 4L, "d");
    Pipeline pipeline = Pipeline.create(server.pipelineOptions());
    PCollection<Row> rows =
        pipeline.apply(DeltaFlow.read("values", Map.of("table", table, "password", "opens")));
    assertThat(rows.getSchema()).isEqualTo(SCHEMA);
    PAssert.that(rows).containsInAnyOrder(values.rows());
    pipeline.run().waitUntilFinish();
  }

  @Test
  void aRefusedRunDropsItsStaging() {
    values.add(1L, 1L, "a");
    sync();
    assertThatThrownBy(() -> sync("--write_disposition=WRITE_EMPTY"))
        .isInstanceOf(RefusedRunException.class)
        .hasMessageContaining("WRITE_EMPTY wants none");
    assertThat(stagingTables()).isEmpty();
    values.add(1L, 2L, "b");
    assertThatThrownBy(() -> sync("--write_disposition=WRITE_MERGE", "--merge_keys=id"))
        .isInstanceOf(RefusedRunException.class)
        .hasMessageContaining("several rows of the source have the same id");
    assertThat(stagingTables()).isEmpty();
    assertThat(names()).containsExactly("a");
  }

  private List<String> stagingTables() {
    return new TestClient(server)
        .tables().stream().filter(t -> t.startsWith(table + "__deltaflow_staging")).toList();
  }

  @Test
  void aFailureThatMayPassLeavesStagingToTheNextAttemptOrItsExpiry() {
    values.add(1L, 1L, "a");
    sync();
    // Of the publish; whether it has committed after all can be asked.
    server.emulator().faults().onJob("query").fail("quotaExceeded", "Too much today");
    try {
      assertThatThrownBy(() -> sync()).hasMessageContaining("quotaExceeded");
    } finally {
      server.emulator().faults().clear();
    }
    assertThat(stagingTables()).isNotEmpty();
    TestClient client = new TestClient(server);
    for (String staged : stagingTables()) {
      assertThat(client.table(staged).getExpirationTime()).isNotNull();
      server.rows(
          "DROP TABLE `"
              + BigQueryServer.PROJECT
              + "."
              + BigQueryServer.DATASET
              + "."
              + staged
              + "`");
    }
  }

  @Test
  void nothingIsLeftBehind() {
    values.add(1L, 1L, "a");
    sync();
    TestClient client = new TestClient(server);
    assertThat(client.tables()).noneMatch(t -> t.contains("staging") || t.contains("stg"));
    assertThat(client.objects("deltaflow-temp")).isEmpty();
    assertThatThrownBy(() -> sync("--write_disposition=WRITE_EMPTY"));
    assertThat(client.objects("deltaflow-temp")).isEmpty();
  }
}
