package io.deltaflow.source.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.ConfiguredSource;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.ServerSideRead;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.SourceException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadsTest {
  private TestServer server;

  @BeforeEach
  void start() {
    server = new TestServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void numbers(int rows) {
    server.execute(
        "CREATE TABLE raw_data.numbers AS SELECT n AS id, CONCAT('n', CAST(n AS STRING)) AS name"
            + " FROM UNNEST(GENERATE_ARRAY(1, "
            + rows
            + ")) AS n");
  }

  private static List<Object> ids(List<Row> rows) {
    return new ArrayList<>(rows.stream().map(r -> (Object) r.getInt64("id")).sorted().toList());
  }

  private static List<Object> upTo(long last) {
    List<Object> ids = new ArrayList<>();
    for (long i = 1; i <= last; i++) {
      ids.add(i);
    }
    return ids;
  }

  @Test
  void everyTypeComesExactlyAsItIs() throws Exception {
    server.execute(
        "CREATE TABLE raw_data.types (b BOOL, i INT64 NOT NULL OPTIONS(description='the number'), f"
            + " FLOAT64, n NUMERIC, np NUMERIC(10, 2), g BIGNUMERIC, gp BIGNUMERIC(58, 20), s"
            + " STRING, y BYTES, d DATE, t TIME, dt DATETIME, ts TIMESTAMP, j JSON, a"
            + " ARRAY<NUMERIC>, r STRUCT<x INT64, l ARRAY<STRUCT<v STRING>>>, PRIMARY KEY (i) NOT"
            + " ENFORCED)",
        "INSERT INTO raw_data.types VALUES (TRUE, -9223372036854775808, 1.5, NUMERIC"
            + " '-99999999999999999999999999999.999999999', NUMERIC '12345678.99', BIGNUMERIC"
            + " '-0.00000000000000000000000000000000000001', BIGNUMERIC '1.00000000000000000002',"
            + " 'ä\\n', b'\\x00\\xff', DATE '0001-01-01', TIME '23:59:59.999999', DATETIME"
            + " '9999-12-31 23:59:59.999999', TIMESTAMP '0001-01-01 00:00:00.000001+00', JSON"
            + " '{\"a\":9007199254740993}', [NUMERIC '1.5', NUMERIC '2'], STRUCT(1,"
            + " [STRUCT('v')]))",
        "INSERT INTO raw_data.types (i) VALUES (2)");
    ConfiguredSource opened = server.open("table", "types");
    DetectedSchema detected = opened.source().schemaDetector(opened.context()).detect();
    Schema schema = detected.schema();
    assertThat(detected.primaryKey()).containsExactly("i");
    assertThat(detected.estimatedRows()).hasValue(2);
    assertThat(schema.getField("i").getType().getNullable()).isFalse();
    assertThat(schema.getField("i").getDescription()).isEqualTo("the number");
    assertThat(FieldTypes.precision(schema.getField("np").getType()))
        .hasValue(new FieldTypes.Precision(10, 2));
    assertThat(FieldTypes.precision(schema.getField("gp").getType()))
        .hasValue(new FieldTypes.Precision(58, 20));
    assertThat(FieldTypes.precision(schema.getField("g").getType())).isEmpty();

    List<Row> rows = TestServer.read(opened, ReadRequest.of(schema));
    assertThat(rows).hasSize(2);
    Row row = rows.stream().filter(r -> r.getInt64("i") < 0).findFirst().orElseThrow();
    assertThat(row.getValues().subList(0, 3)).containsExactly(true, Long.MIN_VALUE, 1.5);
    assertThat(row.<BigDecimal>getValue("n"))
        .isEqualByComparingTo("-99999999999999999999999999999.999999999");
    assertThat(row.<BigDecimal>getValue("np")).isEqualByComparingTo("12345678.99");
    assertThat(row.<BigDecimal>getValue("g")).isEqualByComparingTo("-1e-38");
    assertThat(row.<BigDecimal>getValue("gp")).isEqualByComparingTo("1.00000000000000000002");
    assertThat(row.getString("s")).isEqualTo("ä\n");
    assertThat(row.getBytes("y")).containsExactly(0, 0xff);
    assertThat((Object) row.getValue("d")).isEqualTo(LocalDate.of(1, 1, 1));
    assertThat((Object) row.getValue("t")).isEqualTo(LocalTime.parse("23:59:59.999999"));
    assertThat((Object) row.getValue("dt"))
        .isEqualTo(LocalDateTime.parse("9999-12-31T23:59:59.999999"));
    assertThat((Object) row.getValue("ts")).isEqualTo(Instant.parse("0001-01-01T00:00:00.000001Z"));
    assertThat(row.<String>getValue("j")).contains("9007199254740993");
    assertThat(row.getArray("a")).hasSize(2);
    assertThat(row.getRow("r").<Row>getArray("l").iterator().next().getString("v")).isEqualTo("v");

    Row nulls = rows.stream().filter(r -> r.getInt64("i") == 2).findFirst().orElseThrow();
    assertThat(nulls.<Object>getValue("ts")).isNull();
    assertThat(nulls.getArray("a")).isEmpty();
  }

  @Test
  void allSplitsShowTheInstantOfThePlan() throws Exception {
    numbers(1000);
    ConfiguredSource opened = server.open("table", "numbers");
    ReadRequest request = TestServer.everything(opened);
    List<Split> splits = opened.source().split(request, opened.context());
    assertThat(splits).hasSizeGreaterThan(2);
    List<Row> rows = new ArrayList<>(TestServer.read(opened, request, splits.subList(0, 1)));
    server.execute(
        "DELETE FROM raw_data.numbers WHERE id > 500",
        "UPDATE raw_data.numbers SET id = -id WHERE TRUE",
        "INSERT INTO raw_data.numbers VALUES (5000, 'late')");
    rows.addAll(TestServer.read(opened, request, splits.subList(1, splits.size())));
    assertThat(ids(rows)).isEqualTo(upTo(1000));
  }

  @Test
  void allSplitsOfAQueryReadOneResult() throws Exception {
    numbers(1000);
    ConfiguredSource opened = server.open("query", "SELECT * FROM numbers WHERE id <= 800;");
    ReadRequest request = TestServer.everything(opened);
    List<Split> splits = opened.source().split(request, opened.context());
    server.execute("TRUNCATE TABLE raw_data.numbers");
    assertThat(ids(TestServer.read(opened, request, splits))).isEqualTo(upTo(800));
  }

  @Test
  void aStreamThatBreaksOffIsReadOn() throws Exception {
    numbers(3000);
    var cut =
        server
            .server()
            .emulator()
            .faults()
            .onCall("ReadRows", ".*")
            .nth(2)
            .times(3)
            .fail("internalError");
    ConfiguredSource opened = server.open("table", "numbers");
    assertThat(ids(TestServer.read(opened, TestServer.everything(opened)))).isEqualTo(upTo(3000));
    assertThat(cut.fired()).isEqualTo(3);
  }

  @Test
  void aJobThatFailsForAPassingReasonIsRunAgain() throws Exception {
    numbers(300);
    var failing = server.server().emulator().faults().onJob("query").times(2).fail("backendError");
    ConfiguredSource opened = server.open("query", "SELECT * FROM numbers");
    assertThat(ids(TestServer.read(opened, TestServer.everything(opened)))).isEqualTo(upTo(300));
    assertThat(failing.fired()).isEqualTo(2);
  }

  @Test
  void aSessionThatHasExpiredIsSaid() throws Exception {
    numbers(100);
    ConfiguredSource opened = server.open("table", "numbers");
    ReadRequest request = TestServer.everything(opened);
    List<Split> splits = opened.source().split(request, opened.context());
    server.server().emulator().expireReadSessions();
    assertThatThrownBy(() -> TestServer.read(opened, request, splits))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("six hours")
        .hasMessageContaining("source-project.raw_data.numbers");
  }

  @Test
  void exportedFilesTogetherAreTheTable() throws Exception {
    numbers(25_000);
    FileSystems.setDefaultPipelineOptions(server.server().pipelineOptions());
    ConfiguredSource opened =
        server.open(
            "table", "numbers", "read_method", "EXPORT", "export_location", "gs://exports/here/");
    AtomicInteger reads = new AtomicInteger();
    server
        .server()
        .emulator()
        .faults()
        .onCall("ReadRows", ".*")
        .times(Integer.MAX_VALUE)
        .meanwhile(reads::incrementAndGet);
    ReadRequest request = TestServer.everything(opened);
    List<Split> splits = opened.source().split(request, opened.context());
    assertThat(splits).hasSizeGreaterThan(1);
    server.execute("TRUNCATE TABLE raw_data.numbers");
    assertThat(ids(TestServer.read(opened, request, splits))).isEqualTo(upTo(25_000));
    assertThat(reads).hasValue(0);
  }

  @Test
  void anExportNeedsAPlace() {
    assertThatThrownBy(() -> server.open("table", "t", "read_method", "EXPORT"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--source_bigquery_export_location");
  }

  @Test
  void aTableThatIsNotThereIsNamedWithItsFlag() {
    ConfiguredSource opened = server.open("table", "absent");
    assertThatThrownBy(() -> TestServer.everything(opened))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("source-project.raw_data.absent")
        .hasMessageContaining("--source_bigquery_table");
  }

  @Test
  void aMissingPermissionSaysWhichRole() {
    numbers(10);
    server
        .server()
        .emulator()
        .faults()
        .onCall("CreateReadSession", ".*")
        .fail("accessDenied", "no");
    ConfiguredSource opened = server.open("table", "numbers");
    ReadRequest request = TestServer.everything(opened);
    assertThatThrownBy(() -> opened.source().split(request, opened.context()))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("roles/bigquery.readSessionUser")
        .hasMessageContaining("source-project.raw_data.numbers")
        .hasMessageContaining("--source_bigquery_table");
  }

  @Test
  void anEmulatorsRowsAreNotLookedForAtGoogle() {
    numbers(10);
    java.util.Map<String, String> options = server.options("table", "numbers");
    options.remove("storage_endpoint");
    ConfiguredSource opened = ConfiguredSource.of(new BigQueryConnector(), options);
    ReadRequest request = TestServer.everything(opened);
    assertThatThrownBy(() -> opened.source().split(request, opened.context()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--source_bigquery_storage_endpoint is required");
  }

  @Test
  void aTableMayBeNamedInFull() throws Exception {
    numbers(10);
    java.util.Map<String, String> options =
        new java.util.HashMap<>(server.server().sourceOptions());
    options.put("table", "source-project.raw_data.numbers");
    ConfiguredSource full = ConfiguredSource.of(new BigQueryConnector(), options);
    assertThat(full.source().identity())
        .isEqualTo(server.open("table", "numbers").source().identity());
    assertThat(TestServer.read(full, TestServer.everything(full))).hasSize(10);
    assertThatThrownBy(() -> server.open("table", "other_dataset.numbers"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--source_bigquery_dataset is raw_data");
  }

  @Test
  void aQueryMustBeOneSelect() {
    numbers(10);
    for (String query : List.of("DELETE FROM numbers WHERE TRUE", "SELECT 1; SELECT 2")) {
      ConfiguredSource opened = server.open("query", query);
      assertThatThrownBy(() -> TestServer.everything(opened))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("--source_bigquery_query must be one SELECT");
    }
    ConfiguredSource misspelt = server.open("query", "SELEC 1");
    assertThatThrownBy(() -> TestServer.everything(misspelt))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--source_bigquery_query")
        .hasMessageContaining("Syntax error");
    assertThat(server.value("SELECT COUNT(*) FROM `source-project`.raw_data.numbers"))
        .isEqualTo(10L);
  }

  @Test
  void allThatIsMissingIsSaidAtOnce() {
    assertThatThrownBy(
            () ->
                ConfiguredSource.of(
                    new BigQueryConnector(), java.util.Map.of("server_side", "true")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--source_bigquery_project")
        .hasMessageContaining("--source_bigquery_table")
        .hasMessageContaining("--source_bigquery_query");
  }

  @Test
  void theQueryForTheServersSideHoldsWindowAndInstant() {
    numbers(10);
    ConfiguredSource opened = server.open("table", "numbers");
    ServerSideRead read =
        opened.source().serverSide(TestServer.everything(opened), opened.context()).orElseThrow();
    assertThat(read.dialect()).isEqualTo("googlesql");
    assertThat(read.location()).isEqualTo("US");
    assertThat(read.sql())
        .startsWith("SELECT `id` AS `id`, `name` AS `name` FROM `source-project`")
        .contains("FOR SYSTEM_TIME AS OF TIMESTAMP '");
    server.execute("TRUNCATE TABLE raw_data.numbers");
    assertThat(server.server().rows(read.sql())).hasSize(10);
    ConfiguredSource refused = server.open("table", "numbers", "server_side", "false");
    assertThat(refused.source().serverSide(TestServer.everything(refused), refused.context()))
        .isEmpty();
  }
}
