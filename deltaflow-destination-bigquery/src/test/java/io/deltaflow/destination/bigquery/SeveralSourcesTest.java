package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.DeltaFlow;
import io.deltaflow.Proof;
import io.deltaflow.RunReport;
import io.deltaflow.SyncSpec;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.testing.BigQueryServer;
import io.deltaflow.testing.ValuesTable;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** One run that reads several sources into one table. */
class SeveralSourcesTest {
  private static final Instant T = Instant.parse("2026-03-01T10:00:00Z");
  private static BigQueryServer server;

  private ValuesTable shop;
  private ValuesTable web;
  private String table;

  @BeforeAll
  static void start() {
    server = BigQueryServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void drop() {
    shop.close();
    web.close();
  }

  private void tables(TestInfo test, Schema first, Schema second) {
    table = test.getTestMethod().orElseThrow().getName();
    shop = ValuesTable.create(table + "_shop", first, "id");
    web = ValuesTable.create(table + "_web", second, "ID");
  }

  private SyncSpec spec(String... flags) {
    Map<String, String> all = new HashMap<>(server.destinationFlags(table));
    all.put("data_source", "shop,web");
    all.put("shop_table", shop.name());
    all.put("web_table", web.name());
    for (String flag : flags) {
      int equals = flag.indexOf('=');
      all.put(flag.substring(2, equals), flag.substring(equals + 1));
    }
    return SyncSpec.fromFlags(all, TwoSystems.catalog());
  }

  private RunReport run(String... flags) {
    return DeltaFlow.launch(spec(flags), server.pipelineOptions()).waitUntilFinish();
  }

  private List<Map<String, Object>> rows(String columns) {
    return server.rows(
        "SELECT "
            + columns
            + " FROM `"
            + BigQueryServer.PROJECT
            + "."
            + BigQueryServer.DATASET
            + "."
            + table
            + "` ORDER BY id");
  }

  private static Schema shopSchema() {
    return Schema.builder()
        .addField("id", FieldTypes.INT64)
        .addNullableField("amount", FieldTypes.INT64)
        .addNullableField("clerk", FieldTypes.STRING)
        .addNullableField("updated_at", FieldTypes.TIMESTAMP)
        .build();
  }

  private static Schema webSchema() {
    return Schema.builder()
        .addNullableField("updated_at", FieldTypes.TIMESTAMP)
        .addNullableField("browser", FieldTypes.STRING)
        .addNullableField("Amount", FieldTypes.numeric(12, 2))
        .addField("ID", FieldTypes.INT64)
        .build();
  }

  @Test
  void rowsOfBothAreInOneTableWithTheColumnsOfBoth(TestInfo test) {
    tables(test, shopSchema(), webSchema());
    for (long id = 1; id <= 7; id++) {
      shop.add(id, id * 10, "Ann", T.plusSeconds(id));
      web.add(T.plusSeconds(id), "lynx", new java.math.BigDecimal("0.50"), 100 + id);
    }

    RunReport report = run("--source_column=_source", "--write_disposition=WRITE_MERGE");

    assertThat(report.rows().inserted()).isEqualTo(14);
    assertThat(report.sources()).extracting(RunReport.SourceReport::read).containsExactly(7L, 7L);
    assertThat(rows("id, CAST(amount AS STRING) AS amount, clerk, browser, _source"))
        .hasSize(14)
        .startsWith(row(1, "10", "Ann", null, "shop"))
        .endsWith(row(107, "0.5", null, "lynx", "web"));
    Proof proof = DeltaFlow.verify(spec("--source_column=_source"), server.pipelineOptions());
    assertThat(proof.isEqual()).isTrue();
    assertThat(proof.source().count()).isEqualTo(14);
  }

  @Test
  void rowsWithTheSameKeyAreTwoWhereTheirSourcesAreToldApart(TestInfo test) {
    tables(test, shopSchema(), webSchema());
    shop.add(1L, 10L, "Ann", T);
    web.add(T.plusSeconds(1), "lynx", null, 1L);

    run("--source_column=_source", "--write_disposition=WRITE_MERGE");
    run("--source_column=_source", "--write_disposition=WRITE_MERGE");

    assertThat(rows("id, _source")).hasSize(2);
    assertThatThrownBy(() -> run("--source_column=_source", "--max_bad_records=-1"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--max_bad_records: -1 is not between 0 and");
  }

  private static Map<String, Object> row(
      long id, String amount, String clerk, String browser, String source) {
    Map<String, Object> row = new HashMap<>();
    row.put("id", id);
    row.put("amount", amount);
    row.put("clerk", clerk);
    row.put("browser", browser);
    row.put("_source", source);
    return row;
  }

  @Test
  void eachSourceGoesOnFromItsOwnWatermark(TestInfo test) {
    tables(test, shopSchema(), webSchema());
    String[] flags = {"--enable_smart_sync=true", "--write_disposition=WRITE_MERGE"};
    shop.add(1L, 1L, "Ann", T.plusSeconds(1)).clock(micro(T.plusSeconds(10)));
    web.add(T.plusSeconds(2), "lynx", null, 101L).clock(micro(T.plusSeconds(100)));
    RunReport first = run(flags);
    assertThat(first.sources())
        .extracting(s -> s.window().hi())
        .containsExactly("2026-03-01T10:00:10.000000Z", "2026-03-01T10:01:40.000000Z");

    assertThat(run(flags).warnings())
        .as("that the shop's rows are below the web's largest is no loss")
        .isEmpty();

    // Between the two watermarks, which for the shop is new and for the web can be no more.
    shop.add(2L, 2L, "Bob", T.plusSeconds(50)).clock(micro(T.plusSeconds(60)));
    RunReport second = run(flags);

    assertThat(second.sources())
        .extracting(s -> s.window().lo())
        .containsExactly("2026-03-01T10:00:10.000000Z", "2026-03-01T10:01:40.000000Z");
    assertThat(second.sources()).extracting(RunReport.SourceReport::read).containsExactly(1L, 0L);
    assertThat(second.warnings()).isEmpty();
    assertThat(rows("id")).extracting(r -> r.get("id")).containsExactly(1L, 2L, 101L);
    assertThat(DeltaFlow.verify(spec(flags), server.pipelineOptions()).isEqual()).isTrue();
  }

  private static long micro(Instant instant) {
    return instant.getEpochSecond() * 1_000_000;
  }

  @Test
  void columnsThatCannotBeUnifiedFailTheRunBeforeAnythingIsCreated(TestInfo test) {
    tables(
        test,
        shopSchema(),
        Schema.builder()
            .addField("ID", FieldTypes.INT64)
            .addNullableField("clerk", FieldTypes.BOOL)
            .build());

    assertThatThrownBy(() -> run())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("column 'clerk' is STRING in values " + shop.name())
        .hasMessageContaining("and BOOL in values " + web.name());
    assertThatThrownBy(() -> rows("*")).hasMessageContaining("Not found");
  }

  @Test
  void aColumnThatIsCarriedAsTextUnifiesWhatOtherwiseWouldNot(TestInfo test) {
    tables(
        test,
        shopSchema(),
        Schema.builder()
            .addField("ID", FieldTypes.INT64)
            .addNullableField("clerk", FieldTypes.BOOL)
            .build());
    shop.add(1L, 1L, "Ann", T);
    web.add(2L, true);

    run("--value_policies=clerk=string");

    assertThat(rows("clerk")).extracting(r -> r.get("clerk")).containsExactly("Ann", "true");
  }

  @Test
  void aTableOfOthersIsNotTakenOverBySeveralSources(TestInfo test) {
    tables(test, shopSchema(), webSchema());
    shop.add(1L, 1L, "Ann", T);
    web.add(T, "lynx", null, 2L);
    server.rows(
        "CREATE TABLE `"
            + BigQueryServer.PROJECT
            + "."
            + BigQueryServer.DATASET
            + "."
            + table
            + "` AS SELECT 1 AS id, 1 AS amount, 'Ann' AS clerk, TIMESTAMP '2026-03-01 10:00:00Z'"
            + " AS updated_at, 'lynx' AS browser");

    assertThatThrownBy(() -> run("--enable_smart_sync=true"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("has rows of which nothing tells the source")
        .hasMessageContaining("WRITE_MERGE");
  }

  @Test
  void aSourceThatIsNamedTwiceIsRefused(TestInfo test) {
    tables(test, shopSchema(), webSchema());

    assertThatThrownBy(() -> spec("--data_source=shop,shop"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--data_source names 'shop' twice");
  }

  @Test
  void aColumnForTheSourceMustNotBeThereAlready(TestInfo test) {
    tables(test, shopSchema(), webSchema());

    assertThatThrownBy(() -> run("--source_column=Clerk"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--source_column=Clerk")
        .hasMessageContaining("has a column of that name");
  }

  @Test
  void theSyncOfSeveralSourcesCanBeResetAndAdopted(TestInfo test) {
    tables(test, shopSchema(), webSchema());
    String[] flags = {"--enable_smart_sync=true", "--write_disposition=WRITE_MERGE"};
    shop.add(1L, 1L, "Ann", T);
    web.add(T.plusSeconds(1), "lynx", null, 2L);
    run(flags);

    assertThat(DeltaFlow.reset(spec(flags), server.pipelineOptions()).removed()).hasSize(2);
    assertThatThrownBy(() -> DeltaFlow.adopt(spec(flags), server.pipelineOptions()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("says nothing about each of several sources");
    DeltaFlow.adopt(spec(flags), T.toString(), server.pipelineOptions());
    RunReport next = run(flags);
    assertThat(Stream.of(next.sources().get(0), next.sources().get(1)))
        .extracting(s -> s.window().lo())
        .containsOnly("2026-03-01T10:00:00.000000Z");
    assertThat(rows("id")).hasSize(2);
  }

  @Test
  void checksAreOfTheTypesThatTheColumnsHaveTogether(TestInfo test) {
    tables(test, shopSchema(), webSchema());
    shop.add(1L, 0L, "Ann", T).add(2L, 5L, "Ann", T);
    web.add(T, "lynx", new java.math.BigDecimal("0.25"), 3L);
    web.add(T, "lynx", new java.math.BigDecimal("0.75"), 4L);

    RunReport report =
        run(
            "--quality_checks=[{\"check\": \"range\", \"column\": \"amount\", \"min\": 0.5,"
                + " \"action\": \"warn\"}]");

    assertThat(report.failedChecks()).containsExactly(Map.entry("range(amount)", 2L));
    assertThat(rows("CAST(amount AS STRING) AS amount"))
        .extracting(r -> r.get("amount"))
        .containsExactly("0", "5", "0.25", "0.75");
  }

  @Test
  void aPolicyIsOfTheColumnThatTheFieldsOfAllBecome(TestInfo test) {
    tables(
        test,
        shopSchema(),
        Schema.builder()
            .addField("ID", FieldTypes.INT64)
            .addNullableField("Clerk", FieldTypes.BOOL)
            .build());
    shop.add(1L, 1L, "Ann", T);
    web.add(2L, true);

    assertThatThrownBy(() -> run()).hasMessageContaining("(--value_policies=clerk=string)");
    run("--value_policies=clerk=string");

    assertThat(rows("clerk")).extracting(r -> r.get("clerk")).containsExactly("Ann", "true");
  }

  @Test
  void rowsThatWereKeptOutWereReadToo(TestInfo test) {
    tables(test, shopSchema(), webSchema());
    shop.add(1L, 1L, "Ann", T).add(2L, -1L, "Ann", T);
    web.add(T, "lynx", null, 3L);

    RunReport report =
        run(
            "--max_bad_records=1",
            "--quality_checks=[{\"check\": \"range\", \"column\": \"amount\", \"min\": 0,"
                + " \"action\": \"dead_letter\"}]");

    assertThat(report.rows().read()).isEqualTo(3);
    assertThat(report.sources()).extracting(RunReport.SourceReport::read).containsExactly(2L, 1L);
  }
}
