package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.DeltaFlow;
import io.deltaflow.Proof;
import io.deltaflow.RunReport;
import io.deltaflow.SyncSpec;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.BadValueException;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.QualityCheckException;
import io.deltaflow.testing.BigQueryServer;
import io.deltaflow.testing.ValuesTable;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Syncs whose rows are transformed and checked on their way. */
class TransformedSyncTest {
  private static final Instant T = Instant.parse("2026-03-01T10:00:00Z");
  private static final Schema SCHEMA =
      Schema.builder()
          .addField("ID", FieldTypes.INT64)
          .addNullableField("mail", FieldTypes.STRING)
          .addNullableField("amount", FieldTypes.STRING)
          .addNullableField("units", FieldTypes.INT64)
          .addField("changed", FieldTypes.TIMESTAMP)
          .build();
  private static final String CONFIG =
      """
      {"field_mappings": {"ID": "order_id", "changed": "updated_at"},
       "type_conversions": {"amount": "float"},
       "default_values": {"units": 1},
       "value_transformations": {"mail": {"type": "hash", "key": "p3pper"}},
       "calculated_fields": {"total": "amount + units"}}
      """;
  private static BigQueryServer server;

  private ValuesTable values;

  @BeforeAll
  static void start() {
    server = BigQueryServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void fill(TestInfo test) {
    values = ValuesTable.create(test.getTestMethod().orElseThrow().getName(), SCHEMA, "ID");
    add(1, "a@example.com", "1.5", 2L);
    add(2, "b@example.com", "2.5", null);
    add(3, null, null, 3L);
  }

  @AfterEach
  void drop() {
    values.close();
  }

  private void add(long id, String mail, String amount, Long units) {
    values.add(id, mail, amount, units, T.plusSeconds(id));
  }

  private SyncSpec spec(String... more) {
    Map<String, String> flags = new HashMap<>(server.destinationFlags(values.name()));
    flags.put("data_source", "values");
    flags.put("values_table", values.name());
    flags.put("write_disposition", "WRITE_MERGE");
    for (int i = 0; i < more.length; i += 2) {
      flags.put(more[i], more[i + 1]);
    }
    return SyncSpec.fromFlags(flags);
  }

  private RunReport run(String... more) {
    return DeltaFlow.launch(spec(more), server.pipelineOptions()).waitUntilFinish();
  }

  private List<List<Object>> rows(String columns, String suffix) {
    List<List<Object>> rows = new ArrayList<>();
    for (Map<String, Object> row :
        server.rows(
            "SELECT "
                + columns
                + " FROM `"
                + BigQueryServer.PROJECT
                + "."
                + BigQueryServer.DATASET
                + "."
                + values.name()
                + suffix
                + "` ORDER BY 1")) {
      rows.add(new ArrayList<>(row.values()));
    }
    return rows;
  }

  private static List<Object> row(Object... cells) {
    List<Object> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(cell);
    }
    return row;
  }

  @Test
  void theTableHasTheRowsAsTheyAreTransformed() {
    run("transformation_config", CONFIG);

    assertThat(rows("order_id, LENGTH(mail), amount, units, total", ""))
        .containsExactly(
            row(1L, 64L, 1.5, 2L, 3.5), row(2L, 64L, 2.5, 1L, 3.5), row(3L, null, null, 3L, null));
    Proof proof = DeltaFlow.verify(spec("transformation_config", CONFIG), server.pipelineOptions());
    assertThat(proof.isEqual()).isTrue();
    assertThat(proof.source().count()).isEqualTo(3);
  }

  @Test
  void keysAndCursorMayHaveOtherNamesInTheTable() {
    String[] flags = {
      "transformation_config",
      CONFIG,
      "enable_smart_sync",
      "true",
      "smart_sync_timestamp_column",
      "changed"
    };
    assertThat(run(flags).rows().inserted()).isEqualTo(3);
    values.replace("ID", 2L, "new@example.com", "9", 1L, T.plusSeconds(20));
    add(4, null, null, null);
    values.replace("ID", 4L, null, null, null, T.plusSeconds(21));

    RunReport second = run(flags);

    assertThat(second.rows()).isEqualTo(new RunReport.Rows(2, 2, 1, 1, 0, 0));
    assertThat(second.window().cursor()).isEqualTo("changed");
    assertThat(rows("order_id, amount", ""))
        .containsExactly(row(1L, 1.5), row(2L, 9.0), row(3L, null), row(4L, null));
    assertThat(DeltaFlow.verify(spec(flags), server.pipelineOptions()).isEqual()).isTrue();
  }

