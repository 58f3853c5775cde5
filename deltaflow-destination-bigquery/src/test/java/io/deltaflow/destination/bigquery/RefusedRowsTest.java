package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.DeltaFlow;
import io.deltaflow.LedgerEntry;
import io.deltaflow.LedgerEntry.Outcome;
import io.deltaflow.RunMetric;
import io.deltaflow.RunReport;
import io.deltaflow.SyncRun;
import io.deltaflow.SyncSpec;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.LoadException;
import io.deltaflow.spi.error.RefusedRunException;
import io.deltaflow.testing.BigQueryServer;
import io.deltaflow.testing.RepeatingRunner;
import io.deltaflow.testing.TwiceAtOnceRunner;
import io.deltaflow.testing.ValuesTable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that only BigQuery can refuse, when it loads them. */
final class RefusedRowsTest {
  private static final int ROWS = 24;
  private static final String CIRCLE = "CIRCLE(1 2)";
  private static final String LONG_NUMBER = "{\"n\": 0.12345678901234567890123}";
  private static final Schema SCHEMA =
      Schema.builder()
          .addField("id", FieldTypes.INT64)
          .addNullableField("name", FieldTypes.STRING)
          .addNullableField("place", FieldTypes.GEOGRAPHY)
          .addNullableField("details", FieldTypes.JSON)
          .addNullableField("amount", FieldTypes.numeric(10, 2))
          .addField("version", FieldTypes.INT64)
          .build();
  private static BigQueryServer server;

  private ValuesTable values;
  private ValuesSync sync;

