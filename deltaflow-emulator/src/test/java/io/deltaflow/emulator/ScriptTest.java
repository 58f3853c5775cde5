package io.deltaflow.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScriptTest {
  private SqlFixture fixture;

  @BeforeEach
  void open() {
    fixture = new SqlFixture();
    fixture.table("t", "id INT64", "name STRING");
    fixture.run("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')");
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private ScriptFailure failing(String sql) {
    return catchThrowableOfType(ScriptFailure.class, () -> fixture.run(sql));
  }

  @Test
  void resultIsTheLastQuerys() {
    QueryResult result = fixture.run("SELECT 1 AS a; SELECT 'x' AS b; DELETE FROM t WHERE id = 1;");

    assertThat(result.rows()).containsExactly(List.of("x"));
    assertThat(result.children())
        .extracting(QueryResult::statementType)
        .containsExactly("SELECT", "SELECT", "DELETE");
    assertThat(result.children().get(2).target().getTableId()).isEqualTo("t");
  }

  @Test
  void variablesAreTypedAndColumnsHideThem() {
    QueryResult result =
        fixture.run(
            """
            DECLARE id, n INT64 DEFAULT 2;
            DECLARE f FLOAT64 DEFAULT 1;
            DECLARE d DATE DEFAULT '2024-01-01';
            DECLARE a ARRAY<STRING>;
            DECLARE s DEFAULT "it's";
            SET a = ['x', s];
            SET (n, f) = (5, 2.5);
            SELECT n, f, d, a, id, (SELECT COUNT(*) FROM t WHERE id = id);
            """);

    assertThat(result.rows())
        .containsExactly(List.of(5L, 2.5, LocalDate.of(2024, 1, 1), List.of("x", "it's"), 2L, 3L));
  }

  @Test
  void controlFlow() {
    String script =
"""
DECLARE i INT64 DEFAULT 0;
DECLARE log STRING DEFAULT '';
WHILE i < 5 DO
  SET i = i + 1;
  IF i = 2 THEN CONTINUE; ELSEIF i = 4 THEN BREAK; ELSE SET log = CONCAT(log, CAST(i AS STRING)); END IF;
END WHILE;
FOR r IN (SELECT name FROM t ORDER BY id) DO SET log = log || r.name; END FOR;
LOOP SET log = log || '.'; IF LENGTH(log) > 7 THEN LEAVE; END IF; END LOOP;
BEGIN DECLARE inner_only INT64 DEFAULT 1; SET i = inner_only; END;
SELECT log, i;
RETURN;
SELECT 'never';
""";
    assertThat(fixture.run(script).rows()).containsExactly(List.of("13abc...", 1L));
  }

  @Test
  void valuesAreNotCoercedSilently() {
    assertThat(failing("DECLARE x INT64; SET x = 1.5;").error())
        .hasMessageContaining("Cannot coerce expression of type FLOAT64 to type INT64 at [1:18]");
    assertThat(failing("DECLARE x INT64 DEFAULT 'a';").error())
        .hasMessageContaining("Cannot coerce expression of type STRING to type INT64");
    assertThat(failing("SET x = 1;").error()).hasMessageContaining("Undeclared variable: x");
    assertThat(failing("DECLARE x INT64; DECLARE X STRING;").error())
        .hasMessageContaining("redeclaration");
  }

  @Test
  void executeImmediateWithUsingAndInto() {
    String script =
"""
DECLARE n INT64;
DECLARE d DATE;
EXECUTE IMMEDIATE 'SELECT COUNT(*) + @more, DATE "2024-01-01" FROM t WHERE id > @id' INTO n, d USING 1 AS id, 10 AS more;
EXECUTE IMMEDIATE CONCAT('UPDATE t SET name = ? WHERE id = ', CAST(1 AS STRING)) USING 'new';
SELECT n, d, @@row_count, (SELECT name FROM t WHERE id = 1);
""";
    assertThat(fixture.run(script).rows())
        .containsExactly(List.of(12L, LocalDate.of(2024, 1, 1), 1L, "new"));
    assertThat(failing("EXECUTE IMMEDIATE 'SELECT 1; SELECT 2'").error())
        .hasMessageContaining("must be one statement");
    assertThat(failing("EXECUTE IMMEDIATE CAST(NULL AS STRING)").error())
        .hasMessageContaining("must not be NULL");
  }

  @Test
  void rowCountIsOfTheLastChange() {
    assertThat(
            fixture
                .run(
                    "UPDATE t SET name = 'x' WHERE id > 1; SELECT @@row_count; DELETE FROM t WHERE"
                        + " id = 9; SELECT @@row_count")
                .children())
        .filteredOn(c -> c.statementType().equals("SELECT"))
        .extracting(QueryResult::rows)
        .containsExactly(List.of(List.of(2L)), List.of(List.of(0L)));
    assertThat(
            fixture
                .run(
                    "MERGE t USING UNNEST([1, 2, 7]) k ON t.id = k WHEN MATCHED AND k = 1 THEN"
                        + " DELETE WHEN MATCHED THEN UPDATE SET name = 'm' WHEN NOT MATCHED THEN"
                        + " INSERT (id) VALUES (k); SELECT @@row_count")
                .rows())
        .containsExactly(List.of(3L));
  }

  @Test
  void failedStatementEndsTheScriptAndIsAmongItsChildren() {
    ScriptFailure failure =
        failing("INSERT INTO t (id) VALUES (4);\nSELECT nope FROM t;\nDELETE FROM t WHERE TRUE;");

    assertThat(failure.error())
        .hasMessage("Query error: Unrecognized name: nope; Did you mean name? at [2:8]");
    assertThat(failure.children())
        .extracting(QueryResult::statementType)
        .containsExactly("INSERT", "SELECT");
    assertThat(failure.children().get(1).error()).hasMessageContaining("Unrecognized name: nope");
    assertThat(fixture.value("SELECT COUNT(*) FROM t")).isEqualTo(4L);
  }

  @Test
  void errorsOfEvaluationNameTheStatementsPlace() {
    assertThat(failing("SELECT 1;\n  SELECT 1 / id FROM (SELECT 0 AS id);").error())
        .hasMessage("Query error: division by zero: 1 / 0 at [2:3]");
    assertThat(failing("SELECT 1;\nRAISE USING MESSAGE = CONCAT('a', 'b');").error())
        .hasMessage("Query error: ab at [2:1]");
  }

  @Test
  void handlersSeeTheErrorAndMayRaiseItAgain() {
    assertThat(
            fixture
                .run(
                    "BEGIN SELECT 1 / 0; EXCEPTION WHEN ERROR THEN SELECT @@error.message,"
                        + " @@error.statement_text; END")
                .rows())
        .containsExactly(List.of("Query error: division by zero: 1 / 0 at [1:7]", "SELECT 1 / 0"));
    assertThat(failing("BEGIN SELECT 1 / 0; EXCEPTION WHEN ERROR THEN RAISE; END").error())
        .hasMessageContaining("division by zero");
    assertThat(failing("RAISE;").error()).hasMessageContaining("Cannot re-raise");
  }

  @Test
  void unsupportedStatementsAreNotForHandlers() {
    ScriptFailure failure =
        failing("BEGIN SELECT SOUNDEX('x'); EXCEPTION WHEN ERROR THEN SELECT 'handled'; END");

    assertThat(failure.error().reason()).isEqualTo("notImplemented");
  }

  @Test
  void failedStatementOfATransactionLeavesOnlyTheRollback() {
    assertThat(
            failing(
                    "BEGIN TRANSACTION; BEGIN SELECT 1 / 0; EXCEPTION WHEN ERROR THEN SELECT 1;"
                        + " END; COMMIT TRANSACTION")
                .error())
        .hasMessageContaining("going on in a transaction after a failed statement");
    assertThat(
            fixture
                .run(
                    "BEGIN BEGIN TRANSACTION; DELETE FROM t WHERE TRUE; SELECT 1 / 0; EXCEPTION"
                        + " WHEN ERROR THEN ROLLBACK TRANSACTION; SELECT COUNT(*) FROM t; END")
                .rows())
        .containsExactly(List.of(3L));
  }

  @Test
  void temporaryTablesLastAsLongAsTheScript() {
    assertThat(
            fixture
                .run(
                    "CREATE TEMP TABLE x AS SELECT id FROM t; INSERT INTO x VALUES (10); UPDATE x"
                        + " SET id = 11 WHERE id = 10; MERGE t USING x ON t.id = x.id WHEN NOT"
                        + " MATCHED THEN INSERT (id) VALUES (id); SELECT SUM(id) FROM x;")
                .rows())
        .containsExactly(List.of(17L));
    assertThat(fixture.value("SELECT COUNT(*) FROM t")).isEqualTo(4L);
    assertThat(failing("SELECT 1; SELECT * FROM x;").error())
        .hasMessageContaining("Not found: Table p:d.x");
  }
}