  @Test
  void aTableOfAnotherSystemIsTakenOverByTheCursorsNewName() {
    server.rows(
        "CREATE TABLE `"
            + BigQueryServer.PROJECT
            + "."
            + BigQueryServer.DATASET
            + "."
            + values.name()
            + "` AS SELECT 1 AS order_id, 'x' AS mail, 1.5 AS amount, 2 AS units, TIMESTAMP"
            + " '2026-03-01 10:00:01Z' AS updated_at, 3.5 AS total");

    RunReport report =
        run(
            "transformation_config",
            CONFIG,
            "enable_smart_sync",
            "true",
            "smart_sync_timestamp_column",
            "changed");

    assertThat(report.rows().inserted()).isEqualTo(2);
    assertThat(report.window().lo()).isEqualTo("2026-03-01T10:00:01.000001Z");
  }

  @Test
  void theCursorMustStayAsItIs() {
    assertThatThrownBy(
            () ->
                run(
                    "transformation_config",
                    "{\"type_conversions\": {\"changed\": \"string\"}}",
                    "enable_smart_sync",
                    "true",
                    "smart_sync_timestamp_column",
                    "changed"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--transformation_config changes the values of 'changed'");
  }

  @Test
  void everythingThatIsWrongIsSaidBeforeAnythingIsCreated() {
    assertThatThrownBy(
            () ->
                run(
                    "transformation_config",
                    "{\"field_mappings\": {\"idd\": \"x\"}, \"type_conversions\": {\"unit\":"
                        + " \"integer\"}}"))
        .isInstanceOfSatisfying(
            ConfigurationException.class, e -> assertThat(e.problems()).hasSize(2))
        .hasMessageContaining("idd")
        .hasMessageContaining("units");
    assertThatThrownBy(() -> rows("*", "")).hasMessageContaining("Not found");
  }

  @Test
  void aValueThatCannotBeConvertedIsABadRow() {
    add(4, null, "much", null);

    assertThatThrownBy(() -> run("transformation_config", CONFIG))
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining("column 'amount'");
    assertThat(run("transformation_config", CONFIG, "max_bad_records", "1").rows())
        .isEqualTo(new RunReport.Rows(4, 3, 3, 0, 0, 1));
    assertThat(
            rows(
                "field, JSON_VALUE(`row`, '$.amount'), JSON_VALUE(`row`, '$.ID')", "_dead_letters"))
        .as("the row as the source has it")
        .containsExactly(row("amount", "much", "4"));
  }

  @Test
  void eachCheckDoesWhatItsActionSays() {
    add(4, "d@example.com", "4", -1L);
    add(5, "e@example.com", "5", 900L);
    String checks =
        """
        [{"check": "not_null", "column": "mail", "action": "warn", "name": "mail is there"},
         {"check": "range", "column": "units", "min": 0, "action": "dead_letter"},
         {"check": "range", "column": "units", "max": 500, "action": "%s", "name": "few"}]
        """;

    assertThatThrownBy(
            () -> run("quality_checks", checks.formatted("fail"), "max_bad_records", "1"))
        .isInstanceOf(QualityCheckException.class)
        .hasMessageContaining("units")
        .hasMessageContaining("900 is above 500");
    RunReport report = run("quality_checks", checks.formatted("warn"), "max_bad_records", "1");

    assertThat(report.rows()).isEqualTo(new RunReport.Rows(5, 4, 4, 0, 0, 1));
    assertThat(report.failedChecks()).hasSize(2).containsEntry("mail is there", 1L);
    assertThat(rows("field, JSON_VALUE(`row`, '$.units')", "_dead_letters"))
        .containsExactly(row("units", "-1"));
    assertThat(rows("reason", "_dead_letters").get(0).get(0).toString())
        .contains("check '", "-1 is below 0");
    assertThat(
            DeltaFlow.verify(
                    spec("quality_checks", checks.formatted("warn"), "max_bad_records", "1"),
                    server.pipelineOptions())
                .isEqual())
        .as("rows that are kept out are no difference")
        .isTrue();
  }

  @Test
  void rowsAreCheckedTogetherToo() {
    add(4, "a@example.com", null, null);
    String unique = "{\"check\": \"unique\", \"column\": \"mail\", \"action\": \"%s\"}";
    String count = "{\"check\": \"row_count\", \"min\": 5}";
    String fresh = "{\"check\": \"freshness\", \"column\": \"changed\", \"max_age\": \"1s\"}";

    assertThatThrownBy(
            () ->
                run(
                    "quality_checks",
                    "[" + String.join(",", unique.formatted("fail"), count, fresh) + "]"))
        .isInstanceOf(QualityCheckException.class)
        .hasMessageContaining("1 value(s) of mail are in several rows")
        .hasMessageContaining("4 rows, expected at least 5")
        .hasMessageContaining("the newest changed is PT")
        .hasMessageContaining("nothing was published");
    assertThat(rows("ID", "")).isEmpty();

    RunReport warned =
        run(
            "quality_checks",
            ("[" + String.join(",", unique.formatted("warn"), count, fresh) + "]")
                .replace("\"min\": 5}", "\"min\": 4}")
                .replace("\"1s\"", "\"36500d\""));
    assertThat(warned.warnings()).anyMatch(w -> w.contains("1 value(s) of mail"));
    assertThat(rows("ID", "")).hasSize(4);
  }

  @Test
  void rowsThatRepeatEachOtherAreNoDeadLetters() {
    assertThatThrownBy(
            () ->
                run(
                    "quality_checks",
                    "[{\"check\": \"unique\", \"column\": \"mail\", \"action\": \"dead_letter\"}]"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("none can be told to be the wrong one");
  }

  @Test
  void roundingFollowsAFieldToItsNewName() {
    try (ValuesTable prices =
        ValuesTable.create(
            "prices", Schema.builder().addField("p", FieldTypes.numeric(30, 12)).build())) {
      prices.add(new BigDecimal("1.2345678901"));
      Map<String, String> flags = new HashMap<>(server.destinationFlags("prices"));
      flags.put("data_source", "values");
      flags.put("values_table", "prices");
      flags.put("value_policies", "p=round");
      flags.put("transformation_config", "{\"field_mappings\": {\"p\": \"price\"}}");
      server.rows(
          "CREATE TABLE `"
              + BigQueryServer.PROJECT
              + "."
              + BigQueryServer.DATASET
              + ".prices` (price NUMERIC(10, 2))");

      RunReport report =
          DeltaFlow.launch(SyncSpec.fromFlags(flags), server.pipelineOptions()).waitUntilFinish();

      assertThat(report.valuesRounded()).isEqualTo(1);
    }
  }

  @Test
  void rowsWhoseKeysATransformationMakesEqualAreNotMerged() {
    String[] flags = {
      "transformation_config",
      "{\"type_conversions\": {\"ID\": \"string\"}, \"value_transformations\": {\"ID\":"
          + " {\"type\": \"mask\"}}}",
      "enable_smart_sync",
      "true",
      "smart_sync_timestamp_column",
      "changed"
    };

    assertThatThrownBy(() -> run(flags))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--merge_keys")
        .hasMessageContaining("--transformation_config");
  }

  @Test
  void aHashedKeyIsAKey() {
    RunReport report =
        run("transformation_config", "{\"value_transformations\": {\"ID\": {\"type\": \"hash\"}}}");

    assertThat(report.rows().inserted()).isEqualTo(3);
  }

  @Test
  void aPolicyFollowsItsFieldAndNotTheName() {
    try (ValuesTable prices =
        ValuesTable.create(
            "swapped",
            Schema.builder()
                .addField("net", FieldTypes.numeric(30, 12))
                .addField("price", FieldTypes.numeric(30, 12))
                .build())) {
      prices.add(new BigDecimal("1.2345678901"), new BigDecimal("2.2345678901"));
      Map<String, String> flags = new HashMap<>(server.destinationFlags("swapped"));
      flags.put("data_source", "values");
      flags.put("values_table", "swapped");
      flags.put("value_policies", "net=round");
      flags.put(
          "transformation_config",
          "{\"field_mappings\": {\"net\": \"price\", \"price\": \"net\"}}");
      server.rows(
          "CREATE TABLE `"
              + BigQueryServer.PROJECT
              + "."
              + BigQueryServer.DATASET
              + ".swapped` (price NUMERIC(10, 2), net NUMERIC(10, 2))");

      assertThatThrownBy(
              () ->
                  DeltaFlow.launch(SyncSpec.fromFlags(flags), server.pipelineOptions())
                      .waitUntilFinish())
          .isInstanceOf(BadValueException.class)
          .hasMessageContaining("column 'net'")
          .hasMessageContaining("2.2345678901");
    }
  }

  @Test
  void aRenamedCursorIsNotCarriedAsText() {
    assertThatThrownBy(
            () ->
                run(
                    "transformation_config",
                    "{\"field_mappings\": {\"changed\": \"updated_at\"}}",
                    "value_policies",
                    "changed=string",
                    "enable_smart_sync",
                    "true",
                    "smart_sync_timestamp_column",
                    "updated_at"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'changed' is the cursor and cannot be carried as text");
  }

  @Test
  void freshnessOfAColumnThatTheTableIsYetToGet() {
    run();
    String fresh = "[{\"check\": \"freshness\", \"column\": \"seen\", \"max_age\": \"36500d\"}]";

    RunReport report =
        run(
            "transformation_config",
            "{\"calculated_fields\": {\"seen\": \"changed\"}}",
            "quality_checks",
            fresh);

    assertThat(report.rows().updated()).isEqualTo(3);
  }
}
