package io.deltaflow.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.SourceException;
import io.deltaflow.testing.PostgresServer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is one sync and what is another: tables, servers, and the same server at another time. */
@Tag("scenario")
final class OneSyncScenariosTest {
  private static final String IDENTIFIER = "SELECT system_identifier FROM pg_control_system()";

  private static SyncBed bed;

  @BeforeAll
  static void start() {
    bed = SyncBed.start();
  }

  @AfterAll
  static void stop() {
    bed.close();
  }

  @Test
  void aTableIsOneSyncWithAndWithoutItsSchema() {
    OrdersSync sync = bed.orders("names").with("write_disposition", "WRITE_APPEND");
    sync.insert(1, 3);
    sync.rest();
    sync.with("postgresql_table", "names").run();
    sync.insert(4, 5);
    sync.with("postgresql_table", "public.names").assertInSync();
    assertThat(bed.target("SELECT sync_id FROM " + sync.beside("__deltaflow_state")))
        .extracting(r -> r.get("sync_id").toString())
        .singleElement()
        .asString()
        .startsWith("postgresql:shop/public.names -> ");
  }

  @Test
  void s16_anotherServerWithTheSameNamesIsRefusedUntilItIsAccepted() {
    OrdersSync sync = bed.orders("s16_server");
    sync.insert(1, 2);
    sync.assertInSync();
    List<String> before = sync.targetRows();
    try (PostgresServer other = PostgresServer.start()) {
      other.createDatabase(SyncBed.DATABASE);
      other.executeIn(
          SyncBed.DATABASE,
          "CREATE TABLE s16_server (id bigint PRIMARY KEY, note text, amount numeric(10,2) NOT"
              + " NULL DEFAULT 1.5, updated_at timestamptz DEFAULT now())",
          "INSERT INTO s16_server VALUES (7, 'moved')");
      other.queryIn(
          SyncBed.DATABASE,
          "SELECT pg_sleep_until((SELECT max(updated_at) FROM s16_server) + interval '1.1 s')");
      sync.with("postgresql_port", Integer.toString(other.port()));
      String now = other.queryIn(SyncBed.DATABASE, IDENTIFIER);

      assertThatThrownBy(sync::run)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("the system " + bed.source(IDENTIFIER))
          .hasMessageContaining("give --accept_source_system=" + now);
      assertThat(sync.targetRows()).isEqualTo(before);

      sync.with("accept_source_system", now);
      assertThat(sync.run().rows().inserted()).isEqualTo(1);
      assertThat(sync.run().warnings()).isEmpty();
      sync.with("accept_source_system", null);
      assertThat(sync.run().warnings()).as("it is the sync's system now").isEmpty();
    }
  }

  @Test
  void s16_aWatermarkAboveTheSourcesClockIsRefused() {
    OrdersSync sync = bed.orders("s16_clock");
    sync.insert(1, 2);
    sync.assertInSync();
    bed.target(
        "UPDATE "
            + sync.beside("__deltaflow_state")
            + " SET watermarks = REGEXP_REPLACE(watermarks, '\"position\":\"[0-9]*',"
            + " '\"position\":\"2999') WHERE TRUE");
    assertThatThrownBy(sync::run)
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("2999-")
        .hasMessageContaining("after the server's clock");
  }

  @Test
  void s16_aMaximumBelowTheLastPublishedOneWarns() {
    OrdersSync sync = bed.orders("s16_maximum");
    sync.insert(1, 1);
    sync.insert(2, 2);
    assertThat(sync.assertInSync().warnings()).isEmpty();
    assertThat(bed.target("SELECT maximum_published FROM " + sync.beside("__deltaflow_runs")))
        .extracting(r -> r.get("maximum_published"))
        .containsExactly(
            bed.source(
                "SELECT to_char(max(updated_at) AT TIME ZONE 'UTC',"
                    + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM s16_maximum"));
    bed.sql("DELETE FROM s16_maximum WHERE id = 2");
    assertThat(sync.run().warnings())
        .singleElement()
        .asString()
        .contains("no row has the largest updated_at that was ever published");
    sync.insert(3, 3);
    sync.rest();
    assertThat(sync.run().warnings()).isEmpty();
  }

  @Test
  void movingBetweenWatermarkStoresLosesAndDoublesNothing() {
    OrdersSync sync = bed.orders("stores").with("write_disposition", "WRITE_APPEND");
    int row = 0;
    for (String store : List.of("state", "destination", "destination", "state", "destination")) {
      row++;
      sync.insert(row, row);
      assertThat(sync.with("watermark_store", store).assertInSync().rows().read()).isEqualTo(1);
    }
  }
}
