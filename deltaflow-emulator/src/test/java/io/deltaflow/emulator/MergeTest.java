package io.deltaflow.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.services.bigquery.model.DmlStatistics;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MergeTest {
  private SqlFixture fixture;

  @BeforeEach
  void tables() {
    fixture = new SqlFixture();
    fixture.table("t", "id INT64", "name STRING", "n INT64");
    fixture.table("s", "id INT64", "name STRING", "n INT64");
    fixture.run(
        "INSERT INTO t VALUES (1, 'one', 10), (2, 'two', 20), (3, 'three', 30), (NULL, 'null', 0)");
    fixture.run(
        "INSERT INTO s VALUES (1, 'ONE', 11), (2, 'TWO', 19), (4, 'FOUR', 40), (NULL, 'NULL', 1)");
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private static DmlStatistics counts(long inserted, long updated, long deleted) {
    return new DmlStatistics()
        .setInsertedRowCount(inserted)
        .setUpdatedRowCount(updated)
        .setDeletedRowCount(deleted);
  }

  private List<String> rows() {
    return fixture.rows("SELECT id, name, n FROM t ORDER BY id, name").stream()
        .map(Object::toString)
        .toList();
  }

  @Test
  void firstClauseThatTakesThePairWins() {
    QueryResult result =
        fixture.run(
            "MERGE t USING s ON t.id = s.id WHEN MATCHED AND s.n > t.n THEN UPDATE SET name ="
                + " s.name, n = t.n + s.n WHEN MATCHED AND s.n < t.n THEN DELETE WHEN MATCHED THEN"
                + " UPDATE SET name = 'never' WHEN NOT MATCHED AND s.id IS NULL THEN INSERT (name)"
                + " VALUES ('no id') WHEN NOT MATCHED THEN INSERT ROW");

    assertThat(result.dml()).isEqualTo(counts(2, 1, 1));
    assertThat(rows())
        .containsExactly(
            "[null, no id, null]",
            "[null, null, 0]",
            "[1, ONE, 21]",
            "[3, three, 30]",
            "[4, FOUR, 40]");
  }

  @Test
  void rowsWithoutASourceCanBeChanged() {
    QueryResult result =
        fixture.run(
            "MERGE t USING s ON t.id = s.id WHEN NOT MATCHED BY SOURCE AND t.id = 3 THEN DELETE"
                + " WHEN NOT MATCHED BY SOURCE THEN UPDATE SET name = 'gone' WHEN NOT MATCHED BY"
                + " TARGET THEN INSERT ROW");

    assertThat(result.dml()).isEqualTo(counts(2, 1, 1));
    assertThat(rows())
        .containsExactly(
            "[null, NULL, 1]", "[null, gone, 0]", "[1, one, 10]", "[2, two, 20]", "[4, FOUR, 40]");
  }

  @Test
  void onFalseReplacesAll() {
    QueryResult result =
        fixture.run(
            "MERGE t USING s ON FALSE WHEN NOT MATCHED THEN INSERT ROW WHEN NOT MATCHED BY SOURCE"
                + " THEN DELETE");

    assertThat(result.dml()).isEqualTo(counts(4, 0, 4));
    assertThat(rows())
        .containsExactly("[null, NULL, 1]", "[1, ONE, 11]", "[2, TWO, 19]", "[4, FOUR, 40]");
  }

  @Test
  void emptySourceChangesNothing() {
    assertThat(
            fixture
                .run(
                    "MERGE t USING (SELECT * FROM s WHERE FALSE) s ON t.id = s.id WHEN MATCHED THEN"
                        + " UPDATE SET n = 0 WHEN NOT MATCHED THEN INSERT ROW")
                .dml())
        .isEqualTo(counts(0, 0, 0));
    assertThat(rows()).hasSize(4);
  }

  @Test
  void keysOfSeveralColumnsAndOfAllTypes() {
    fixture.table("wide", "a BIGNUMERIC", "b BYTES", "c TIMESTAMP", "d STRING", "v INT64");
    String rows =
        "SELECT BIGNUMERIC '1.50' AS a, b'x' AS b, TIMESTAMP '2024-01-01' AS c, 'k' AS d, 1 AS v"
            + " UNION ALL SELECT BIGNUMERIC '1.5', b'y', TIMESTAMP '2024-01-01', 'k', 2";
    String merge =
        "MERGE wide t USING ("
            + rows
            + ") s ON t.a = s.a AND t.b = s.b AND t.c = s.c AND t.d = s.d"
            + " WHEN MATCHED THEN UPDATE SET v = t.v + s.v WHEN NOT MATCHED THEN INSERT ROW";

    assertThat(fixture.run(merge).dml()).isEqualTo(counts(2, 0, 0));
    assertThat(fixture.run(merge).dml()).isEqualTo(counts(0, 2, 0));
    assertThat(fixture.rows("SELECT v FROM wide ORDER BY v"))
        .containsExactly(List.of(2L), List.of(4L));
  }

  @Test
  @Timeout(90)
  void millionRowsTakeSeconds() throws SQLException {
    fixture.table(
        "big",
        "id INT64 REQUIRED",
        "name STRING",
        "ts TIMESTAMP",
        "amount NUMERIC(12,2)",
        "tags STRING REPEATED");
    fixture.table(
        "staged", "c0 INT64", "c1 STRING", "c2 TIMESTAMP", "c3 NUMERIC", "c4 STRING REPEATED");
    try (Connection session = fixture.warehouse.connection();
        Statement statement = session.createStatement()) {
      statement.execute(
          "INSERT INTO "
              + fixture.warehouse.storageName(SqlFixture.reference("staged"))
              + " SELECT i, 'name ' || i, make_timestamptz(1700000000000000 + i), i / 100, ['x']"
              + " FROM range(1000000) t(i)");
    }
    String merge =
        "MERGE big T USING (SELECT * FROM (SELECT c0 AS id, c1 AS name, c2 AS ts, c3 AS amount, c4"
            + " AS tags FROM staged) WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY"
            + " ts DESC) = 1) S ON T.id = S.id WHEN MATCHED AND S.ts >= T.ts THEN UPDATE SET name ="
            + " S.name, ts = S.ts, amount = S.amount, tags = S.tags WHEN NOT MATCHED THEN INSERT"
            + " ROW";

    assertThat(fixture.run(merge).dml()).isEqualTo(counts(1_000_000, 0, 0));
    assertThat(fixture.run(merge).dml()).isEqualTo(counts(0, 1_000_000, 0));
  }
}
