package io.deltaflow.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.api.services.bigquery.model.DatasetReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TransactionTest {
  private SqlFixture fixture;

  @BeforeEach
  void tables() {
    fixture = new SqlFixture();
    fixture.table("a", "id INT64", "name STRING");
    fixture.table("b", "id INT64", "name STRING");
    fixture.run("INSERT INTO a VALUES (1, 'one'), (2, 'two')");
    fixture.run("INSERT INTO b VALUES (1, 'one')");
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  /** A script that stops where it says {@code -- pause}, until it is let go. */
  private final class Paused {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final CompletableFuture<QueryResult> result;

    Paused(String before, String after) {
      int statements = before.split(";").length;
      BooleanSupplier gate = gate(statements);
      QueryRequest request =
          new QueryRequest(
              "p",
              new DatasetReference().setProjectId("p").setDatasetId("d"),
              before + ";" + after,
              List.of(),
              false,
              null,
              null,
              gate);
      result = CompletableFuture.supplyAsync(() -> fixture.engine.run(request));
    }

    /**
     * The script asks whether it is cancelled before each statement: that is where it can be held.
     */
    private BooleanSupplier gate(int statements) {
      Thread[] script = new Thread[1];
      int[] asked = {0};
      return () -> {
        if (script[0] == null) {
          script[0] = Thread.currentThread();
        }
        if (Thread.currentThread() != script[0] || asked[0]++ != statements) {
          return false;
        }
        reached.countDown();
        try {
          return !released.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return true;
        }
      };
    }

    Paused awaitPause() throws InterruptedException {
      assertThat(reached.await(30, TimeUnit.SECONDS)).isTrue();
      return this;
    }

    QueryResult finish() throws Exception {
      released.countDown();
      try {
        return result.get(30, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        throw (Exception) e.getCause();
      }
    }
  }

  @Test
  void nothingShowsBeforeTheCommit() throws Exception {
    Paused script =
        new Paused("BEGIN TRANSACTION; UPDATE a SET name = 'x' WHERE TRUE", "COMMIT TRANSACTION")
            .awaitPause();

    assertThat(fixture.value("SELECT COUNTIF(name = 'x') FROM a")).isEqualTo(0L);
    script.finish();
    assertThat(fixture.value("SELECT COUNTIF(name = 'x') FROM a")).isEqualTo(2L);
  }

  @Test
  void readsAreOfTheMomentWhenTheTransactionBegan() throws Exception {
    Paused script =
        new Paused("BEGIN TRANSACTION", "SELECT COUNT(*) FROM a; COMMIT TRANSACTION").awaitPause();

    fixture.run("INSERT INTO a VALUES (3, 'three')");
    assertThat(script.finish().rows()).containsExactly(List.of(2L));
  }

  @Test
  void secondTransactionThatChangesTheTableIsAborted() throws Exception {
    Paused first =
        new Paused("BEGIN TRANSACTION; UPDATE a SET name = 'x' WHERE id = 1", "COMMIT TRANSACTION")
            .awaitPause();

    assertThatThrownBy(
            () ->
                fixture.run(
                    "BEGIN TRANSACTION; UPDATE a SET name = 'y' WHERE id = 2; COMMIT TRANSACTION"))
        .isInstanceOf(ScriptFailure.class)
        .hasMessageContaining(
            "Transaction is aborted due to concurrent update against table p:d.a.");
    first.finish();
    assertThat(fixture.rows("SELECT name FROM a ORDER BY id"))
        .containsExactly(List.of("x"), List.of("two"));
  }

  @Test
  void changeCommittedSinceTheSnapshotAbortsTheTransaction() throws Exception {
    Paused script =
        new Paused("BEGIN TRANSACTION", "DELETE FROM a WHERE id = 2; COMMIT TRANSACTION")
            .awaitPause();

    fixture.run("UPDATE a SET name = 'x' WHERE id = 1");
    ScriptFailure failure = catchThrowableOfType(ScriptFailure.class, script::finish);
    assertThat(failure.error().reason()).isEqualTo("invalidQuery");
    assertThat(failure)
        .hasMessageContaining(
            "Transaction is aborted due to concurrent update against table p:d.a.");
    assertThat(fixture.value("SELECT COUNT(*) FROM a")).isEqualTo(2L);
  }

  @Test
  void appendsConflictWithNothing() throws Exception {
    Paused script =
        new Paused("BEGIN TRANSACTION; INSERT INTO a VALUES (3, 'three')", "COMMIT TRANSACTION")
            .awaitPause();

    fixture.run("BEGIN TRANSACTION; INSERT INTO a VALUES (4, 'four'); COMMIT TRANSACTION");
    fixture.run("UPDATE a SET name = 'x' WHERE id = 1");
    script.finish();
    assertThat(fixture.rows("SELECT id, name FROM a ORDER BY id"))
        .extracting(Object::toString)
        .containsExactly("[1, x]", "[2, two]", "[3, three]", "[4, four]");
  }

  @Test
  void otherTablesDoNotConflict() throws Exception {
    Paused script =
        new Paused("BEGIN TRANSACTION; UPDATE a SET name = 'x' WHERE TRUE", "COMMIT TRANSACTION")
            .awaitPause();

    fixture.run("BEGIN TRANSACTION; UPDATE b SET name = 'y' WHERE TRUE; COMMIT TRANSACTION");
    script.finish();
    assertThat(fixture.value("SELECT name FROM b")).isEqualTo("y");
  }

  @Test
  void statementOutsideATransactionWaitsForIt() throws Exception {
    Paused script =
        new Paused(
                "BEGIN TRANSACTION; UPDATE a SET name = CONCAT(name, '-tx') WHERE TRUE",
                "COMMIT TRANSACTION")
            .awaitPause();
    CompletableFuture<QueryResult> waiting =
        CompletableFuture.supplyAsync(
            () -> fixture.run("UPDATE a SET name = CONCAT(name, '-dml') WHERE TRUE"));

    Awaitility.await()
        .during(Duration.ofMillis(400))
        .atMost(Duration.ofSeconds(5))
        .until(() -> !waiting.isDone());
    script.finish();
    waiting.get(30, TimeUnit.SECONDS);
    assertThat(fixture.rows("SELECT name FROM a ORDER BY id"))
        .containsExactly(List.of("one-tx-dml"), List.of("two-tx-dml"));
  }

  @Test
  void parallelStatementsQueueAndLoseNoChange() throws Exception {
    fixture.table("counter", "n INT64");
    fixture.run("INSERT INTO counter VALUES (0)");

    CompletableFuture<?>[] updates = new CompletableFuture<?>[20];
    for (int i = 0; i < updates.length; i++) {
      updates[i] =
          CompletableFuture.runAsync(() -> fixture.run("UPDATE counter SET n = n + 1 WHERE TRUE"));
    }
    CompletableFuture.allOf(updates).get(60, TimeUnit.SECONDS);

    assertThat(fixture.value("SELECT n FROM counter")).isEqualTo(20L);
  }

  @Test
  void rollbackUndoesEverything() {
    fixture.run(
        "BEGIN TRANSACTION; INSERT INTO a VALUES (3, 'three'); UPDATE b SET name = 'x' WHERE TRUE;"
            + " TRUNCATE TABLE a; ROLLBACK TRANSACTION");

    assertThat(fixture.value("SELECT COUNT(*) FROM a")).isEqualTo(2L);
    assertThat(fixture.value("SELECT name FROM b")).isEqualTo("one");
  }

  @Test
  void scriptThatEndsInsideItsTransactionIsRolledBack() {
    fixture.run("BEGIN TRANSACTION; DELETE FROM a WHERE TRUE");

    assertThat(fixture.value("SELECT COUNT(*) FROM a")).isEqualTo(2L);
    fixture.run("UPDATE a SET name = 'free' WHERE TRUE");
  }

  @Test
  void laterStatementsOfATransactionSeeTheEarlierOnes() {
    QueryResult result =
        fixture.run(
            "BEGIN TRANSACTION; TRUNCATE TABLE a; INSERT INTO a VALUES (7, 'seven'); MERGE a T"
                + " USING b S ON T.id = S.id + 6 WHEN MATCHED THEN UPDATE SET name = S.name WHEN"
                + " NOT MATCHED THEN INSERT ROW; DELETE FROM a WHERE id = 0; SELECT id, name FROM"
                + " a; COMMIT TRANSACTION");

    assertThat(result.rows()).containsExactly(List.of(7L, "one"));
    assertThat(fixture.rows("SELECT id, name FROM a")).containsExactly(List.of(7L, "one"));
  }

  @Test
  void permanentDdlIsRefusedInsideATransaction() {
    for (String ddl :
        List.of("CREATE TABLE c (x INT64)", "DROP TABLE a", "ALTER TABLE a ADD COLUMN q INT64")) {
      assertThatThrownBy(() -> fixture.run("BEGIN TRANSACTION; " + ddl + "; COMMIT TRANSACTION"))
          .isInstanceOf(ScriptFailure.class)
          .hasMessageContaining("not supported inside a transaction");
    }
    assertThat(fixture.warehouse.find(SqlFixture.reference("c"))).isEmpty();
    assertThat(fixture.value("SELECT COUNT(*) FROM a")).isEqualTo(2L);
  }

  @Test
  void assertIsRefusedInsideATransaction() {
    fixture.run("ASSERT (SELECT COUNT(*) FROM a) = 2 AS 'two rows'");
    assertThatThrownBy(() -> fixture.run("ASSERT (SELECT COUNT(*) FROM a) = 3 AS 'three rows'"))
        .isInstanceOf(BigQueryError.class)
        .hasMessage("Assertion failed: three rows");
    assertThatThrownBy(() -> fixture.run("BEGIN TRANSACTION; ASSERT TRUE; COMMIT TRANSACTION"))
        .isInstanceOf(ScriptFailure.class)
        .hasMessageContaining("ASSERT is not supported inside a transaction");
  }

  @Test
  void temporaryTablesMayBeMadeInsideATransactionAndAreRolledBackWithIt() {
    assertThat(
            fixture
                .run(
                    "BEGIN TRANSACTION; CREATE TEMP TABLE t AS SELECT 5 AS x; COMMIT TRANSACTION;"
                        + " SELECT x FROM t")
                .rows())
        .containsExactly(List.of(5L));
    assertThatThrownBy(
            () ->
                fixture.run(
                    "BEGIN TRANSACTION; CREATE TEMP TABLE t AS SELECT 5 AS x; ROLLBACK TRANSACTION;"
                        + " SELECT x FROM t"))
        .isInstanceOf(ScriptFailure.class)
        .hasMessageContaining("Not found: Table p:d.t");
  }

  @Test
  void touchedTablesGetANewEtagOnceTheTransactionCommits() throws Exception {
    String before = etag("a");
    Paused script =
        new Paused("BEGIN TRANSACTION; UPDATE a SET name = 'x' WHERE TRUE", "COMMIT TRANSACTION")
            .awaitPause();

    assertThat(etag("a")).isEqualTo(before);
    script.finish();
    assertThat(etag("a")).isNotEqualTo(before);
  }

  private String etag(String table) {
    return fixture.warehouse.find(SqlFixture.reference(table)).orElseThrow().getEtag();
  }
}