  @BeforeAll
  static void start() {
    server = BigQueryServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** Good rows in files of seven. */
  @BeforeEach
  void fill(TestInfo test) {
    String name = test.getTestMethod().orElseThrow().getName() + System.nanoTime();
    values = ValuesTable.create(name, SCHEMA, "id");
    sync = new ValuesSync(server, name);
    for (long id = 1; id <= ROWS; id++) {
      add(id, "POINT(" + id + " 2)", "{\"n\": " + id + "}");
    }
  }

  @AfterEach
  void drop() {
    values.close();
  }

  private void add(long id, String place, String details) {
    values.add(id, "row " + id, place, details, new BigDecimal("1.50"), id);
  }

  private void replace(long id, String place, String details) {
    values.replace("id", id, "row " + id, place, details, new BigDecimal("1.50"), id);
  }

  private void threeBad() {
    replace(9, CIRCLE, null);
    replace(10, "POINT(1 91)", null);
    replace(24, "POINT(1 2)", LONG_NUMBER);
  }

  private RunReport run(String... flags) {
    return run(server.pipelineOptions(), flags);
  }

  private RunReport run(PipelineOptions options, String... flags) {
    return DeltaFlow.launch(spec(flags), options).waitUntilFinish();
  }

  private SyncSpec spec(String... flags) {
    List<String> all = new ArrayList<>(List.of(flags));
    all.add("--values_split_rows=7");
    all.add("--write_disposition=WRITE_MERGE");
    return sync.spec(all.toArray(new String[0]));
  }

  private List<Map<String, Object>> letters() {
    return server.rows(
        "SELECT *, TO_JSON_STRING(`row`) AS shown FROM `"
            + sync.name()
            + "_dead_letters` ORDER BY CAST(JSON_VALUE(`row`, '$.id') AS INT64)");
  }

  private List<Object> ids() {
    return server.rows("SELECT id FROM `" + sync.name() + "` ORDER BY id").stream()
        .map(r -> r.get("id"))
        .toList();
  }

  @Test
  void areFoundAmongTheOthersWhichArePublished() {
    threeBad();

    SyncRun run = DeltaFlow.launch(spec("--max_bad_records=3"), server.pipelineOptions());
    RunReport report = run.waitUntilFinish();

    assertThat(report.rows()).isEqualTo(new RunReport.Rows(24, 21, 21, 0, 0, 3));
    assertThat(run.metrics()).containsEntry(RunMetric.ROWS_DEAD_LETTERED, "3");
    assertThat(ids()).hasSize(21).doesNotHaveDuplicates().doesNotContain(9L, 10L, 24L);
    List<Map<String, Object>> letters = letters();
    assertThat(letters)
        .extracting(r -> r.get("field"))
        .containsExactly("place", "place", "details");
    assertThat(letters)
        .extracting(r -> r.get("reason").toString())
        .satisfiesExactly(
            r ->
                assertThat(r)
                    .startsWith("column 'place': Error while reading data, error message: Invalid")
                    .contains("Invalid WKT near 'CIRCLE'")
                    .doesNotContain("gs://"),
            r -> assertThat(r).contains("Latitude must be between -90 and 90 degrees, not 91"),
            r -> assertThat(r).contains("cannot round-trip"));
    assertThat(letters)
        .extracting(r -> r.get("position").toString())
        .satisfiesExactly(
            p -> assertThat(p).matches("row 1 of the load file s0-1-\\S+\\.avro, split 1: 7-14"),
            p -> assertThat(p).matches("row 2 of the load file s0-1-\\S+\\.avro, split 1: 7-14"),
            p -> assertThat(p).matches("row 2 of the load file s0-3-\\S+\\.avro, split 3: 21-24"));
    assertThat(letters)
        .allMatch(r -> r.get("run_id").equals(report.runId()))
        .allMatch(r -> r.get("source").equals("values " + sync.table()));
    assertThat(letters.get(0).get("shown"))
        .isEqualTo(
            "{\"amount\":\"1.5\",\"details\":null,\"id\":9,\"name\":\"row 9\",\"place\":\""
                + CIRCLE
                + "\",\"version\":9}");
    LedgerEntry entry = sync.runs().get(0);
    assertThat(entry.rows().deadLettered()).isEqualTo(3);
    assertThat(staging()).as("tables of loads").isEmpty();
  }

  /** Names of tables for loads that are still there. */
  private List<String> staging() {
    return server
        .rows(
            "SELECT table_name FROM `"
                + BigQueryServer.PROJECT
                + "."
                + BigQueryServer.DATASET
                + "`.INFORMATION_SCHEMA.TABLES WHERE STARTS_WITH(table_name, '"
                + sync.table()
                + "__deltaflow_staging')")
        .stream()
        .map(r -> (String) r.get("table_name"))
        .toList();
  }

  @Test
  void areOfTheColumnThatBigQueryNamesAndNotOfOneThatTheValueSeemsToName() {
    replace(9, "c1 and c0 meet here", null);

    run("--max_bad_records=3");

    assertThat(letters()).extracting(r -> r.get("field")).containsExactly("place");
  }

  @Test
  void countWithTheRowsThatDidNotFitBefore() {
    threeBad();
    values.replace("id", 3L, "row 3", null, null, new BigDecimal("1.555"), 3L);

    assertThatThrownBy(() -> run("--max_bad_records=3"))
        .isInstanceOf(RefusedRunException.class)
        .hasMessageContaining("BigQuery refuses at least ")
        .hasMessageContaining(" rows for " + sync.name() + " and 1 row did not fit before")
        .hasMessageContaining("--max_bad_records is 3; nothing was published")
        .hasMessageContaining("First: Error while reading data");
    assertThat(ids()).isEmpty();
    assertThat(sync.runs().get(0).outcome()).isEqualTo(Outcome.REFUSED);

    RunReport report =
        run(
            "--max_bad_records=4",
            "--quality_checks=[{\"check\": \"not_null\", \"column\": \"name\"}]");

    assertThat(report.rows()).isEqualTo(new RunReport.Rows(24, 20, 20, 0, 0, 4));
    assertThat(letters())
        .filteredOn(r -> r.get("run_id").equals(report.runId()))
        .as("rows that are only checked are shown as the source has them")
        .extracting(r -> r.get("shown").toString().replaceAll(".*\"id\":(\\d+).*", "$1"))
        .containsExactly("3", "9", "10", "24");
  }

  @Test
  void failTheRunWhenNoneMayBeKeptOut() {
    threeBad();

    assertThatThrownBy(() -> run())
        .isInstanceOf(LoadException.class)
        .hasMessageContaining("Error while reading data")
        .hasMessageContaining("the run's files are kept below");
    assertThatThrownBy(() -> run("--value_policies=amount=dead_letter"))
        .isInstanceOf(LoadException.class);
    assertThat(ids()).isEmpty();
  }

  @Test
  void failTheRunWhenAPolicySaysSoForTheColumn() {
    threeBad();

    assertThatThrownBy(() -> run("--max_bad_records=9", "--value_policies=details=fail"))
        .isInstanceOf(RefusedRunException.class)
        .hasMessageContaining("column 'details': Error while reading data")
        .hasMessageContaining("--value_policies");
    assertThat(ids()).isEmpty();
  }

  /** Each attempt's report holds them, whichever published. */
  @ParameterizedTest
  @ValueSource(classes = {RepeatingRunner.class, TwiceAtOnceRunner.class})
  void areKeptOnceAlsoWhenTwoWorkersLookForThem(Class<? extends PipelineRunner<?>> runner) {
    threeBad();
    PipelineOptions options = server.pipelineOptions();
    options.setRunner(runner);

    RunReport report = run(options, "--max_bad_records=3");

    assertThat(report.rows()).isEqualTo(new RunReport.Rows(24, 21, 21, 0, 0, 3));
    assertThat(ids()).hasSize(21).doesNotHaveDuplicates();
    assertThat(letters()).hasSize(3);
  }

  @Test
  void replacingATableByNoRowsIsRefused() {
    values.close();
    values = ValuesTable.create(sync.table(), SCHEMA, "id");
    add(1, CIRCLE, null);
    add(2, CIRCLE, null);

    assertThatThrownBy(
            () ->
                sync.run(
                    "--max_bad_records=9",
                    "--enable_smart_sync=false",
                    "--write_disposition=WRITE_TRUNCATE"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("none of the 2 rows");
    assertThat(letters()).hasSize(2);
    assertThat(sync.runs()).extracting(LedgerEntry::outcome).containsExactly(Outcome.REFUSED);
  }

  @Test
  void correctedOnesAreReplayed() {
    threeBad();
    run("--max_bad_records=3");
    server.rows(
        "UPDATE `"
            + sync.name()
            + "_dead_letters` SET corrected_row = PARSE_JSON(REGEXP_REPLACE(TO_JSON_STRING(`row`),"
            + " '\"[A-Z]+.1 [0-9]+.\"', '\"POINT(7 7)\"')) WHERE field = 'place'");

    RunReport report =
        DeltaFlow.replay(spec(), Optional.empty(), false, server.pipelineOptions())
            .waitUntilFinish();

    assertThat(report.rows()).isEqualTo(new RunReport.Rows(2, 2, 2, 0, 0, 0));
    assertThat(ids()).hasSize(23).contains(9L, 10L).doesNotContain(24L);
    assertThatThrownBy(
            () ->
                DeltaFlow.replay(spec(), Optional.empty(), true, server.pipelineOptions())
                    .waitUntilFinish())
        .as("it is refused again")
        .isInstanceOf(LoadException.class);
  }

  /** A transformed row cannot go through the transformation again. */
  @Test
  void ofTransformedRowsTheyAreShownAsTheyWereToBeLoaded() {
    replace(9, CIRCLE, null);

    run(
        "--max_bad_records=3",
        "--transformation_config={\"field_mappings\": {\"name\": \"label\"},"
            + " \"value_transformations\": {\"label\": {\"type\": \"upper\"}}}");

    Map<String, Object> letter = letters().get(0);
    assertThat(letter.get("row")).isNull();
    assertThat(letter.get("field")).isEqualTo("place");
    assertThat(letter.get("reason").toString())
        .contains(
            "; the row as it was to be loaded: {\"id\":9,\"label\":\"ROW 9\",\"place\":\"CIR");
  }
}
