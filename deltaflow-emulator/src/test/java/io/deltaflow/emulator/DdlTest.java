package io.deltaflow.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DdlTest {
  private SqlFixture fixture;

  @BeforeEach
  void open() {
    fixture = new SqlFixture();
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private Table table(String name) {
    return fixture.warehouse.find(SqlFixture.reference(name)).orElseThrow();
  }

  @Test
  void createTableKeepsAllThatItSays() {
    QueryResult result =
        fixture.run(
"""
CREATE TABLE d.t (
  id INT64 NOT NULL OPTIONS(description='the key'),
  amount NUMERIC(10, 2),
  code STRING(3),
  ts TIMESTAMP,
  items ARRAY<STRUCT<sku STRING NOT NULL, price BIGNUMERIC(40, 5)>>,
  PRIMARY KEY (id) NOT ENFORCED)
PARTITION BY TIMESTAMP_TRUNC(ts, MONTH)
CLUSTER BY id, code
OPTIONS(description='orders', require_partition_filter=true, partition_expiration_days=10.5, labels=[('a', 'b')])
""");

    assertThat(result.statementType()).isEqualTo("CREATE_TABLE");
    assertThat(result.target()).isEqualTo(SqlFixture.reference("t"));
    Table table = table("t");
    List<TableFieldSchema> fields = table.getSchema().getFields();
    assertThat(fields)
        .extracting(f -> f.getName() + " " + f.getType() + " " + f.getMode())
        .containsExactly(
            "id INTEGER REQUIRED",
            "amount NUMERIC NULLABLE",
            "code STRING NULLABLE",
            "ts TIMESTAMP NULLABLE",
            "items RECORD REPEATED");
    assertThat(fields.get(0).getDescription()).isEqualTo("the key");
    assertThat(fields.get(1).getPrecision()).isEqualTo(10);
    assertThat(fields.get(1).getScale()).isEqualTo(2);
    assertThat(fields.get(2).getMaxLength()).isEqualTo(3);
    assertThat(fields.get(4).getFields())
        .extracting(TableFieldSchema::getMode)
        .containsExactly("REQUIRED", "NULLABLE");
    assertThat(fields.get(4).getFields().get(1).getPrecision()).isEqualTo(40);
    assertThat(table.getTimePartitioning().getType()).isEqualTo("MONTH");
    assertThat(table.getTimePartitioning().getField()).isEqualTo("ts");
    assertThat(table.getTimePartitioning().getExpirationMs()).isEqualTo(907_200_000L);
    assertThat(table.getClustering().getFields()).containsExactly("id", "code");
    assertThat(table.getTableConstraints().getPrimaryKey().getColumns()).containsExactly("id");
    assertThat(table.getRequirePartitionFilter()).isTrue();
    assertThat(table.getLabels()).isEqualTo(Map.of("a", "b"));
  }

  @Test
  void existingTableIsReplacedOrKeptOnlyOnDemand() {
    fixture.run("CREATE TABLE d.t AS SELECT 1 AS a");
    assertThatThrownBy(() -> fixture.run("CREATE TABLE d.t (b INT64)"))
        .isInstanceOf(BigQueryError.class)
        .hasMessage("Already Exists: Table p:d.t");
    fixture.run("CREATE TABLE IF NOT EXISTS d.t (b INT64)");
    assertThat(fixture.rows("SELECT a FROM t")).containsExactly(List.of(1L));
    fixture.run("CREATE OR REPLACE TABLE d.t AS SELECT a + 1 AS b FROM t");
    assertThat(fixture.rows("SELECT b FROM t")).containsExactly(List.of(2L));
  }

  @Test
  void failedCreateAsSelectLeavesWhatWasThere() {
    fixture.run("CREATE TABLE d.t AS SELECT 1 AS a");
    assertThatThrownBy(() -> fixture.run("CREATE OR REPLACE TABLE d.t AS SELECT 1 / 0 AS b"))
        .hasMessageContaining("division by zero");
    assertThatThrownBy(
            () -> fixture.run("CREATE TABLE d.u (b INT64 NOT NULL) AS SELECT CAST(NULL AS INT64)"))
        .hasMessageContaining("Required field b cannot be null");
    assertThat(fixture.rows("SELECT a FROM t")).containsExactly(List.of(1L));
    assertThat(fixture.warehouse.find(SqlFixture.reference("u"))).isEmpty();
  }

  @Test
  void alterTableAddsRelaxesWidensAndDescribes() {
    fixture.run("CREATE TABLE d.t (id INT64 NOT NULL, n NUMERIC(5, 2))");
    fixture.run("INSERT INTO d.t VALUES (1, 1.25)");
    fixture.run(
        "ALTER TABLE d.t ADD COLUMN s STRING OPTIONS(description='x'), ADD COLUMN IF NOT EXISTS id"
            + " INT64, ADD COLUMN r ARRAY<INT64>, ALTER COLUMN id DROP NOT NULL, ALTER COLUMN n SET"
            + " DATA TYPE BIGNUMERIC");
    fixture.run("ALTER TABLE d.t SET OPTIONS(description='changed')");
    fixture.run("INSERT INTO d.t (n, r) VALUES (BIGNUMERIC '1.00000000000000000001', [1])");

    assertThat(fixture.rows("SELECT n, s, r FROM t ORDER BY n DESC"))
        .extracting(Object::toString)
        .containsExactly("[1.25, null, []]", "[1.00000000000000000001, null, [1]]");
    assertThat(fixture.value("SELECT SUM(n) FROM t"))
        .isEqualTo(new BigDecimal("2.25000000000000000001"));
    assertThat(table("t").getDescription()).isEqualTo("changed");
    assertThat(table("t").getSchema().getFields().get(2).getDescription()).isEqualTo("x");
  }

  @Test
  void alterTableRefusesWhatLosesData() {
    fixture.run("CREATE TABLE d.t (id INT64, s STRING(5), n NUMERIC(10, 2))");
    for (String change :
        List.of(
            "ALTER COLUMN s SET DATA TYPE INT64",
            "ALTER COLUMN s SET DATA TYPE STRING(3)",
            "ALTER COLUMN n SET DATA TYPE NUMERIC(8, 2)",
            "ADD COLUMN x INT64 NOT NULL",
            "ADD COLUMN ID STRING")) {
      assertThatThrownBy(() -> fixture.run("ALTER TABLE d.t " + change))
          .isInstanceOf(BigQueryError.class);
    }
    fixture.run(
        "ALTER TABLE d.t ALTER COLUMN s SET DATA TYPE STRING, ALTER COLUMN n SET DATA TYPE"
            + " NUMERIC(12, 3)");
    assertThat(table("t").getSchema().getFields().get(1).getMaxLength()).isNull();
  }

  @Test
  void dropTable() {
    fixture.run("CREATE TABLE d.t (id INT64)");
    fixture.run("DROP TABLE d.t");
    assertThatThrownBy(() -> fixture.run("DROP TABLE d.t"))
        .hasMessageContaining("Not found: Table p:d.t");
    fixture.run("DROP TABLE IF EXISTS d.t");
  }

  @Test
  void datasets() {
    fixture.run("CREATE SCHEMA IF NOT EXISTS e OPTIONS(location='EU')");
    fixture.run("CREATE SCHEMA IF NOT EXISTS e");
    fixture.run("CREATE TABLE e.t AS SELECT 1 AS x");
    assertThat(fixture.warehouse.dataset("p", "e").getLocation()).isEqualTo("EU");
    assertThatThrownBy(() -> fixture.run("DROP SCHEMA e")).hasMessageContaining("in use");
    fixture.run("DROP SCHEMA e CASCADE");
    fixture.run("DROP SCHEMA IF EXISTS e");
  }

  @Test
  void ingestionTimePartitions() {
    fixture.run("CREATE TABLE d.t (x INT64) PARTITION BY _PARTITIONDATE");
    fixture.run("INSERT INTO d.t (x) VALUES (1)");

    assertThat(
            fixture.rows(
                "SELECT x, _PARTITIONTIME = TIMESTAMP_TRUNC(CURRENT_TIMESTAMP(), DAY) FROM d.t"))
        .containsExactly(List.of(1L, true));
    assertThat(
            fixture.run("SELECT x FROM d.t WHERE _PARTITIONDATE = CURRENT_DATE()").bytesProcessed())
        .isEqualTo(8);
    assertThat(
            fixture.run("SELECT x FROM d.t WHERE _PARTITIONTIME < '2020-01-01'").bytesProcessed())
        .isEqualTo(0);
    assertThat(fixture.run("SELECT * FROM d.t").schema().getFields()).hasSize(1);
  }

  @Test
  void informationSchema() {
    fixture.run(
        "CREATE TABLE d.t (id INT64 NOT NULL, n NUMERIC(5, 2), day DATE) PARTITION BY day CLUSTER"
            + " BY id");
    fixture.run(
        "INSERT INTO d.t VALUES (1, 1, '2024-01-01'), (2, 1, '2024-01-02'), (3, 1, '2024-01-02'),"
            + " (4, 1, NULL)");

    assertThat(fixture.rows("SELECT table_name, table_type FROM d.INFORMATION_SCHEMA.TABLES"))
        .containsExactly(List.of("t", "BASE TABLE"));
    assertThat(
            fixture.rows(
                "SELECT column_name, data_type, is_nullable, is_partitioning_column,"
                    + " clustering_ordinal_position FROM `p.d.INFORMATION_SCHEMA.COLUMNS` WHERE"
                    + " table_name = 't' ORDER BY ordinal_position"))
        .extracting(Object::toString)
        .containsExactly(
            "[id, INT64, NO, NO, 1]",
            "[n, NUMERIC(5, 2), YES, NO, null]",
            "[day, DATE, YES, YES, null]");
    assertThat(
            fixture.rows(
                "SELECT partition_id, total_rows FROM d.INFORMATION_SCHEMA.PARTITIONS WHERE"
                    + " table_name = 't' ORDER BY 1"))
        .containsExactly(List.of("20240101", 1L), List.of("20240102", 2L), List.of("__NULL__", 1L));
  }
}
