package io.deltaflow.source.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.DeltaFlow;
import io.deltaflow.RunReport;
import io.deltaflow.SyncSpec;
import io.deltaflow.testing.BigQueryServer;
import io.deltaflow.testing.MongoServer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whole runs into the emulator. */
class EndToEndTest {
  private static MongoServer mongo;
  private static BigQueryServer bigQuery;

  @BeforeAll
  static void start() {
    mongo = MongoServer.start();
    bigQuery = BigQueryServer.start();
  }

  @AfterAll
  static void stop() {
    bigQuery.close();
    mongo.close();
  }

  private static Map<String, String> flags(String table) {
    Map<String, String> flags = new HashMap<>(bigQuery.destinationFlags(table));
    flags.put("data_source", "mongodb");
    flags.put("mongodb_host", mongo.host());
    flags.put("mongodb_port", Integer.toString(mongo.port()));
    return flags;
  }

  private static RunReport run(Map<String, String> flags) {
    return DeltaFlow.launch(SyncSpec.fromFlags(flags), bigQuery.pipelineOptions())
        .waitUntilFinish();
  }

  private static void assertEqualTables(Map<String, String> flags) {
    assertThat(DeltaFlow.verify(SyncSpec.fromFlags(flags), bigQuery.pipelineOptions()).isEqual())
        .isTrue();
  }

  private static BsonDocument order(int id, String status, Instant at) {
    return new BsonDocument("_id", new BsonInt32(id))
        .append("status", new BsonString(status))
        .append("total", new BsonInt64(9_007_199_254_740_993L))
        .append("place", BsonDocument.parse("{city: 'Ulm', n: {$numberLong: '9007199254740993'}}"))
        .append("updated_at", new BsonDateTime(at.toEpochMilli()));
  }

  @Test
  void smartSyncBringsWhatIsNewAndNothingTwice() {
    var orders = mongo.client().getDatabase("shop").getCollection("orders", BsonDocument.class);
    Instant old = Instant.now().minusSeconds(7200);
    for (int i = 0; i < 100; i++) {
      orders.insertOne(order(i, "new", old.plusSeconds(i)));
    }
    orders.insertOne(order(500, "future", Instant.now().plusSeconds(3600)));
    Map<String, String> flags = flags("orders");
    flags.put("mongodb_database", "shop");
    flags.put("mongodb_collection", "orders");
    flags.put("enable_smart_sync", "true");
    flags.put("write_disposition", "WRITE_MERGE");

    RunReport first = run(flags);
    assertThat(first.rows().read()).isEqualTo(100);
    assertThat(first.rows().inserted()).isEqualTo(100);
    assertThat(first.rows().deferred()).isEqualTo(1);
    assertThat(first.ddl()).contains("PARTITION BY");
    Instant watermark = Instant.parse(first.window().hi());

    // Stamped as the first run could not see yet; a run reads it once the server's clock allows.
    orders.deleteOne(new BsonDocument("_id", new BsonInt32(500)));
    orders.replaceOne(
        new BsonDocument("_id", new BsonInt32(7)), order(7, "paid", watermark.plusMillis(1)));
    orders.insertOne(order(101, "new", watermark.plusMillis(1)));
    org.awaitility.Awaitility.await()
        .atMost(java.time.Duration.ofSeconds(30))
        .until(() -> Instant.now().minusSeconds(60).isAfter(watermark.plusMillis(2)));
    RunReport second = run(flags);

    assertThat(second.window().lo()).isEqualTo(first.window().hi());
    assertThat(second.rows().read()).isEqualTo(2);
    assertThat(second.rows().inserted()).isEqualTo(1);
    assertThat(second.rows().updated()).isEqualTo(1);
    assertEqualTables(flags);
    assertThat(bigQuery.rows("SELECT status FROM `test-project`.shop.orders WHERE _id = 7"))
        .containsExactly(Map.of("status", "paid"));
    RunReport third = run(flags);
    assertThat(third.rows().read()).isZero();
  }

  @Test
  void s33_idsOfMixedTypesArriveAll() {
    mongo.insert(
        "shop",
        "mixed",
        "{_id: 1, n: 1}",
        "{_id: 'a', n: 2}",
        "{_id: {$oid: '507f1f77bcf86cd799439011'}, n: 3}",
        "{_id: {k: 1}, n: 4}");
    Map<String, String> flags = flags("mixed");
    flags.put("source_table_for_schema", "shop.mixed");
    flags.put("write_disposition", "WRITE_MERGE");
    flags.put("partition_field", "");
    run(flags);
    run(flags);
    assertThat(bigQuery.rows("SELECT _id, n FROM `test-project`.shop.mixed ORDER BY n"))
        .extracting(r -> r.get("_id"))
        .containsExactly("1", "a", "507f1f77bcf86cd799439011", "{\"k\":1}");
    assertEqualTables(flags);
  }

