package io.deltaflow.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.services.bigquery.model.DatasetReference;
import com.google.api.services.bigquery.model.QueryParameter;
import com.google.api.services.bigquery.model.QueryParameterType;
import com.google.api.services.bigquery.model.QueryParameterValue;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where an emulator that is lenient would let a wrong statement pass. */
class QueryStrictnessTest {
  private SqlFixture fixture;

  @BeforeEach
  void tables() {
    fixture = new SqlFixture();
    fixture.table(
        "t",
        "id INT64 REQUIRED",
        "name STRING(5)",
        "amount NUMERIC(6,2)",
        "big BIGNUMERIC(40,2)",
        "payload JSON",
        "tags STRING REPEATED",
        "ts TIMESTAMP");
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private AbstractThrowableAssert<?, ?> failing(String sql) {
    return assertThatThrownBy(() -> fixture.run(sql)).isInstanceOf(BigQueryError.class);
  }

  private void invalid(String sql, String message) {
    failing(sql)
        .hasMessageContaining(message)
        .extracting(e -> ((BigQueryError) e).reason())
        .isEqualTo("invalidQuery");
  }

  @Test
  void unknownTableIsNotFound() {
    failing("SELECT 1 FROM d.nope")
        .hasMessage("Not found: Table p:d.nope was not found in location US")
        .extracting(e -> ((BigQueryError) e).reason())
        .isEqualTo("notFound");
    failing("SELECT 1 FROM other.nope").hasMessageContaining("Not found: Dataset p:other");
    failing("SELECT 1 FROM d.T").hasMessageContaining("Not found: Table p:d.T");
  }

  @Test
  void unknownColumnHasTheAnalyzersMessageAndPlace() {
    invalid("SELECT nope FROM t", "Unrecognized name: nope; Did you mean name? at [1:8]");
    invalid("SELECT\n  id,\n  nam FROM t", "Unrecognized name: nam; Did you mean name? at [3:3]");
    invalid("SELEC 1", "Syntax error: Unexpected identifier \"SELEC\" at [1:1]");
  }

  @Test
  void columnsAreCaseInsensitiveAndTablesMayBeWrittenInAnyForm() {
    fixture.run("INSERT INTO t (ID) VALUES (1)");
    for (String table : List.of("t", "d.t", "p.d.t", "`p.d.t`", "`p`.d.t", "`p.d`.t")) {
      assertThat(fixture.rows("SELECT Id FROM " + table)).containsExactly(List.of(1L));
    }
  }

  @Test
  void resultHasNoTwoColumnsOfOneName() {
    invalid(
        "SELECT id, name, ID FROM t",
        "Duplicate column names in the result are not supported. Found duplicate(s): ID");
  }

  @Test
  void requiredColumnsTakeNoNull() {
    invalid("INSERT INTO t (id) VALUES (NULL)", "Required field id cannot be null");
    invalid("INSERT INTO t (name) VALUES ('x')", "Required field id cannot be null");
    invalid("INSERT INTO t (id) SELECT NULL", "Required field id cannot be null");
    fixture.run("INSERT INTO t (id) VALUES (1)");
    invalid("UPDATE t SET id = NULL WHERE TRUE", "Required field id cannot be null");
    invalid(
        "MERGE t USING (SELECT 1 AS k) s ON t.id = s.k WHEN MATCHED THEN UPDATE SET id = NULL",
        "Required field id cannot be null");
    assertThat(fixture.rows("SELECT id FROM t")).containsExactly(List.of(1L));
  }

  @Test
  void parametersOfTypesAreKept() {
    invalid(
        "INSERT INTO t (id, amount) VALUES (1, 12345)",
        "NUMERIC(6, 2) has precision 6 and scale 2");
    invalid(
        "INSERT INTO t (id, name) VALUES (1, 'sixsix')",
        "STRING(5) has maximum length 5 but got a value with length 6");
    invalid(
        "INSERT INTO t (id, big) VALUES (1, BIGNUMERIC '123456789012345678901234567890123456789')",
        "BIGNUMERIC(40, 2) has precision 40");
    fixture.run("INSERT INTO t (id, amount, name) VALUES (1, 1234.565, 'fiver')");
    assertThat(fixture.value("SELECT amount FROM t")).isEqualTo(new BigDecimal("1234.570000000"));
  }

  @Test
  void arraysHoldNoNullAndAreNeverNull() {
    invalid(
        "INSERT INTO t (id, tags) VALUES (1, ['a', NULL])",
        "Array cannot have a null element; error in writing field tags");
    fixture.run("INSERT INTO t (id, tags) VALUES (1, NULL)");
    fixture.run("INSERT INTO t (id) VALUES (2)");
    assertThat(fixture.rows("SELECT tags FROM t WHERE tags IS NOT NULL"))
        .containsExactly(List.of(List.of()), List.of(List.of()));
  }

  @Test
  void arithmeticFailsWhereBigQueryFails() {
    invalid("SELECT 1 / 0", "division by zero: 1 / 0");
    invalid("SELECT DIV(x, 0) FROM UNNEST([5]) x", "division by zero: 5 / 0");
    invalid("SELECT NUMERIC '1.5' / x FROM UNNEST([NUMERIC '0']) x", "division by zero: 1.5 / 0");
    invalid(
        "SELECT 9223372036854775807 + x FROM UNNEST([1]) x",
        "int64 overflow: 9223372036854775807 + 1");
    invalid(
        "SELECT -9223372036854775807 - x FROM UNNEST([2]) x",
        "int64 overflow: -9223372036854775807 - 2");
    invalid("SELECT x * x FROM UNNEST([4000000000]) x", "int64 overflow: 4000000000 * 4000000000");
    invalid("SELECT SUM(x) FROM UNNEST([9223372036854775807, 1]) x", "int64 overflow");
    invalid(
        "SELECT NUMERIC '99999999999999999999999999999' + x FROM UNNEST([NUMERIC '1']) x",
        "numeric overflow: 99999999999999999999999999999 + 1");
    invalid("SELECT CAST(x AS NUMERIC) FROM UNNEST([1e30]) x", "numeric out of range: 1e+30");
    invalid("SELECT 1e308 * x FROM UNNEST([10.0]) x", "double overflow: 1e+308 * 10");
  }

  @Test
  void nanEqualsNothing() {
    assertThat(
            fixture.rows(
                "SELECT x = x, x != x, x < 1, x > 1, x IN (x) FROM UNNEST([CAST('nan' AS FLOAT64)])"
                    + " x"))
        .containsExactly(List.of(false, true, false, false, false));
    assertThat(
            fixture.value(
                "SELECT COUNT(*) FROM UNNEST([CAST('nan' AS FLOAT64)]) x JOIN UNNEST([CAST('nan' AS"
                    + " FLOAT64)]) y ON x = y"))
        .isEqualTo(0L);
  }

  @Test
  void bigNumericComparesAndOrdersAsANumber() {
    fixture.run(
        "INSERT INTO t (id, big) VALUES (1, BIGNUMERIC '9'), (2, BIGNUMERIC '10'), (3, BIGNUMERIC"
            + " '-11'), (4, BIGNUMERIC '-2.50'), (5, NULL), (6, BIGNUMERIC"
            + " '12345678901234567890123456789012345678.25')");

    assertThat(fixture.rows("SELECT id FROM t ORDER BY big"))
        .containsExactly(
            List.of(5L), List.of(3L), List.of(4L), List.of(1L), List.of(2L), List.of(6L));
    assertThat(fixture.rows("SELECT id FROM t WHERE big > 9 ORDER BY id"))
        .containsExactly(List.of(2L), List.of(6L));
    assertThat(fixture.rows("SELECT id FROM t WHERE big = BIGNUMERIC '-2.5'"))
        .containsExactly(List.of(4L));
    assertThat(fixture.rows("SELECT MIN(big), MAX(big), SUM(big) FROM t"))
        .containsExactly(
            List.of(
                new BigDecimal("-11"),
                new BigDecimal("12345678901234567890123456789012345678.25"),
                new BigDecimal("12345678901234567890123456789012345683.75")));
  }

  @Test
  void jsonHasNoEqualityAndTakesNoText() {
    invalid(
        "SELECT payload = payload FROM t", "Equality is not defined for arguments of type JSON");
    invalid(
        "INSERT INTO t (id, payload) VALUES (1, '{}')",
        "has type STRING which cannot be inserted into column payload");
    invalid("SELECT PARSE_JSON('{\"a\":}')", "Invalid input to PARSE_JSON");
    invalid(
        "SELECT PARSE_JSON('123456789012345678901234567890')",
        "cannot round-trip through string representation");
  }

  @Test
  void sourceRowsMustMatchOnce() {
    fixture.run("INSERT INTO t (id) VALUES (1)");
    invalid(
        "MERGE t USING UNNEST([1, 1]) x ON t.id = x WHEN MATCHED THEN UPDATE SET name = 'a'",
        "UPDATE/MERGE must match at most one source row for each target row");
    invalid(
        "UPDATE t SET name = 'a' FROM UNNEST([1, 1]) x WHERE t.id = x",
        "UPDATE/MERGE must match at most one source row for each target row");
    // Unless only one of them is to change the row.
    fixture.run(
        "MERGE t USING UNNEST([STRUCT(1 AS k, 'a' AS n), (1, 'b')]) s ON t.id = s.k"
            + " WHEN MATCHED AND s.n = 'b' THEN UPDATE SET name = s.n");
    assertThat(fixture.value("SELECT name FROM t")).isEqualTo("b");
  }

  @Test
  void whatIsNotTranslatedIsRefused() {
    for (String sql :
        List.of(
            "SELECT SOUNDEX('x')",
            "SELECT id, COUNT(*) FROM t GROUP BY ROLLUP(id)",
            "CREATE VIEW v AS SELECT 1 AS x",
            "SELECT APPROX_QUANTILES(id, 2) FROM t")) {
      failing(sql)
          .hasMessageStartingWith("unsupported by the emulator: ")
          .extracting(e -> ((BigQueryError) e).reason())
          .isEqualTo("notImplemented");
    }
  }

  @Test
  void currentTimestampIsOneInstantPerStatement() {
    Instant before = Instant.now();
    List<Object> row =
        fixture
            .rows(
                "SELECT MIN(n), MAX(n), MIN(n) = CURRENT_TIMESTAMP() FROM (SELECT"
                    + " CURRENT_TIMESTAMP() AS n FROM UNNEST(GENERATE_ARRAY(1, 10000)))")
            .get(0);

    assertThat(row.get(0)).isEqualTo(row.get(1));
    assertThat(row.get(2)).isEqualTo(true);
    assertThat((Instant) row.get(0)).isBetween(before.minusMillis(1), Instant.now());
  }

  @Test
  void parametersByNameAndByPosition() {
    QueryParameter name = parameter("who", "STRING", "it's");
    QueryParameter number = parameter("n", "INT64", "3");
    QueryParameter time = parameter("at", "TIMESTAMP", "2024-01-02 03:04:05.678901+00:00");
    QueryParameter list =
        new QueryParameter()
            .setName("ids")
            .setParameterType(
                new QueryParameterType()
                    .setType("ARRAY")
                    .setArrayType(new QueryParameterType().setType("INT64")))
            .setParameterValue(
                new QueryParameterValue()
                    .setArrayValues(
                        List.of(
                            new QueryParameterValue().setValue("3"),
                            new QueryParameterValue().setValue("4"))));

    assertThat(run("SELECT @who, @n + 1, @at, @n IN UNNEST(@ids)", name, number, time, list).rows())
        .containsExactly(List.of("it's", 4L, Instant.parse("2024-01-02T03:04:05.678901Z"), true));
    assertThat(run("SELECT ?, ?", name.clone().setName(null), number.clone().setName(null)).rows())
        .containsExactly(List.of("it's", 3L));
    failing("SELECT @missing").hasMessageContaining("Query parameter 'missing' not found");
  }

  private static QueryParameter parameter(String name, String type, String value) {
    return new QueryParameter()
        .setName(name)
        .setParameterType(new QueryParameterType().setType(type))
        .setParameterValue(new QueryParameterValue().setValue(value));
  }

  private QueryResult run(String sql, QueryParameter... parameters) {
    return fixture.engine.run(
        new QueryRequest(
            "p",
            new DatasetReference().setProjectId("p").setDatasetId("d"),
            sql,
            List.of(parameters),
            false,
            null,
            null,
            () -> false));
  }

  @Test
  @Timeout(60)
  void longStatementEndsWhenItIsCancelled() throws Exception {
    AtomicBoolean cancelled = new AtomicBoolean();
    QueryRequest request =
        new QueryRequest(
            "p",
            null,
            "SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 10000000)) a, UNNEST(GENERATE_ARRAY(1,"
                + " 10000000)) b WHERE MOD(a * b, 7) = 3",
            List.of(),
            false,
            null,
            null,
            cancelled::get);
    CompletableFuture<QueryResult> running =
        CompletableFuture.supplyAsync(() -> fixture.engine.run(request));

    cancelled.set(true);
    assertThatThrownBy(() -> running.get(50, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(BigQueryError.class)
        .hasMessageContaining("cancelled");
  }

  @Test
  void resultColumnsAreNamedAndTypedAsInBigQuery() {
    QueryResult result =
        fixture.run(
            "SELECT 1, 'x' AS Name, NUMERIC '1', [1.5], STRUCT(1 AS a, [DATE '2024-01-01'] AS b) AS"
                + " s, 2");

    assertThat(result.schema().getFields())
        .extracting(f -> f.getName() + " " + f.getType() + " " + f.getMode())
        .containsExactly(
            "f0_ INTEGER NULLABLE",
            "Name STRING NULLABLE",
            "f1_ NUMERIC NULLABLE",
            "f2_ FLOAT REPEATED",
            "s RECORD NULLABLE",
            "f3_ INTEGER NULLABLE");
  }
}
