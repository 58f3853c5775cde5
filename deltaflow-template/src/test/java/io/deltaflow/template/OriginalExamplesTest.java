package io.deltaflow.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoCollection;
import io.deltaflow.RunReport;
import io.deltaflow.emulator.BigQueryEmulator;
import io.deltaflow.testing.MongoServer;
import io.deltaflow.testing.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Examples of the original system's README with their very flags; only where the servers are is
 * another. Those of one source without Smart Sync are in {@link BigQueryReplicationTest} and beside
 * the connector for MongoDB.
 */
final class OriginalExamplesTest {
  private static final String DATABASE = "production_db";
  private static final String EVENTS = "`source-project`.raw_data.events";
  private static final String TARGET = "`analytics-project`.production.";

  private static PostgresServer postgres;
  private static MongoServer mongo;
  private static BigQueryEmulator emulator;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws IOException {
    postgres = PostgresServer.start();
    postgres.createDatabase(DATABASE);
    mongo = MongoServer.start();
    emulator =
        BigQueryEmulator.builder()
            .dataset("source-project", "raw_data")
            .dataset("analytics-project", "production")
            .build()
            .start();
    fillOrders();
    fillProfiles();
    fillEvents();
  }

  @AfterAll
  static void stop() {
    emulator.close();
    mongo.close();
    postgres.close();
  }

  private static void fillOrders() {
    postgres.executeIn(
        DATABASE,
        "CREATE TABLE orders (id bigint PRIMARY KEY, status text, total numeric(10,2), updated_at"
            + " timestamptz NOT NULL)",
        "INSERT INTO orders SELECT n, CASE WHEN n % 7 > 0 THEN 'new' END, n * 1.25, timestamptz"
            + " '2025-03-01 00:00Z' + n * interval '1 hour 1 microsecond' FROM generate_series(1,"
            + " 300) n");
  }

  private static void insertOrder(int id, Instant updated) {
    postgres.executeIn(
        DATABASE, "INSERT INTO orders VALUES (" + id + ", 'late', 9.75, '" + updated + "')");
  }

  private static MongoCollection<Document> profiles() {
    return mongo.client().getDatabase("user_data").getCollection("profiles");
  }

  private static void fillProfiles() {
    Instant joined = Instant.parse("2025-02-01T00:00:00Z");
    for (int i = 1; i <= 40; i++) {
      Instant at = joined.plusSeconds(i * 3600L);
      insertProfile("u" + i, i % 4 == 0 ? "gone" : "active", i % 5 > 0, at);
    }
  }

  private static void insertProfile(String user, String status, boolean verified, Instant at) {
    profiles()
        .insertOne(
            new Document("user_id", user)
                .append("country", user.endsWith("3") ? "DE" : "FR")
                .append("status", status)
                .append("verified", verified)
                .append("created_at", Date.from(at))
                .append("updated_at", Date.from(at)));
  }

  private static void fillEvents() {
    emulator.rows(
        "CREATE TABLE "
            + EVENTS
            + " (id INT64 NOT NULL, kind STRING, updated_at TIMESTAMP NOT NULL)");
    emulator.rows(
        "INSERT INTO "
            + EVENTS
            + " SELECT 1000 + n, CONCAT('kind ', CAST(n AS STRING)), TIMESTAMP_ADD(TIMESTAMP"
            + " '2025-01-01 00:00:00.000001+00', INTERVAL n MINUTE) FROM"
            + " UNNEST(GENERATE_ARRAY(1, 200)) AS n");
  }

  private static void insertEvent(int id, Instant updated) {
    emulator.rows(
        "INSERT INTO " + EVENTS + " VALUES (" + id + ", 'late', TIMESTAMP '" + updated + "')");
  }

  private static void postgresFlags(Map<String, String> flags) {
    flags.put("postgresql_database", DATABASE);
    flags.put("enable_smart_sync", "true");
    flags.put(
        "postgresql_base_query",
        "SELECT * FROM orders WHERE updated_at > '{start_timestamp}' AND updated_at <="
            + " '{end_timestamp}' ORDER BY updated_at ASC");
    flags.put("smart_sync_timestamp_column", "updated_at");
    flags.put("postgresql_host", postgres.host());
    flags.put("postgresql_port", Integer.toString(postgres.port()));
    flags.put("postgresql_username", postgres.username());
    flags.put("postgresql_password", postgres.password());
  }

  private static void mongoFlags(Map<String, String> flags) {
    flags.put("mongodb_database", "user_data");
    flags.put("mongodb_collection", "profiles");
    flags.put("mongodb_query", "{\"status\":\"active\",\"verified\":true}");
    flags.put("enable_auto_schema", "true");
    flags.put("source_table_for_schema", "user_data.profiles");
    flags.put("partition_field", "created_at");
    flags.put("clustering_fields", "user_id,country");
    flags.put("mongodb_host", mongo.host());
    flags.put("mongodb_port", Integer.toString(mongo.port()));
  }

  private static void bigQueryFlags(Map<String, String> flags) {
    flags.put("source_bigquery_project", "source-project");
    flags.put("source_bigquery_dataset", "raw_data");
    flags.put("source_bigquery_table", "events");
    flags.put("source_bigquery_storage_endpoint", emulator.storageEndpoint());
  }

  private static Map<String, String> flags(String sources, String table) {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("data_source", sources);
    flags.put("destination_bigquery_project", "analytics-project");
    flags.put("destination_bigquery_dataset", "production");
    flags.put("destination_bigquery_table", table);
    flags.put("bigQueryEndpoint", emulator.bigQueryEndpoint());
    flags.put("gcsEndpoint", emulator.gcsEndpoint());
    return flags;
  }

