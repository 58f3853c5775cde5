package io.deltaflow.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.api.services.bigquery.model.DmlStatistics;
import com.google.api.services.bigquery.model.TimePartitioning;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The forms of script that publish a run. They are files, so that they can be run against BigQuery
 * itself.
 */
class PublishScriptTest {
  private SqlFixture fixture;

  @BeforeEach
  void tables() {
    fixture = new SqlFixture();
    fixture.table(
        "orders__deltaflow_state",
        "sync_id STRING REQUIRED",
        "epoch INT64 REQUIRED",
        "run_id STRING",
        "watermarks JSON",
        "updated_at TIMESTAMP");
    fixture.table(
        "orders__deltaflow_ledger",
        "run_id STRING REQUIRED",
        "sync_id STRING REQUIRED",
        "epoch INT64",
        "inserted INT64",
        "updated INT64",
        "ended TIMESTAMP");
    fixture.table(
        "orders",
        "id INT64 REQUIRED",
        "name STRING",
        "updated_at TIMESTAMP",
        "amount NUMERIC(10,2)",
        "payload JSON",
        "tags STRING REPEATED");
    for (String staging : List.of("stg_0", "stg_1")) {
      fixture.table(
          staging,
          "c0 INT64",
          "c1 STRING",
          "c2 TIMESTAMP",
          "c3 NUMERIC",
          "c4 STRING",
          "c5 STRING REPEATED");
    }
    fixture.run(
        "INSERT INTO orders__deltaflow_state (sync_id, epoch) VALUES ('s', 7), ('other', 3)");
    fixture.run(
        "INSERT INTO orders (id, name, updated_at) VALUES (1, 'old', TIMESTAMP '2024-01-01'),"
            + " (2, 'newer', TIMESTAMP '2024-03-01'), (9, 'kept', TIMESTAMP '2024-01-01')");
    fixture.run(
        "INSERT INTO stg_0 VALUES (1, 'one', TIMESTAMP '2024-01-02', 1.5, '{\"b\": 1, \"a\": 2}',"
            + " ['x', 'y']), (2, 'late', TIMESTAMP '2024-01-05', 2, NULL, []), (3, 'three',"
            + " TIMESTAMP '2024-01-03', 3, '1', NULL)");
    fixture.run(
        "INSERT INTO stg_1 VALUES (1, 'one again', TIMESTAMP '2024-01-04', 1.25, '{}', ['z']),"
            + " (4, 'four', TIMESTAMP '2024-01-03', NULL, NULL, NULL)");
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private static String script(String name) throws IOException {
    try (InputStream file = PublishScriptTest.class.getResourceAsStream("/publish/" + name)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private QueryResult child(QueryResult script, String type) {
    return script.children().stream()
        .filter(c -> type.equals(c.statementType()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void mergeKeepsTheNewestOfEachKeyAndNeverGoesBack() throws IOException {
    fixture.run(script("merge.sql"));

    assertThat(
            fixture.rows(
                "SELECT id, name, amount, TO_JSON_STRING(payload), tags FROM orders ORDER BY id"))
        .extracting(Object::toString)
        .containsExactly(
            "[1, one again, 1.250000000, {}, [z]]",
            "[2, newer, null, null, []]",
            "[3, three, 3.000000000, 1, []]",
            "[4, four, null, null, []]",
            "[9, kept, null, null, []]");
  }

  @Test
  void mergeCountsInsertsAndUpdatesApart() throws IOException {
    QueryResult result = fixture.run(script("merge.sql"));

    assertThat(result.statementType()).isEqualTo("SCRIPT");
    assertThat(child(result, "MERGE").dml())
        .isEqualTo(
            new DmlStatistics()
                .setInsertedRowCount(2L)
                .setUpdatedRowCount(1L)
                .setDeletedRowCount(0L));
    assertThat(fixture.rows("SELECT run_id, inserted, updated FROM orders__deltaflow_ledger"))
        .containsExactly(List.of("run-8", 2L, 1L));
    assertThat(
            fixture.rows(
                "SELECT epoch, JSON_VALUE(watermarks.orders) FROM orders__deltaflow_state ORDER BY"
                    + " epoch DESC"))
        .first()
        .isEqualTo(List.of(8L, "2024-02-01T00:00:00Z"));
  }

  @Test
  void secondRunOfTheSameEpochChangesNothing() throws IOException {
    fixture.run(script("merge.sql"));
    fixture.run("UPDATE orders SET name = 'later' WHERE id = 1");

    ScriptFailure failure =
        catchThrowableOfType(ScriptFailure.class, () -> fixture.run(script("merge.sql")));

    assertThat(failure.error().reason()).isEqualTo("invalidQuery");
    assertThat(failure)
        .hasMessageContaining("deltaflow: the epoch is stale; another run published");
    assertThat(failure.children())
        .extracting(QueryResult::statementType)
        .containsExactly("BEGIN_TRANSACTION", "UPDATE", "ROLLBACK_TRANSACTION");
    assertThat(fixture.value("SELECT name FROM orders WHERE id = 1")).isEqualTo("later");
    assertThat(fixture.value("SELECT COUNT(*) FROM orders__deltaflow_ledger")).isEqualTo(1L);
  }

  @Test
  void missingStagedRowsAbortTheRun() throws IOException {
    fixture.run("DELETE FROM stg_1 WHERE c0 = 4");

    ScriptFailure failure =
        catchThrowableOfType(ScriptFailure.class, () -> fixture.run(script("merge.sql")));

    assertThat(failure).hasMessageContaining("deltaflow: 4 rows are staged, 5 were read");
    assertThat(fixture.value("SELECT epoch FROM orders__deltaflow_state WHERE sync_id = 's'"))
        .isEqualTo(7L);
  }

  @Test
  void valueThatDoesNotFitRollsTheEpochBack() throws IOException {
    fixture.run("UPDATE stg_0 SET c3 = 123456789.5 WHERE c0 = 3");

    ScriptFailure failure =
        catchThrowableOfType(ScriptFailure.class, () -> fixture.run(script("merge.sql")));

    assertThat(failure).hasMessageContaining("NUMERIC(10, 2)").hasMessageContaining("amount");
    assertThat(failure.children())
        .filteredOn(c -> c.error() != null)
        .extracting(QueryResult::statementType)
        .containsExactly("MERGE");
    assertThat(fixture.value("SELECT epoch FROM orders__deltaflow_state WHERE sync_id = 's'"))
        .isEqualTo(7L);
    assertThat(fixture.value("SELECT COUNT(*) FROM orders")).isEqualTo(3L);
  }

  @Test
  void appendAddsEveryStagedRow() throws IOException {
    QueryResult result = fixture.run(script("append.sql"));

    assertThat(child(result, "INSERT").dml().getInsertedRowCount()).isEqualTo(5);
    assertThat(fixture.value("SELECT COUNT(*) FROM orders")).isEqualTo(8L);
    assertThat(fixture.value("SELECT inserted FROM orders__deltaflow_ledger")).isEqualTo(5L);
  }

  @Test
  void replaceLeavesTheStagedRowsOnly() throws IOException {
    QueryResult result = fixture.run(script("replace.sql"));

    assertThat(child(result, "TRUNCATE_TABLE").dml().getDeletedRowCount()).isEqualTo(3);
    assertThat(fixture.rows("SELECT id FROM orders ORDER BY id"))
        .containsExactly(List.of(1L), List.of(2L), List.of(3L));
  }

  @Test
  void failedReplaceKeepsTheOldRows() throws IOException {
    fixture.run("UPDATE stg_0 SET c4 = '{broken' WHERE c0 = 3");

    ScriptFailure failure =
        catchThrowableOfType(ScriptFailure.class, () -> fixture.run(script("replace.sql")));

    assertThat(failure).hasMessageContaining("PARSE_JSON");
    assertThat(fixture.rows("SELECT id FROM orders ORDER BY id"))
        .containsExactly(List.of(1L), List.of(2L), List.of(9L));
  }

  @Test
  void prunedMergeReadsTheOldAndTheNewPartitionsOnly() throws IOException {
    fixture.table("events__deltaflow_state", "sync_id STRING", "epoch INT64");
    fixture.table(
        "events",
        t -> t.setTimePartitioning(new TimePartitioning().setType("DAY").setField("updated_at")),
        "id INT64 REQUIRED",
        "updated_at TIMESTAMP",
        "body STRING");
    fixture.table("stg_2", "c0 INT64", "c1 TIMESTAMP", "c2 STRING");
    fixture.run("INSERT INTO events__deltaflow_state VALUES ('s', 7)");
    fixture.run(
        "INSERT INTO events SELECT x, TIMESTAMP_ADD(TIMESTAMP '2024-01-01', INTERVAL x DAY), 'body'"
            + " FROM UNNEST(GENERATE_ARRAY(0, 99)) AS x");
    fixture.run(
        "INSERT INTO stg_2 VALUES (5, TIMESTAMP '2024-05-01', 'moved'), (200, TIMESTAMP"
            + " '2024-05-01', 'new')");

    QueryResult result = fixture.run(script("pruned-merge.sql"));

    QueryResult merge = child(result, "MERGE");
    assertThat(merge.sql()).contains("DATE '2024-01-06', DATE '2024-05-01'");
    assertThat(merge.dml().getUpdatedRowCount()).isEqualTo(1);
    assertThat(merge.dml().getInsertedRowCount()).isEqualTo(1);
    // One row of the target, of 8 + 8 + (2 + 4) bytes, and two staged ones of 8 + 8 + (2 + 5) and
    // (2 + 3).
    assertThat(merge.bytesProcessed()).isEqualTo(22 + 23 + 21);
    assertThat(fixture.value("SELECT body FROM events WHERE id = 5")).isEqualTo("moved");
    assertThat(fixture.value("SELECT COUNT(*) FROM events")).isEqualTo(101L);
  }
}
