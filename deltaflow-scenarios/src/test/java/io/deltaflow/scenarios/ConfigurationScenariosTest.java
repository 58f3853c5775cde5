package io.deltaflow.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.deltaflow.RunReport;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.DeltaFlowException;
import io.deltaflow.testing.BigQueryServer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Configurations that are wrong or hostile: refused with the flag's name, before anything is
 * written. What a connector refuses by itself is tested with the connector, and mistakes in typing
 * with the template.
 */
@Tag("scenario")
final class ConfigurationScenariosTest {
  private static SyncBed bed;

  @BeforeAll
  static void start() {
    bed = SyncBed.start();
    bed.sql("CREATE TABLE keyless (id bigint, note text, updated_at timestamptz NOT NULL)");
    bed.bigQuery().emulator().createDataset(BigQueryServer.PROJECT, "europe", "EU");
  }

  @AfterAll
  static void stop() {
    bed.close();
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        refusal("--merge_keys", "merge_keys", "id`; DROP TABLE x; --"),
        refusal("--merge_keys", "merge_keys", "i\0d"),
        refusal("--smart_sync_timestamp_column", "smart_sync_timestamp_column", "updated_at\" IS"),
        refusal("--smart_sync_timestamp_column", "smart_sync_timestamp_column", "x'; --"),
        refusal("--clustering_fields", "clustering_fields", "note`"),
        refusal("--postgresql_split_column", "postgresql_split_column", "id\"; --"),
        refusal("--destination_bigquery_table", "destination_bigquery_table", "t`; DROP TABLE x"),
        refusal("--destination_bigquery_dataset", "destination_bigquery_dataset", "a.b"),
        refusal("--destination_bigquery_project", "destination_bigquery_project", "p`q"),
        refusal("--postgresql_table", "postgresql_table", "orders; DROP TABLE orders"),
        refusal("--postgresql_host", "postgresql_host", "h?socketFactory=java.lang.Object"),
        refusal("--postgresql_host", "postgresql_host", "jdbc:mysql://h/d"),
        refusal("--postgresql_sslmode", "postgresql_sslmode", "disabled"),
        refusal("--postgresql_source_timezone", "postgresql_source_timezone", "'; --"),
        refusal("--smart_sync_overlap", "smart_sync_overlap", "-1h"),
        refusal("--smart_sync_lag", "smart_sync_lag", "-1"),
        refusal("--splits", "splits", "-3"),
        refusal("--batch_size", "batch_size", "0"),
        refusal("--max_retries", "max_retries", "1e3"));
  }

  private static Arguments refusal(String named, String flag, String value) {
    return Arguments.of(named, flag, value);
  }

  // Reports take no NUL.
  @ParameterizedTest(name = "{0} {index}")
  @MethodSource("refusals")
  void aValueThatCannotBeMeantIsRefusedByItsFlag(String named, String flag, String value) {
    OrdersSync sync = orders("refusals");
    assertRefused(sync.copy().with(flag, value)).hasMessageContaining(named);
    assertNothingWritten(sync);
  }

  /** Whoever may write a configuration must not reach what the machine alone may. */
  @ParameterizedTest
  @ValueSource(
      strings = {"169.254.169.254", "Metadata.google.internal", "metadata", "[fd00:ec2::254]"})
  void aMetadataServerIsNeverContacted(String host) {
    OrdersSync sync = orders("metadata");
    assertRefused(sync.copy().with("postgresql_host", host))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--postgresql_host: '" + host + "' is where cloud machines keep");
    assertNothingWritten(sync);
  }

  @Test
  void everythingThatIsMissingIsSaidAtOnce() {
    OrdersSync sync =
        orders("missing")
            .with("postgresql_host", null)
            .with("postgresql_username", " ")
            .with("destination_bigquery_table", null)
            .with("smart_sync_overlapp", "1h");
    assertRefused(sync)
        .hasMessageContaining("--postgresql_host is required")
        .hasMessageContaining("--postgresql_username is required")
        .hasMessageContaining("--destination_bigquery_table is required")
        .hasMessageContaining(
            "unknown flag --smart_sync_overlapp; did you mean --smart_sync_overlap");
  }

  @Test
  void anOverlapNeedsRowsThatCanBeToldApart() {
    OrdersSync sync = orders("overlap").with("smart_sync_overlap", "1h");
    assertRefused(sync.copy().with("write_disposition", "WRITE_APPEND"))
        .hasMessageContaining("--smart_sync_overlap reads rows again and would double them")
        .hasMessageContaining("--write_disposition=WRITE_MERGE");
    assertRefused(sync.copy().with("postgresql_table", "public.keyless"))
        .hasMessageContaining("--merge_keys is required")
        .hasMessageContaining("keyless has no primary key");
    assertNothingWritten(sync);
  }

  @Test
  void keysThatAreNotUniqueAreNamedBeforeTheCommit() {
    OrdersSync sync = orders("not_unique").with("merge_keys", "note");
    sync.insert(1, 3);
    sync.rest();
    assertRefused(sync)
        .hasMessageContaining("--merge_keys: several rows of the source have the same note")
        .hasMessageContaining("nothing was published");
    assertThat(bed.target("SELECT * FROM " + sync.target())).isEmpty();
    assertThat(sync.with("merge_keys", "id").assertInSync().rows().inserted()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({"text, is of type text", "boolean, is of type bool", "numeric, is of type numeric"})
  void aCursorMustBeOfATypeThatCounts(String type, String message) {
    String table = "cursor_" + type;
    bed.sql("CREATE TABLE " + table + " (id int PRIMARY KEY, updated_at " + type + ")");
    OrdersSync sync = orders("wrong_cursor").with("postgresql_table", table);
    assertRefused(sync)
        .hasMessageContaining("--smart_sync_timestamp_column")
        .hasMessageContaining(message);
    assertNothingWritten(sync);
  }

  @Test
  void rowsWithoutACursorAreCountedAndNeedAPolicy() {
    OrdersSync sync = orders("null_cursor");
    sync.insert(1, 2);
    bed.sql("INSERT INTO null_cursor (id, updated_at) VALUES (3, NULL), (4, NULL)");
    sync.rest();
    assertRefused(sync)
        .hasMessageContaining("has 2 row(s) whose 'updated_at' is NULL")
        .hasMessageContaining("--smart_sync_null_cursor=exclude");
    assertNothingWritten(sync);
    sync.with("smart_sync_null_cursor", "include").assertInSync();
  }

  @Test
  void aLargeTableWithoutAnIndexOnItsCursorIsWarnedOf() {
    OrdersSync sync = orders("unindexed");
    sync.insert(1, 100_000);
    bed.sql("ANALYZE unindexed");
    sync.rest();
    String warning =
        "the cursor column 'updated_at' of public.unindexed has no index, so every run reads the"
            + " whole table to find what is new; CREATE INDEX ON public.unindexed (\"updated_at\")";
    assertThat(sync.run().warnings()).contains(warning);
    bed.sql("CREATE INDEX ON public.unindexed (\"updated_at\")");
    assertThat(sync.run().warnings()).doesNotContain(warning);
  }

  @Test
  void aStateDatasetInAnotherLocationIsRefused() {
    OrdersSync sync = orders("location").with("destination_bigquery_state_dataset", "europe");
    assertRefused(sync)
        .hasMessageContaining("--destination_bigquery_state_dataset: europe is in EU")
        .hasMessageContaining("the destination's dataset shop in US");
    assertNothingWritten(sync);
  }

  /** Edited by hand, or by another program. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "yesterday",
        "[]",
        "{\"%s\": \"2026-01-01T00:00:00Z\"}",
        "{\"%s\": {\"cursor\": \"updated_at\", \"kind\": \"TIMESTAMP\"}}",
        "{\"%s\": {\"cursor\": \"updated_at\", \"kind\": \"HOURS\", \"position\": \"1\"}}",
        "{\"%s\": {\"cursor\": \"updated_at\", \"kind\": \"TIMESTAMP\", \"position\": \"soon\"}}",
        "{\"%s\": {\"cursor\": \"updated_at\", \"kind\": \"TIMESTAMP\", \"position\":"
            + " \"2999-01-01T00:00:00Z\"}}",
        "{\"%s\": {\"cursor\": \"updated_at\", \"kind\": \"INTEGER\", \"position\": \"7\"}}",
        "{\"%s\": {\"cursor\": \"id\", \"kind\": \"INTEGER\", \"position\": \"7\"}}"
      })
  void aTamperedWatermarkStopsTheRun(String json) {
    OrdersSync sync = orders("tampered");
    if (bed.tables().stream()
        .noneMatch(t -> t.at("/tableReference/tableId").asText().equals("tampered"))) {
      sync.insert(1, 3);
      sync.assertInSync();
    }
    String stored = watermarks(sync);
    String identity = stored.substring(2, stored.indexOf("\":"));
    setWatermarks(sync, String.format(java.util.Locale.ROOT, json, identity));
    ReaderView before = ReaderView.of(bed, sync);
    assertThat(catchThrowableOfType(DeltaFlowException.class, sync::run))
        .as("the run with %s", json)
        .isNotNull()
        .satisfies(
            e ->
                assertThat(e.getMessage())
                    .containsAnyOf(
                        "tampered__deltaflow_state cannot be understood",
                        "clock",
                        "is of kind INTEGER",
                        "counted on 'id'"));
    assertThat(ReaderView.of(bed, sync)).isEqualTo(before);
    setWatermarks(sync, stored);
    sync.assertInSync();
  }

  private static String watermarks(OrdersSync sync) {
    return bed.target("SELECT watermarks FROM " + sync.beside("__deltaflow_state"))
        .get(0)
        .get("watermarks")
        .toString();
  }

  private static void setWatermarks(OrdersSync sync, String json) {
    bed.target(
        "UPDATE "
            + sync.beside("__deltaflow_state")
            + " SET watermarks = '''"
            + json
            + "''' WHERE TRUE");
  }

  /** They end where the server reads them, not where a shell, a URL or SQL would. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "p@ss%20w:o/rd?x=1&y=2#z",
        "line one\nline two\r\n",
        " \"'`$\\;--{} ",
        "pässwörd €",
        "%41%zz"
      })
  void aPasswordIsTakenAsItIs(String password) {
    OrdersSync sync = orders("odd_password");
    bed.sql(
        "DROP ROLE IF EXISTS \"odd@role:/%\"",
        "CREATE ROLE \"odd@role:/%\" LOGIN SUPERUSER PASSWORD '"
            + password.replace("'", "''")
            + "'");
    sync.with("postgresql_username", "odd@role:/%").with("postgresql_password", password);
    sync.assertInSync();
    OrdersSync wrong = sync.copy().with("postgresql_password", password + "x");
    DeltaFlowException e = catchThrowableOfType(DeltaFlowException.class, wrong::run);
    assertThat(e).hasMessageContaining("--postgresql_password");
    for (Throwable t = e; t != null; t = t.getCause()) {
      assertThat(t.toString()).doesNotContain(password);
    }
  }

  /** 0.0.0.0 is this machine, and not known to be. */
  @Test
  void aServerThatCouldBeAnotherIsWarnedOf() {
    OrdersSync sync = orders("exposed");
    assertThat(sync.run().warnings()).noneMatch(w -> w.contains("sslmode"));
    RunReport far = sync.with("postgresql_host", "0.0.0.0").run();
    assertThat(far.warnings())
        .anyMatch(
            w ->
                w.contains("--postgresql_sslmode is prefer: nothing proves that 0.0.0.0:")
                    && w.endsWith(
                        "is your server, and rows may pass unencrypted; verify-full does, and"
                            + " encrypts"));
  }

  @Test
  void aSourceConfigIsBounded() {
    OrdersSync sync = orders("bounded");
    Map<String, String> problems =
        Map.of(
            "{\"x\": \"" + "y".repeat(1 << 20) + "\"}",
            "are more than 1 MB",
            "{\"x\": " + "[".repeat(100) + "]".repeat(100) + "}",
            "nested deeper than 100 levels",
            "{\"x\": 1, \"x\": 2}",
            "names something twice",
            "{\"acme\": \"hunter2\"} {}",
            "is no valid JSON",
            "[\"x\"]",
            "is no JSON object of flag names and values",
            "{\"postgresql_port\": 1}",
            "--postgresql_port is given both as a flag and in");
    problems.forEach(
        (json, message) ->
            assertRefused(sync.copy().with("source_config", json))
                .hasMessageContaining("--source_config")
                .hasMessageContaining(message)
                .hasMessageNotContaining("hunter2"));
    sync.with("postgresql_port", null)
        .with("source_config", "{\"postgresql_port\": " + bed.postgres().port() + "}");
    sync.assertInSync();
  }

  /** Braces, quotes and percent signs in a query of the user are the user's. */
  @Test
  void aQueryIsTakenLiterallyButForItsPlaceholders() {
    OrdersSync sync = orders("literally");
    sync.insert(1, 3);
    bed.sql(
        "UPDATE literally SET note = CASE id WHEN 1 THEN '{not_a_placeholder}' WHEN 2 THEN"
            + " '%s''?$1' ELSE '{start_timestamp' END");
    OrdersSync query =
        sync.copy()
            .with("postgresql_table", null)
            .with("merge_keys", "id")
            .with(
                "postgresql_base_query",
                "SELECT id, CASE id WHEN 1 THEN '{not_a_placeholder}' WHEN 2 THEN '%s''?$1' ELSE"
                    + " '{start_timestamp' END AS note, amount, updated_at FROM literally WHERE"
                    + " updated_at > '{start_timestamp}' AND updated_at <= '{end_timestamp}'");
    sync.rest();
    assertThat(query.run().rows().inserted()).isEqualTo(3);
    sync.assertEqual();
    sync.insert(4, 4);
    bed.sql("UPDATE literally SET note = '{start_timestamp' WHERE id = 4");
    sync.rest();
    assertThat(query.run().rows().read()).isEqualTo(1);
    sync.assertEqual();
  }

  /** Names that would be SQL where they are not quoted. */
  @Test
  void hostileNamesAreNames() {
    bed.sql(
        "CREATE TABLE \"o'r\"\"d`er; --\" (\"i\"\"d`;--\" bigint PRIMARY KEY, \"no'te\\\" text,"
            + " \"up`d'at\"\"ed\" timestamptz NOT NULL)",
        "INSERT INTO \"o'r\"\"d`er; --\" SELECT n, 'x', now() - interval '1 minute' FROM"
            + " generate_series(1, 3) n");
    OrdersSync sync =
        orders("hostile")
            .with("postgresql_table", "\"o'r\"\"d`er; --\"")
            .with("smart_sync_timestamp_column", "up`d'at\"ed")
            .with("postgresql_split_column", "i\"d`;--")
            .with("merge_keys", "i\"d`;--")
            .with("sync_id", "it's \\ \"my\" `sync`; --\n")
            .with("partition_field", null);
    assertThat(sync.run().rows().inserted()).isEqualTo(3);
    assertThat(sync.run().rows().read()).isZero();
    assertThat(bed.target("SELECT sync_id FROM " + sync.beside("__deltaflow_state")))
        .containsExactly(Map.of("sync_id", "it's \\ \"my\" `sync`; --\n"));
  }

  private static OrdersSync orders(String table) {
    if (bed.source("SELECT to_regclass('public." + table + "')") == null) {
      return bed.orders(table);
    }
    return new OrdersSync(bed, table, CursorColumn.timestamptz());
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(OrdersSync sync) {
    return assertThat(catchThrowableOfType(DeltaFlowException.class, sync::run));
  }

  private static void assertNothingWritten(OrdersSync sync) {
    List<String> tables =
        bed.tables().stream()
            .map(t -> t.at("/tableReference/tableId").asText())
            .filter(t -> t.startsWith(sync.table()))
            .toList();
    assertThat(tables).isEmpty();
    assertThat(sync.files()).isEmpty();
  }
}
