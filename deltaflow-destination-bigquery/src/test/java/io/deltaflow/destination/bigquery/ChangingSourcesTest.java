package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.DeltaFlow;
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
import org.apache.beam.sdk.schemas.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** A table that is merged from more sources, or fewer, than before. */
class ChangingSourcesTest {
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

  @BeforeEach
  void fill(TestInfo test) {
    table = test.getTestMethod().orElseThrow().getName();
    shop = ValuesTable.create(table + "_shop", schema("clerk"), "id");
    web = ValuesTable.create(table + "_web", schema("browser"), "id");
    add(shop, 1, "Ann", 1);
    add(web, 101, "lynx", 2);
  }

  @AfterEach
  void drop() {
    shop.close();
    web.close();
  }

  private static Schema schema(String own) {
    return Schema.builder()
        .addField("id", FieldTypes.INT64)
        .addNullableField(own, FieldTypes.STRING)
        .addNullableField("updated_at", FieldTypes.TIMESTAMP)
        .build();
  }

  /** A row that the next window holds. */
  private static void add(ValuesTable to, long id, String text, int second) {
    to.add(id, text, T.plusSeconds(second)).clock((T.getEpochSecond() + second + 1) * 1_000_000);
  }

  private RunReport run(String sources, String... flags) {
    Map<String, String> all = new HashMap<>(server.destinationFlags(table));
    all.put("data_source", sources);
    all.put("enable_smart_sync", "true");
    all.put("write_disposition", "WRITE_MERGE");
    if (sources.contains("shop")) {
      all.put("shop_table", shop.name());
    }
    if (sources.contains("web")) {
      all.put("web_table", web.name());
    }
    for (String flag : flags) {
      int equals = flag.indexOf('=');
      all.put(flag.substring(2, equals), flag.substring(equals + 1));
    }
    SyncSpec spec = SyncSpec.fromFlags(all, TwoSystems.catalog());
    return DeltaFlow.launch(spec, server.pipelineOptions()).waitUntilFinish();
  }

  private List<Object> values(String column) {
    return server
        .rows(
            "SELECT "
                + column
                + " AS v FROM `"
                + BigQueryServer.PROJECT
                + "."
                + BigQueryServer.DATASET
                + "."
                + table
                + "` ORDER BY v")
        .stream()
        .map(r -> r.get("v"))
        .toList();
  }

  private static List<Long> read(RunReport report) {
    return report.sources().stream().map(RunReport.SourceReport::read).toList();
  }

  @Test
  void ofANamedSyncOnlyANewSourceIsReadFromTheBeginning() {
    run("shop", "--sync_id=orders");
    add(shop, 2, "Bob", 5);

    assertThat(read(run("shop,web", "--sync_id=orders"))).containsExactly(1L, 1L);

    assertThat(values("CONCAT(CAST(id AS STRING), IFNULL(browser, '-'))"))
        .containsExactly("1-", "101lynx", "2-");
  }

  @Test
  void aSourceThatComesBackGoesOnFromItsOwnWatermark() {
    run("shop,web", "--sync_id=orders");
    add(web, 102, "w3m", 5);
    add(shop, 2, "Bob", 50);

    assertThat(read(run("shop", "--sync_id=orders"))).containsExactly(1L);
    assertThat(values("id")).containsExactly(1L, 2L, 101L);
    RunReport back = run("shop,web", "--sync_id=orders");

    assertThat(read(back)).containsExactly(0L, 1L);
    assertThat(values("id")).containsExactly(1L, 2L, 101L, 102L);
  }

  @Test
  void withoutANameAnotherSetOfSourcesIsAnotherSyncThatReadsAllOnce() {
    run("shop");

    assertThatThrownBy(
            () ->
                run("shop,web", "--write_disposition=WRITE_APPEND", "--schema_evolution=additive"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("has rows of another sync");
    assertThatThrownBy(() -> run("shop,web"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("browser");
    assertThat(read(run("shop,web", "--schema_evolution=additive"))).containsExactly(1L, 1L);
    assertThat(values("id")).containsExactly(1L, 101L);
    // The order in which they are named makes no other sync.
    assertThat(read(run("web,shop"))).containsExactly(0L, 0L);
  }

  @Test
  void rowsOfOneKeyAreTwoWhereTheSourceIsAmongTheKeys() {
    add(web, 1, "links", 3);

    run("shop,web", "--source_column=_source", "--merge_keys=_source,id");

    assertThat(values("CONCAT(_source, CAST(id AS STRING))"))
        .containsExactly("shop1", "web1", "web101");
  }

  @Test
  void rowsOfOneKeyAreOneElseOfWhichTheNewestWins() {
    add(web, 1, "links", 3);

    run("shop,web");

    assertThat(values("CONCAT(CAST(id AS STRING), IFNULL(browser, '-'))"))
        .containsExactly("101lynx", "1links");
  }
}
