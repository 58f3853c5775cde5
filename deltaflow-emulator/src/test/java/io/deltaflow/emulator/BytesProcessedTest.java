package io.deltaflow.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.services.bigquery.model.DatasetReference;
import com.google.api.services.bigquery.model.RangePartitioning;
import com.google.api.services.bigquery.model.TimePartitioning;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BytesProcessedTest {
  private static final long MEGABYTE = 1024 * 1024;
  private static SqlFixture fixture;

  /** One row of 8 + 8 + 8 + (2 + 4) bytes for each of 100 days, hours and numbers. */
  @BeforeAll
  static void tables() {
    fixture = new SqlFixture();
    String[] columns = {"id INT64", "ts TIMESTAMP", "day DATE", "body STRING"};
    fixture.table("plain", columns);
    fixture.table("by_day", t -> t.setTimePartitioning(time("DAY", "day")), columns);
    fixture.table("by_time", t -> t.setTimePartitioning(time("DAY", "ts")), columns);
    fixture.table("by_hour", t -> t.setTimePartitioning(time("HOUR", "ts")), columns);
    fixture.table("by_month", t -> t.setTimePartitioning(time("MONTH", "day")), columns);
    fixture.table(
        "by_number",
        t ->
            t.setRangePartitioning(
                new RangePartitioning()
                    .setField("id")
                    .setRange(
                        new RangePartitioning.Range().setStart(0L).setEnd(100L).setInterval(10L))),
        columns);
    fixture.table(
        "strict",
        t -> t.setTimePartitioning(time("DAY", "day")).setRequirePartitionFilter(true),
        columns);
    for (String table : List.of("plain", "by_day", "by_time", "by_month", "by_number", "strict")) {
      fill(table, "DAY");
    }
    fill("by_hour", "HOUR");
  }

  private static TimePartitioning time(String type, String field) {
    return new TimePartitioning().setType(type).setField(field);
  }

  private static void fill(String table, String unit) {
    fixture.run(
        "INSERT INTO "
            + table
            + " SELECT x, TIMESTAMP_ADD(TIMESTAMP '2024-01-01 00:30:00', INTERVAL x "
            + unit
            + "), DATE_ADD(DATE '2024-01-01', INTERVAL x DAY), 'body' FROM UNNEST(GENERATE_ARRAY(0,"
            + " 99)) x");
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT * FROM plain | 3000",
        "SELECT id FROM plain | 800",
        "SELECT COUNT(*) FROM plain | 0",
        "SELECT COUNT(*) FROM plain WHERE body = 'x' | 600",
        "SELECT a.id FROM plain a JOIN plain b ON a.id = b.id | 800",
        "SELECT id FROM plain WHERE day = '2024-01-05' | 1600",
        "SELECT id FROM by_day WHERE day = '2024-01-05' | 16",
        "SELECT id FROM by_day WHERE day IN ('2024-01-05', DATE '2024-01-07') | 32",
        "SELECT id FROM by_day WHERE day BETWEEN '2024-01-05' AND '2024-01-07' | 48",
        "SELECT id FROM by_day WHERE day >= '2024-04-01' AND day < '2024-04-04' | 48",
        "SELECT id FROM by_day WHERE day > '2024-04-01' AND day <= '2024-04-04' | 48",
        "SELECT id FROM by_day WHERE DATE '2024-04-08' <= day | 32",
        "SELECT id FROM by_time WHERE ts > TIMESTAMP '2024-04-08' AND ts < TIMESTAMP '2024-04-09' |"
            + " 16",
        "SELECT id FROM by_time WHERE TIMESTAMP_TRUNC(ts, DAY) = TIMESTAMP '2024-01-05' | 16",
        "SELECT id FROM by_time WHERE TIMESTAMP_TRUNC(ts, MONTH) = TIMESTAMP '2024-01-01' | 1600",
        "SELECT id FROM by_hour WHERE DATE(ts) = '2024-01-02' | 384",
        "SELECT id FROM by_hour WHERE DATE(ts) > '2024-01-04' | 64",
        "SELECT id FROM by_month WHERE day > '2024-01-31' | 1104",
        "SELECT id FROM by_number WHERE id > 89 | 80",
        "SELECT id FROM by_day WHERE day = '2024-01-05' OR day = '2024-01-06' | 32",
        "SELECT id FROM by_day WHERE day = '2024-01-05' OR id = 3 | 1600",
        "SELECT id FROM by_day WHERE day = DATE_ADD(DATE '2024-01-01', INTERVAL 4 DAY) | 16",
        "SELECT id FROM by_day WHERE day = (SELECT MAX(day) FROM plain) | 2400",
        "SELECT id FROM by_day WHERE day IS NULL | 0",
        "SELECT a.id FROM by_day a JOIN plain b ON a.id = b.id AND a.day = '2024-01-05' | 816",
        "SELECT b.id FROM by_day a RIGHT JOIN plain b ON a.id = b.id AND a.day = '2024-01-05' |"
            + " 816",
        "SELECT a.id FROM by_day a LEFT JOIN plain b ON a.id = b.id AND a.day = '2024-01-05' |"
            + " 2400",
        "SELECT id FROM by_time WHERE ts = TIMESTAMP '2024-01-05 12:00:00' | 16",
        "SELECT id FROM by_time WHERE DATE(ts) = '2024-01-05' | 16",
        "SELECT id FROM by_time WHERE DATE(ts) IN ('2024-01-05', '2024-01-09') | 32",
        "SELECT id FROM by_time WHERE ts >= TIMESTAMP '2024-04-08 12:00:00' | 32",
        "SELECT id FROM by_hour WHERE ts BETWEEN '2024-01-01 02:10:00' AND '2024-01-01 03:10:00' |"
            + " 32",
        "SELECT id FROM by_month WHERE day = '2024-01-05' | 496",
        "SELECT id FROM by_number WHERE id = 15 | 80",
        "SELECT id FROM by_number WHERE id BETWEEN 15 AND 25 | 160",
        "SELECT COUNT(*) FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) n, day FROM by_day) WHERE"
            + " day = '2024-01-05' | 1600"
      })
  void columnsAndPartitionsThatAreRead(String sql, long bytes) {
    assertThat(fixture.run(sql).bytesProcessed()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UPDATE by_day SET body = 'new!' WHERE day = '2024-01-05' | 30",
        "UPDATE plain SET body = 'new!' WHERE id = -1 | 3000",
        "DELETE FROM by_day WHERE day IN ('2023-01-05') | 0",
        "MERGE by_day t USING plain s ON t.id = s.id AND t.day = '2024-01-05' WHEN MATCHED THEN"
            + " UPDATE SET body = s.body | 1430",
        "MERGE by_day t USING plain s ON t.id = s.id WHEN NOT MATCHED THEN INSERT ROW | 3800",
        "INSERT INTO plain (id) SELECT id FROM by_day WHERE day = '2023-01-05' | 0"
      })
  void changesReadAllColumnsOfTheTargetsPartitions(String sql, long bytes) {
    assertThat(dryRun(sql).bytesProcessed()).isEqualTo(bytes);
  }

  private static QueryResult dryRun(String sql) {
    return fixture.engine.run(request(sql, true, null, null));
  }

  private static QueryRequest request(
      String sql, boolean dryRun, Long maximumBytesBilled, Long budget) {
    return new QueryRequest(
        "p",
        new DatasetReference().setProjectId("p").setDatasetId("d"),
        sql,
        List.of(),
        dryRun,
        maximumBytesBilled,
        budget,
        () -> false);
  }

  @Test
  void dryRunGivesSchemaAndBytesAndChangesNothing() {
    QueryResult select = dryRun("SELECT id, body FROM plain");
    assertThat(select.schema().getFields()).extracting("name").containsExactly("id", "body");
    assertThat(select.rows()).isEmpty();
    assertThat(select.bytesProcessed()).isEqualTo(1400);

    dryRun("DELETE FROM plain WHERE TRUE");
    dryRun("DROP TABLE plain");
    dryRun("CREATE TABLE dry (x INT64)");
    assertThat(fixture.value("SELECT COUNT(*) FROM plain")).isEqualTo(100L);
    assertThat(fixture.warehouse.find(SqlFixture.reference("dry"))).isEmpty();
    assertThatThrownBy(() -> dryRun("SELECT nope FROM plain")).isInstanceOf(BigQueryError.class);
  }

  @Test
  void billingLimitIsKeptBeforeAnythingRuns() {
    assertThatThrownBy(
            () ->
                fixture.engine.run(
                    request("DELETE FROM plain WHERE TRUE", false, 10 * MEGABYTE - 1, null)))
        .isInstanceOf(BigQueryError.class)
        .hasMessage("Query exceeded limit for bytes billed: 10485759. 10485760 or higher required.")
        .extracting(e -> ((BigQueryError) e).reason())
        .isEqualTo("bytesBilledLimitExceeded");
    assertThat(
            fixture
                .engine
                .run(request("SELECT COUNT(*) FROM plain", false, 10 * MEGABYTE, null))
                .rows())
        .containsExactly(List.of(100L));
  }

  @Test
  void statementBudgetIsKeptInScripts() {
    String script = "SELECT 1; DELETE FROM plain WHERE TRUE;";
    assertThatThrownBy(() -> fixture.engine.run(request(script, false, null, MEGABYTE)))
        .isInstanceOf(ScriptFailure.class)
        .extracting(e -> ((ScriptFailure) e).error().reason())
        .isEqualTo("bytesBilledLimitExceeded");
    assertThat(fixture.value("SELECT COUNT(*) FROM plain")).isEqualTo(100L);
  }

  @Test
  void billingLimitIsOfAllStatementsOfAScript() {
    String script = "SELECT id FROM plain; SELECT body FROM plain; SELECT id FROM by_day;";
    assertThatThrownBy(() -> fixture.engine.run(request(script, false, 25 * MEGABYTE, null)))
        .isInstanceOf(ScriptFailure.class)
        .hasMessageContaining(
            "Query exceeded limit for bytes billed: 26214400. 31457280 or higher");
    fixture.engine.run(request(script, false, 30 * MEGABYTE, 10 * MEGABYTE));
  }

  @Test
  void aScriptKnowsItsBytesSoFar() {
    assertThat(
            fixture
                .run(
                    "DECLARE first INT64; SELECT id FROM plain; SET first ="
                        + " @@script.bytes_processed; SELECT body FROM plain; SELECT first,"
                        + " @@script.bytes_processed, @@script.bytes_billed")
                .rows())
        .containsExactly(List.of(800L, 1400L, 20 * MEGABYTE));
  }

  @Test
  void aStatementMadeByAScriptIsPrunedByItsLiterals() {
    QueryResult script =
        fixture.run(
            "EXECUTE IMMEDIATE CONCAT(\"MERGE by_day t USING plain s ON t.id = s.id AND (t.day IS"
                + " NULL OR (t.day >= DATE '\", '2024-01-05', \"' AND t.day < DATE '2024-01-07'))"
                + " WHEN MATCHED THEN UPDATE SET body = s.body\")");
    assertThat(script.children()).extracting(QueryResult::statementType).containsExactly("MERGE");
    assertThat(script.children().get(0).bytesProcessed()).isEqualTo(1460);
    assertThat(script.children().get(0).dml().getUpdatedRowCount()).isEqualTo(2);
  }

  @Test
  void requiredPartitionFilterIsRequired() {
    assertThatThrownBy(() -> fixture.run("SELECT id FROM strict WHERE id = 1"))
        .isInstanceOf(BigQueryError.class)
        .hasMessage(
            "Cannot query over table 'p.d.strict' without a filter over column(s) 'day' that can be"
                + " used for partition elimination");
    assertThatThrownBy(
            () ->
                fixture.run(
                    "MERGE strict t USING plain s ON t.id = s.id WHEN MATCHED THEN UPDATE SET body"
                        + " = 'x'"))
        .hasMessageContaining("without a filter over column(s) 'day'");
    assertThat(fixture.rows("SELECT id FROM strict WHERE day = '2024-01-02'"))
        .containsExactly(List.of(1L));
  }

  @Test
  void statementWritesAtMost4000Partitions() {
    fixture.table("many", t -> t.setTimePartitioning(time("DAY", "day")), "id INT64", "day DATE");
    String insert =
        "INSERT INTO many SELECT x, DATE_ADD(DATE '2000-01-01', INTERVAL x DAY) FROM"
            + " UNNEST(GENERATE_ARRAY(%d, %d)) x";

    assertThatThrownBy(() -> fixture.run(String.format(insert, 0, 4000)))
        .isInstanceOf(BigQueryError.class)
        .hasMessageContaining("Too many partitions produced by query, allowed 4000");
    fixture.run(String.format(insert, 0, 3999));
    fixture.run(String.format(insert, 4000, 4001));
    assertThatThrownBy(() -> fixture.run("UPDATE many SET id = 0 WHERE TRUE"))
        .hasMessageContaining("Too many partitions");
    assertThatThrownBy(() -> fixture.run("DELETE FROM many WHERE TRUE"))
        .hasMessageContaining("Too many partitions");
    assertThat(fixture.run("TRUNCATE TABLE many").dml().getDeletedRowCount()).isEqualTo(4002);
  }

  @Test
  void scriptsAddUpTheirStatements() {
    assertThat(fixture.run("SELECT id FROM plain; SELECT body FROM plain").bytesProcessed())
        .isEqualTo(1400);
  }
}
