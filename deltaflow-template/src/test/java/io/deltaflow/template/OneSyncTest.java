package io.deltaflow.template;

import static io.deltaflow.template.SyncBed.launch;
import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.testing.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is one sync and what are two, with real servers. */
final class OneSyncTest {
  private static final String CREATE =
      "CREATE TABLE %s (id bigint PRIMARY KEY, name text, updated_at timestamptz NOT NULL)";
  private static final String INSERT =
      "INSERT INTO %s VALUES (%d, '%s', now() - interval '1 hour' + %d * interval '1 minute')";

  private static SyncBed bed;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws IOException {
    bed = SyncBed.start();
  }

  @AfterAll
  static void stop() {
    bed.close();
  }

  private static Map<String, String> smartSync(String table) {
    Map<String, String> flags = bed.flags(table);
    flags.put("enable_smart_sync", "true");
    return flags;
  }

  private static void assertRuns(Map<String, String> flags) {
    assertThat(launch(flags).err()).isEmpty();
  }

  private static String names(String table) throws Exception {
    return bed.query("SELECT STRING_AGG(name, ',' ORDER BY id) FROM shop." + table);
  }

  @Test
  void aTableIsOneSyncWithAndWithoutItsSchema() throws Exception {
    bed.sql(CREATE.formatted("orders"), INSERT.formatted("orders", 1, "a", 1));
    Map<String, String> flags = smartSync("orders");
    flags.put("postgresql_table", "orders");
    assertRuns(flags);
    bed.sql("INSERT INTO orders VALUES (2, 'b', now())");
    bed.awaitVisible("orders");
    flags.put("postgresql_table", "public.orders");
    assertRuns(flags);
    assertThat(names("orders")).isEqualTo("a,b");
    assertThat(bed.query("SELECT COUNT(*) FROM shop.orders__deltaflow_state")).isEqualTo("1");
    assertThat(bed.query("SELECT sync_id FROM shop.orders__deltaflow_state"))
        .isEqualTo("postgresql:shop/public.orders -> bigquery:test-project.shop.orders");
  }

  /** Scenario 16: the same names on another server. */
  @Test
  void anotherServerWithTheSameNamesIsRefusedUntilItIsAccepted() throws Exception {
    bed.sql(CREATE.formatted("users"), INSERT.formatted("users", 1, "a", 1));
    Map<String, String> flags = smartSync("users");
    assertRuns(flags);
    try (PostgresServer other = PostgresServer.start()) {
      other.createDatabase(SyncBed.DATABASE);
      other.executeIn(
          SyncBed.DATABASE,
          CREATE.formatted("users"),
          INSERT.formatted("users", 1, "a", 1),
          INSERT.formatted("users", 2, "new", 2));
      flags.put("postgresql_port", Integer.toString(other.port()));
      flags.put("postgresql_password", other.password());
      String identifier = "SELECT system_identifier FROM pg_control_system()";
      String before = bed.source(identifier);
      String now = other.queryIn(SyncBed.DATABASE, identifier);

      SyncBed.Launched refused = launch(flags);
      assertThat(refused.status()).isEqualTo(1);
      assertThat(refused.err())
          .contains("the system " + before, "--accept_source_system=" + now)
          .doesNotContain("\tat ");
      assertThat(names("users")).isEqualTo("a");

      flags.put("accept_source_system", now);
      assertRuns(flags);
      other.executeIn(SyncBed.DATABASE, "INSERT INTO users VALUES (3, 'c', now())");
      other.queryIn(
          SyncBed.DATABASE,
          "SELECT pg_sleep_until((SELECT max(updated_at) FROM users) + interval '1.1 seconds')");
      assertRuns(flags);
      // The second row is older than the watermark that was accepted.
      assertThat(names("users")).isEqualTo("a,c");
    }
  }

  /** Scenario 16: an older backup of the same server. */
  @Test
  void aSourceThatLostItsNewestRowsIsReported() throws Exception {
    bed.sql(
        CREATE.formatted("items"),
        INSERT.formatted("items", 1, "a", 1),
        INSERT.formatted("items", 2, "b", 2));
    Map<String, String> flags = smartSync("items");
    assertRuns(flags);
    assertThat(bed.query("SELECT maximum_published FROM shop.items__deltaflow_runs"))
        .isEqualTo(
            bed.source(
                "SELECT to_char(max(updated_at) AT TIME ZONE 'UTC',"
                    + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM items"));
    bed.sql("DELETE FROM items WHERE id = 2");
    Path report = folder.resolve("report.json");
    flags.put("report", report.toString());
    assertRuns(flags);
    assertThat(Files.readString(report))
        .contains("no row has the largest updated_at that was ever published");
  }
}
