package io.deltaflow.template;

import static io.deltaflow.template.SyncBed.launch;
import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.RunReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL to the emulator through the template's flags, on the direct runner. */
final class EndToEndTest {
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

  @Test
  void theNextRunBringsOnlyWhatIsNew() throws Exception {
    orders("orders");
    Map<String, String> flags = smartSync("orders");

    RunReport first = run(flags);
    assertThat(first.rows().read()).isEqualTo(100);
    assertThat(first.rows().inserted()).isEqualTo(100);
    assertThat(first.ddl())
        .contains("CREATE TABLE")
        .contains("PARTITION BY")
        .contains("updated_at");
    assertThat(first.window().lo()).isNull();

    bed.sql(
        "INSERT INTO orders SELECT n, 'new', 1.25, now() FROM generate_series(101, 107) n",
        "UPDATE orders SET status = 'paid', updated_at = now() WHERE id <= 3");
    bed.awaitVisible("orders");
    RunReport second = run(flags);

    assertThat(second.rows().read()).isEqualTo(10);
    assertThat(second.rows().inserted()).isEqualTo(7);
    assertThat(second.rows().updated()).isEqualTo(3);
    assertThat(second.window().lo()).isEqualTo(first.window().hi());
    assertThat(second.ddl()).isNull();
    assertThat(bed.query("SELECT COUNT(*) FROM shop.orders")).isEqualTo("107");
    assertThat(bed.query("SELECT COUNT(*) FROM shop.orders WHERE status = 'paid'")).isEqualTo("3");
  }

  @Test
  void aRunWithoutChangesReadsNothingAndLeavesTheTableAlone() throws Exception {
    orders("quiet");
    Map<String, String> flags = smartSync("quiet");
    run(flags);
    String etag = bed.table("quiet").path("etag").asText();
    String modified = bed.table("quiet").path("lastModifiedTime").asText();

    RunReport second = run(flags);

    assertThat(second.rows().read()).isZero();
    assertThat(second.rows().inserted()).isZero();
    assertThat(second.rows().updated()).isZero();
    assertThat(etag).isNotEmpty();
    assertThat(bed.table("quiet").path("etag").asText()).isEqualTo(etag);
    assertThat(bed.table("quiet").path("lastModifiedTime").asText()).isEqualTo(modified);
  }

  @Test
  void aQueryIsSyncedLikeATable() throws Exception {
    orders("queried");
    Map<String, String> flags = bed.flags("queried");
    flags.remove("postgresql_table");
    flags.put("postgresql_query", "SELECT id, status FROM queried WHERE id > 90");

    RunReport report = run(flags);

    assertThat(report.rows().read()).isEqualTo(10);
    assertThat(bed.query("SELECT COUNT(*) FROM shop.queried")).isEqualTo("10");
  }

  @Test
  void theOriginalsLaunchCommandWorksUnchanged() throws Exception {
    orders("users");
    Map<String, String> flags = bed.flags("users");
    flags.remove("postgresql_table");
    flags.put("data_source", "postgresql");
    flags.put("enable_smart_sync", "true");
    flags.put("enable_auto_schema", "true");
    flags.put("source_table_for_schema", "public.users");
    flags.put("partition_field", "updated_at");
    flags.put("clustering_fields", "id,status");
    flags.put(
        "postgresql_base_query",
        "SELECT * FROM users WHERE updated_at > '{start_timestamp}'"
            + " AND updated_at <= '{end_timestamp}' ORDER BY updated_at ASC");

    RunReport first = run(flags);
    bed.sql("INSERT INTO users SELECT n, 'new', 1.25, now() FROM generate_series(101, 104) n");
    bed.awaitVisible("users");
    RunReport second = run(flags);

    assertThat(first.rows().inserted()).isEqualTo(100);
    assertThat(second.rows().inserted()).isEqualTo(4);
    assertThat(bed.query("SELECT COUNT(*) FROM shop.users")).isEqualTo("104");
  }

  @Test
  void truncateReplacesAllRows() throws Exception {
    orders("replaced");
    Map<String, String> flags = bed.flags("replaced");
    run(flags);
    bed.sql("DELETE FROM replaced WHERE id > 40");
    flags.put("write_disposition", "WRITE_TRUNCATE");

    run(flags);

    assertThat(bed.query("SELECT COUNT(*) FROM shop.replaced")).isEqualTo("40");
  }

  private static void orders(String table) {
    bed.sql(
        "CREATE TABLE "
            + table
            + " (id bigint PRIMARY KEY, status text NOT NULL,"
            + " total numeric(10,2), updated_at timestamptz NOT NULL)",
        "INSERT INTO "
            + table
            + " SELECT n, 'new', n * 1.25,"
            + " timestamptz '2025-03-01 00:00Z' + n * interval '1 hour 1 microsecond'"
            + " FROM generate_series(1, 100) n");
  }

  private static Map<String, String> smartSync(String table) {
    Map<String, String> flags = bed.flags(table);
    flags.put("enable_smart_sync", "true");
    flags.put("write_disposition", "WRITE_MERGE");
    return flags;
  }

  private RunReport run(Map<String, String> flags) throws IOException {
    Path report = folder.resolve("report.json");
    flags.put("report", report.toString());
    SyncBed.Launched launched = launch(flags);
    assertThat(launched.err()).isEmpty();
    assertThat(launched.status()).isZero();
    return RunReport.fromJson(Files.readString(report));
  }
}