  private RunReport run(Map<String, String> flags) throws IOException {
    Path report = folder.resolve("report.json");
    Files.deleteIfExists(report);
    flags.put("report", report.toString());
    SyncBed.Launched launched = SyncBed.launch(flags);
    assertThat(launched.status()).as(launched.err()).isZero();
    return RunReport.fromJson(Files.readString(report));
  }

  private static List<String> orders() {
    return postgres
        .queryIn(
            DATABASE,
            "SELECT string_agg(concat_ws('|', 'order', id, coalesce(status, '-'), (total *"
                + " 100)::bigint, (extract(epoch FROM updated_at) * 1000000)::bigint), E'\\n')"
                + " FROM orders")
        .lines()
        .toList();
  }

  private static List<String> wantedProfiles() {
    List<String> lines = new ArrayList<>();
    for (Document p : profiles().find(new Document("status", "active").append("verified", true))) {
      lines.add(
          String.join(
              "|",
              "profile",
              p.getObjectId("_id").toHexString(),
              p.getString("user_id"),
              p.getString("country"),
              p.getString("status"),
              p.getBoolean("verified").toString(),
              Long.toString(p.getDate("created_at").getTime() * 1000),
              Long.toString(p.getDate("updated_at").getTime() * 1000)));
    }
    return lines;
  }

  private static List<String> lines(String table, String kind, String... columns) {
    return emulator
        .rows(
            "SELECT CONCAT('"
                + kind
                + "', '|', "
                + String.join(", '|', ", columns)
                + ") AS line FROM "
                + table)
        .stream()
        .map(r -> (String) r.get("line"))
        .toList();
  }

  private static List<String> publishedOrders(String table) {
    return lines(
        table,
        "order",
        "CAST(id AS STRING)",
        "IFNULL(status, '-')",
        "CAST(CAST(total * 100 AS INT64) AS STRING)",
        "CAST(UNIX_MICROS(updated_at) AS STRING)");
  }

  private static List<String> publishedProfiles(String table) {
    return lines(
        table,
        "profile",
        "_id",
        "user_id",
        "country",
        "status",
        "CAST(verified AS STRING)",
        "CAST(UNIX_MICROS(created_at) AS STRING)",
        "CAST(UNIX_MICROS(updated_at) AS STRING)");
  }

  private static List<String> events(String table) {
    return lines(
        table, "event", "CAST(id AS STRING)", "kind", "CAST(UNIX_MICROS(updated_at) AS STRING)");
  }

  @Test
  void postgresWithSmartSyncHasEveryRowOfEveryRunOnce() throws Exception {
    Map<String, String> flags = flags("postgresql", "orders");
    postgresFlags(flags);

    RunReport first = run(flags);
    assertThat(publishedOrders(TARGET + "orders"))
        .hasSizeGreaterThanOrEqualTo(300)
        .containsExactlyInAnyOrderElementsOf(orders());

    // Where the second window begins, which the base query's own comparison would leave out.
    insertOrder(2001, Instant.parse(first.window().hi()));
    insertOrder(2002, Instant.parse(first.window().hi()).plusMillis(1));
    RunReport second = run(flags);

    assertThat(second.window().lo()).isEqualTo(first.window().hi());
    assertThat(second.rows().inserted()).isEqualTo(2);
    assertThat(publishedOrders(TARGET + "orders")).containsExactlyInAnyOrderElementsOf(orders());
  }

  @Test
  void threeSourcesTogetherHaveEveryRowOfEachOnce() throws Exception {
    Map<String, String> flags = flags("postgresql,mongodb,bigquery", "combined");
    postgresFlags(flags);
    mongoFlags(flags);
    bigQueryFlags(flags);

    RunReport first = run(flags);
    assertThat(first.ddl()).contains("PARTITION BY DATE(`created_at`)", "`user_id`, `country`");
    assertCombined();

    List<Instant> ends = first.sources().stream().map(s -> Instant.parse(s.window().hi())).toList();
    assertThat(ends).doesNotHaveDuplicates();
    insertOrder(3001, ends.get(0).plusMillis(1));
    insertProfile("u99", "active", true, ends.get(1).plusMillis(1));
    insertProfile("u98", "active", false, ends.get(1).plusMillis(1));
    insertEvent(4001, ends.get(2).plusMillis(1));
    RunReport second = run(flags);

    assertThat(second.sources())
        .extracting(s -> s.window().lo())
        .isEqualTo(first.sources().stream().map(s -> s.window().hi()).toList());
    assertThat(second.sources())
        .extracting(RunReport.SourceReport::read)
        .containsExactly(1L, 1L, 1L);
    assertCombined();
  }

  private static void assertCombined() {
    String all = TARGET + "combined";
    List<String> published =
        Stream.of(
                publishedOrders(all + " WHERE total IS NOT NULL"),
                publishedProfiles(all + " WHERE user_id IS NOT NULL"),
                events(all + " WHERE kind IS NOT NULL"))
            .flatMap(List::stream)
            .toList();
    List<String> held =
        Stream.of(orders(), wantedProfiles(), events(EVENTS)).flatMap(List::stream).toList();
    assertThat(published).hasSizeGreaterThan(500).containsExactlyInAnyOrderElementsOf(held);
    assertThat(emulator.rows("SELECT COUNT(*) AS n FROM " + all).get(0).get("n"))
        .isEqualTo((long) held.size());
  }
}
