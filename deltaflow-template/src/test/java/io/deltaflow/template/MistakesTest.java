package io.deltaflow.template;

import static io.deltaflow.template.SyncBed.launch;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The common mistakes, each by what its user reads. */
final class MistakesTest {
  private static final AtomicInteger TABLES = new AtomicInteger();

  private static SyncBed bed;

  @BeforeAll
  static void start() throws IOException {
    bed = SyncBed.start();
    bed.sql(
        "CREATE TABLE orders (id bigint PRIMARY KEY, status text, paid boolean, created_at"
            + " timestamptz, updated_at timestamptz)",
        "CREATE TABLE salaries (id int PRIMARY KEY, amount numeric(10,2), updated_at timestamptz)",
        "CREATE ROLE guest LOGIN PASSWORD 'guest secret'",
        "CREATE ROLE visitor LOGIN PASSWORD 'visitor secret'",
        "GRANT SELECT ON orders TO guest");
  }

  @AfterAll
  static void stop() {
    bed.close();
  }

  @Test
  void wrongPassword() {
    assertMessage(
            Map.of(
                "postgresql_username", "visitor",
                "postgresql_password", "not the password"))
        .contains("postgresql_password")
        .contains("visitor")
        .doesNotContain("not the password");
  }

  @Test
  void unreachableHost() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    assertMessage(Map.of("postgresql_port", Integer.toString(closed)))
        .contains("127.0.0.1")
        .contains(Integer.toString(closed));
  }

  @Test
  void unknownHost() {
    assertMessage(Map.of("postgresql_host", "no-such-host.invalid"))
        .contains("no-such-host.invalid");
  }

  @Test
  void unknownDatabase() {
    assertMessage(Map.of("postgresql_database", "shpo")).contains("shpo");
  }

  @Test
  void unknownTable() {
    assertMessage(Map.of("postgresql_table", "public.oders")).contains("oders").contains("orders");
  }

  @Test
  void noPermission() {
    assertMessage(
            Map.of(
                "postgresql_username", "guest",
                "postgresql_password", "guest secret",
                "postgresql_table", "public.salaries"))
        .contains("guest")
        .contains("salaries")
        .contains("SELECT");
  }

  @Test
  void emptyQuery() {
    assertMessage(Map.of("postgresql_table", "", "postgresql_query", " ; "))
        .contains("postgresql_query")
        .contains("empty");
  }

  @Test
  void cursorColumnMissing() {
    assertMessage(Map.of("enable_smart_sync", "true", "smart_sync_timestamp_column", "update_at"))
        .contains("smart_sync_timestamp_column")
        .contains("update_at")
        .contains("updated_at");
  }

  @Test
  void cursorColumnOfAnUnusableType() {
    assertMessage(Map.of("enable_smart_sync", "true", "smart_sync_timestamp_column", "paid"))
        .contains("smart_sync_timestamp_column")
        .contains("paid")
        .containsIgnoringCase("bool");
  }

  @Test
  void partitionFieldOfAnUnusableType() {
    assertMessage(Map.of("partition_field", "paid")).contains("partition_field").contains("paid");
  }

  @Test
  void tooManyClusteringFields() {
    assertMessage(Map.of("clustering_fields", "id,status,paid,created_at,updated_at"))
        .contains("clustering_fields")
        .contains("5 fields")
        .contains("at most 4");
  }

  @Test
  void mergeKeyMissing() {
    assertMessage(Map.of("write_disposition", "WRITE_MERGE", "merge_keys", "idd"))
        .contains("merge_keys")
        .contains("idd");
  }

  @Test
  void datasetMissing() {
    assertMessage(Map.of("destination_bigquery_dataset", "no_such_dataset"))
        .contains("no_such_dataset")
        .contains("dataset");
  }

  private static AbstractStringAssert<?> assertMessage(Map<String, String> changes) {
    Map<String, String> flags = bed.flags("orders");
    // Absent, whatever another test has created.
    flags.put("destination_bigquery_table", "orders_" + TABLES.incrementAndGet());
    flags.putAll(changes);
    SyncBed.Launched launched = launch(flags);
    assertThat(launched.status()).isEqualTo(1);
    assertThat(launched.err())
        .as("a message without a stack trace")
        .doesNotContain("\tat ")
        .doesNotContain(bed.password())
        .isNotBlank();
    return assertThat(launched.err());
  }
}