  @Test
  void documentsThatDoNotFitBecomeDeadLetters() {
    List<String> documents = new java.util.ArrayList<>();
    for (int i = 0; i < 500; i++) {
      documents.add("{_id: " + i + ", n: 1, at: {$date: '2024-01-01T00:00:00Z'}}");
    }
    documents.set(321, "{_id: 321, n: 'many', at: {$date: '2024-01-01T00:00:00Z'}}");
    documents.set(322, "{_id: 322, n: 2, at: {$date: {$numberLong: '253402300800000'}}}");
    documents.set(323, "{_id: 323, n: 3, extra: 'x'}");
    mongo.insert("shop", "spoilt", documents.toArray(new String[0]));
    Map<String, String> flags = flags("spoilt");
    flags.put("source_table_for_schema", "shop.spoilt");
    flags.put("mongodb_sample_size", "2");
    flags.put("partition_field", "");
    flags.put("max_bad_records", "3");

    RunReport report = run(flags);

    assertThat(report.rows().inserted()).isEqualTo(497);
    assertThat(report.rows().deadLettered()).isEqualTo(3);
    List<Map<String, Object>> letters =
        bigQuery.rows(
            "SELECT field, reason, TO_JSON_STRING(d.row) AS original FROM"
                + " `test-project`.shop.spoilt_dead_letters d ORDER BY field");
    assertThat(letters).extracting(l -> l.get("field")).containsExactly("at", "extra", "n");
    assertThat(letters.get(0).get("original").toString())
        .contains("\"_id\":322", "+10000-01-01T00:00:00Z");
    assertThat(letters.get(1).get("original").toString()).contains("\"_id\":323", "\"n\":3");
    assertThat(letters.get(2).get("original").toString()).contains("\"_id\":321", "\"many\"");
    assertThat(letters.get(2).get("reason").toString())
        .contains("found a value of the type string", "_id 321");
  }

  /** The original's example "MongoDB to BigQuery with Auto-Schema", with its very flags. */
  @Test
  void theOriginalsExampleRunsUnchanged() {
    mongo.insert(
        "user_data",
        "profiles",
        profile("u1", "DE", "active", true, "2024-01-01T10:00:00Z"),
        profile("u2", "FR", "active", true, "2024-01-02T10:00:00Z"),
        profile("u3", "DE", "active", false, "2024-01-03T10:00:00Z"),
        profile("u4", "IT", "gone", true, "2024-01-04T10:00:00Z"),
        "{user_id: 'u5', country: 'DE', status: 'active', verified: true, created_at: {$date:"
            + " '2024-01-05T10:00:00Z'}, tags: ['x', {$numberDecimal: '1.5'}], nick: null}");
    Map<String, String> flags = flags("user_profiles");
    flags.put("mongodb_database", "user_data");
    flags.put("mongodb_collection", "profiles");
    flags.put("mongodb_query", "{\"status\":\"active\",\"verified\":true}");
    flags.put("enable_auto_schema", "true");
    flags.put("source_table_for_schema", "user_data.profiles");
    flags.put("partition_field", "created_at");
    flags.put("clustering_fields", "user_id,country");

    RunReport report = run(flags);

    assertThat(report.rows().read()).isEqualTo(3);
    assertThat(report.ddl()).contains("PARTITION BY").contains("created_at").contains("CLUSTER BY");
    List<Map<String, Object>> rows =
        bigQuery.rows(
            "SELECT user_id, country, status, verified, FORMAT_TIMESTAMP('%FT%TZ', created_at) AS"
                + " made, TO_JSON_STRING(tags) AS tags FROM `test-project`.shop.user_profiles ORDER"
                + " BY user_id");
    assertThat(rows)
        .extracting(
            r ->
                r.get("user_id")
                    + " "
                    + r.get("country")
                    + " "
                    + r.get("status")
                    + " "
                    + r.get("verified")
                    + " "
                    + r.get("made")
                    + " "
                    + r.get("tags"))
        .containsExactly(
            "u1 DE active true 2024-01-01T10:00:00Z [\"a\"]",
            "u2 FR active true 2024-01-02T10:00:00Z [\"a\"]",
            "u5 DE active true 2024-01-05T10:00:00Z [\"x\",{\"$numberDecimal\":\"1.5\"}]");
    assertEqualTables(flags);
  }

  private static String profile(
      String user, String country, String status, boolean verified, String at) {
    return "{user_id: '"
        + user
        + "', country: '"
        + country
        + "', status: '"
        + status
        + "', verified: "
        + verified
        + ", created_at: {$date: '"
        + at
        + "'}, tags: ['a']}";
  }
}
