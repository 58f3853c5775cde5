package io.deltaflow.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.DeltaFlow;
import io.deltaflow.Proof;
import io.deltaflow.RunReport;
import io.deltaflow.SyncSpec;
import io.deltaflow.emulator.BigQueryEmulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** BigQuery to BigQuery, through the template's flags, on the direct runner. */
final class BigQueryReplicationTest {
  private static final String SOURCE = "`source-project`.raw_data.events";
  private static final String TARGET = "`analytics-project`.processed_data.events";

  @TempDir Path folder;

  private BigQueryEmulator emulator;
  private final AtomicInteger sessions = new AtomicInteger();

  @BeforeEach
  void start() {
    emulator =
        BigQueryEmulator.builder()
            .dataset("source-project", "raw_data")
            .dataset("analytics-project", "processed_data")
            .dataset("analytics-project", "far_away", "EU")
            .build()
            .start();
    emulator
        .faults()
        .onCall("CreateReadSession", ".*")
        .times(Integer.MAX_VALUE)
        .meanwhile(sessions::incrementAndGet);
    emulator.rows(
        "CREATE TABLE "
            + SOURCE
            + " (id INT64 NOT NULL OPTIONS(description='the event'), kind STRING, amount"
            + " NUMERIC(12, 2), large BIGNUMERIC, ratio FLOAT64, raw BYTES, ok BOOL, day DATE,"
            + " clock TIME, local DATETIME, body JSON, tags ARRAY<STRING>, prices ARRAY<NUMERIC>,"
            + " place STRUCT<city STRING, cost NUMERIC, codes ARRAY<STRUCT<code INT64>>>,"
            + " updated_at TIMESTAMP, PRIMARY KEY (id) NOT ENFORCED) PARTITION BY"
            + " DATE(updated_at)");
    insert(1, 2000);
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  private void insert(int from, int to) {
    emulator.rows(
        "INSERT INTO "
            + SOURCE
            + " SELECT n, IF(MOD(n, 7) = 0, NULL, CONCAT('kind ', CAST(n AS STRING))), CAST(n AS"
            + " NUMERIC) / 4, CAST(n AS BIGNUMERIC) / 8, n / 3, CAST(CAST(n AS STRING) AS BYTES),"
            + " MOD(n, 2) = 0, DATE_ADD(DATE '2024-01-01', INTERVAL MOD(n, 50) DAY), TIME"
            + " '01:02:03.000004', DATETIME '2024-01-02 03:04:05.000006', JSON '{\"a\": [1,"
            + " null]}', [CAST(n AS STRING), 'b'], [CAST(n AS NUMERIC), NUMERIC '0.5'], IF(MOD(n,"
            + " 5) = 0, NULL, STRUCT(CAST(n AS STRING), NUMERIC '1.5', [STRUCT(n), STRUCT(n + 1)])"
            + "), TIMESTAMP_ADD(TIMESTAMP '2024-01-01 00:00:00.000001+00', INTERVAL n MINUTE)"
            + " FROM UNNEST(GENERATE_ARRAY("
            + from
            + ", "
            + to
            + ")) AS n");
  }

  /** The README's flags as they are, and where the servers are. */
  private Map<String, String> flags(String... more) {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("data_source", "bigquery");
    flags.put("source_bigquery_project", "source-project");
    flags.put("source_bigquery_dataset", "raw_data");
    flags.put("source_bigquery_table", "events");
    flags.put("destination_bigquery_project", "analytics-project");
    flags.put("destination_bigquery_dataset", "processed_data");
    flags.put("destination_bigquery_table", "events");
    for (int i = 0; i < more.length; i += 2) {
      flags.put(more[i], more[i + 1]);
    }
    return flags;
  }

  private RunReport run(Map<String, String> flags) throws Exception {
    Map<String, String> all = new LinkedHashMap<>(flags);
    all.put("bigQueryEndpoint", emulator.bigQueryEndpoint());
    all.put("gcsEndpoint", emulator.gcsEndpoint());
    all.put("source_bigquery_storage_endpoint", emulator.storageEndpoint());
    Path report = folder.resolve("report.json");
    Files.deleteIfExists(report);
    all.put("report", report.toString());
    SyncBed.Launched launched = SyncBed.launch(all);
    assertThat(launched.status()).as(launched.err()).isZero();
    return RunReport.fromJson(Files.readString(report));
  }

  private List<Object> rows(String table) {
    return emulator
        .rows("SELECT TO_JSON_STRING(t) AS row FROM " + table + " AS t ORDER BY id")
        .stream()
        .map(r -> r.get("row"))
        .toList();
  }

  private Proof verify(Map<String, String> flags) {
    Map<String, String> all = new HashMap<>(flags);
    all.put("source_bigquery_storage_endpoint", emulator.storageEndpoint());
    return DeltaFlow.verify(
        SyncSpec.fromFlags(all),
        PipelineOptionsFactory.fromArgs(
                "--bigQueryEndpoint=" + emulator.bigQueryEndpoint(),
                "--gcsEndpoint=" + emulator.gcsEndpoint(),
                "--credentialFactoryClass=org.apache.beam.sdk.extensions.gcp.auth.NoopCredentialFactory",
                "--project=analytics-project",
                "--tempLocation=gs://deltaflow-temp/verify")
            .create());
  }

  @Test
  void theReplicationOfTheReadmeCopiesEveryRowInsideBigQuery() throws Exception {
    RunReport report = run(flags());
    assertThat(report.rows().read()).isEqualTo(2000);
    assertThat(report.rows().inserted()).isEqualTo(2000);
    assertThat(report.sources().get(0).serverSide()).isTrue();
    assertThat(report.sources().get(0).read()).isEqualTo(2000);
    assertThat(sessions).hasValue(0);
    assertThat(report.bytes()).isZero();
    assertThat(rows(TARGET)).hasSize(2000).isEqualTo(rows(SOURCE));
    Proof proof = verify(flags());
    assertThat(proof.destination()).isEqualTo(proof.source());
    assertThat(
            emulator.rows(
                "SELECT table_name FROM"
                    + " `analytics-project`.processed_data.INFORMATION_SCHEMA.TABLES WHERE"
                    + " table_name LIKE '%staging%'"))
        .isEmpty();
  }

  @Test
  void workersCopyEveryRowWhereTheyAreWanted() throws Exception {
    RunReport report = run(flags("source_bigquery_server_side", "false"));
    assertThat(report.sources().get(0).serverSide()).isFalse();
    assertThat(report.rows().inserted()).isEqualTo(2000);
    assertThat(sessions).hasValue(1);
    assertThat(rows(TARGET)).hasSize(2000).isEqualTo(rows(SOURCE));
  }

  @Test
  void anotherLocationIsReachedByWorkers() throws Exception {
    RunReport report = run(flags("destination_bigquery_dataset", "far_away"));
    assertThat(report.sources().get(0).serverSide()).isFalse();
    assertThat(rows("`analytics-project`.far_away.events")).isEqualTo(rows(SOURCE));
  }

  @Test
  void aColumnThatIsCheckedRowByRowPassesWorkers() throws Exception {
    RunReport report = run(flags("value_policies", "amount=round"));
    assertThat(report.sources().get(0).serverSide()).isFalse();
    assertThat(rows(TARGET)).isEqualTo(rows(SOURCE));
  }

  @Test
  void exportedFilesCopyEveryRow() throws Exception {
    RunReport report =
        run(
            flags(
                "source_bigquery_server_side", "false",
                "source_bigquery_read_method", "EXPORT",
                "source_bigquery_export_location", "gs://exports/run"));
    assertThat(report.rows().inserted()).isEqualTo(2000);
    assertThat(sessions).hasValue(0);
    assertThat(rows(TARGET)).isEqualTo(rows(SOURCE));
  }

  @Test
  void smartSyncKeepsACopy() throws Exception {
    for (String serverSide : List.of("true", "false")) {
      String table = "copy_" + serverSide;
      Map<String, String> flags =
          flags(
              "enable_smart_sync", "true",
              "write_disposition", "WRITE_MERGE",
              "source_bigquery_longest_write", "0s",
              "source_bigquery_server_side", serverSide,
              "destination_bigquery_table", table);
      String target = "`analytics-project`.processed_data." + table;
      RunReport first = run(flags);
      assertThat(first.sources().get(0).serverSide()).isEqualTo(serverSide.equals("true"));
      assertThat(rows(target)).isEqualTo(rows(SOURCE));

      emulator.rows(
          "UPDATE "
              + SOURCE
              + " SET kind = 'changed', updated_at = CURRENT_TIMESTAMP() WHERE MOD(id, 100) = 0");
      RunReport second = run(flags);
      assertThat(second.window().lo()).isEqualTo(first.window().hi());
      assertThat(second.rows().read()).isEqualTo(20);
      assertThat(second.rows().updated()).isEqualTo(20);
      assertThat(rows(target)).isEqualTo(rows(SOURCE));
      Proof proof = verify(flags);
      assertThat(proof.destination()).isEqualTo(proof.source());

      RunReport third = run(flags);
      assertThat(third.rows().read()).isZero();
      assertThat(rows(target)).isEqualTo(rows(SOURCE));
    }
  }
}
