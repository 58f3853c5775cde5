package io.deltaflow.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.DeltaFlow;
import io.deltaflow.RunReport;
import io.deltaflow.SyncSpec;
import io.deltaflow.emulator.Faults;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.testing.BigQueryServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** BigQuery as a source whose tables change while a run reads them. */
final class BigQuerySourceScenariosTest {
  private static final String SOURCE = "`source-project`.raw_data.events";
  private static final String TARGET = "`test-project`.shop.events";

  private BigQueryServer server;

  @BeforeEach
  void start() {
    server = BigQueryServer.start();
    server.emulator().createDataset("source-project", "raw_data");
    fill();
  }

  private void fill() {
    server.rows(
        "CREATE OR REPLACE TABLE "
            + SOURCE
            + " AS SELECT n AS id, 'before' AS note FROM UNNEST(GENERATE_ARRAY(1, 3000)) AS n");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RunReport run(boolean serverSide, Map<String, String> more) {
    Map<String, String> flags = new HashMap<>(server.destinationFlags("events"));
    flags.put("data_source", "bigquery");
    flags.put("source_bigquery_project", "source-project");
    flags.put("source_bigquery_dataset", "raw_data");
    flags.put("source_bigquery_table", "events");
    flags.put("source_bigquery_storage_endpoint", server.emulator().storageEndpoint());
    flags.put("source_bigquery_server_side", Boolean.toString(serverSide));
    flags.putAll(more);
    return DeltaFlow.launch(SyncSpec.fromFlags(flags), server.pipelineOptions()).waitUntilFinish();
  }

  /** Rows go, come and change places: any mixture of before and after shows. */
  private void change() {
    server.rows("DELETE FROM " + SOURCE + " WHERE id <= 1000");
    server.rows("UPDATE " + SOURCE + " SET id = id - 2000, note = 'after' WHERE TRUE");
    server.rows("INSERT INTO " + SOURCE + " VALUES (9999, 'after')");
  }

  private void assertAsBefore(RunReport report) {
    assertThat(report.rows().inserted()).isEqualTo(3000);
    assertThat(
            server.rows(
                "SELECT COUNT(*) AS n, COUNT(DISTINCT id) AS ids, MIN(id) AS low, MAX(id) AS high,"
                    + " COUNTIF(note = 'before') AS old FROM "
                    + TARGET))
        .isEqualTo(
            List.of(Map.of("n", 3000L, "ids", 3000L, "low", 1L, "high", 3000L, "old", 3000L)));
  }

  @Test
  void s57_allReadsOfARunShowOneInstant() {
    Faults.Fault between =
        server.emulator().faults().onCall("ReadRows", ".*").nth(2).meanwhile(this::change);
    RunReport report = run(false, Map.of("splits", "4"));
    assertThat(between.fired()).isEqualTo(1);
    assertAsBefore(report);
  }

  @Test
  void s57_rowsThatChangeBetweenPlanAndReadAreReadAsTheyWere() {
    for (boolean serverSide : List.of(false, true)) {
      try (CrashPoints.Hook planned = CrashPoints.on(CrashPoints.AFTER_PLAN, this::change)) {
        RunReport report = run(serverSide, Map.of("write_disposition", "WRITE_TRUNCATE"));
        assertThat(report.sources().get(0).serverSide()).isEqualTo(serverSide);
        assertAsBefore(report);
      }
      fill();
    }
  }

  @Test
  void s57_rowsThatChangeWhileTheReadBeginsAreReadAsTheyWere() {
    for (Map<String, String> what :
        List.of(
            Map.<String, String>of(),
            Map.of("source_bigquery_query", "SELECT * FROM events WHERE id > 0"))) {
      Faults.Fault between =
          server.emulator().faults().onCall("CreateReadSession", ".*").meanwhile(this::change);
      Map<String, String> flags = new HashMap<>(what);
      flags.put("write_disposition", "WRITE_TRUNCATE");
      RunReport report = run(false, flags);
      assertThat(between.fired()).isEqualTo(1);
      assertAsBefore(report);
      fill();
    }
  }
}
