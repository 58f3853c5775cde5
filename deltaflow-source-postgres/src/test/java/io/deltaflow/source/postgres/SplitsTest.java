package io.deltaflow.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.source.postgres.TestConfig.Opened;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.Window;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.testing.PostgresServer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SplitsTest {
  private static final String DATABASE = "splits";
  private static final PostgresServer SERVER = TestServer.get();

  @BeforeAll
  static void createDatabase() {
    SERVER.createDatabase(DATABASE);
    SERVER.executeIn(
        DATABASE,
        "CREATE COLLATION german (provider = icu, locale = 'de-DE')",
        "CREATE TABLE wide AS SELECT i AS id, i / 7 AS grp, 'n' || i AS name,"
            + " '2024-01-01'::timestamptz + i * interval '1 s' AS updated_at"
            + " FROM generate_series(1, 30000) AS i",
        "ALTER TABLE wide ADD PRIMARY KEY (id)",
        "ANALYZE wide");
  }

  private static TestConfig config() {
    return TestConfig.of(SERVER, DATABASE);
  }

  private static List<Split> splits(Opened opened, ReadRequest request) {
    return opened.source().split(request, opened.context());
  }

  private static void assertCovers(Opened opened, int wanted, String table, int fewest) {
    ReadRequest request = Rows.request(opened).withDesiredSplits(wanted);
    List<Split> splits = splits(opened, request);
    assertThat(splits).hasSizeBetween(fewest, wanted + 1);
    List<Row> rows = new ArrayList<>();
    splits.forEach(s -> rows.addAll(Rows.read(opened, s, request)));
    long count = Long.parseLong(SERVER.queryIn(DATABASE, "SELECT count(*) FROM " + table));
    assertThat(rows).hasSize((int) count).doesNotHaveDuplicates();
  }

  /** Key types, values, and whether the server has statistics. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "bigint; i * i; true",
        "bigint; i * i; false",
        "smallint; i - 2000; true",
        "integer; CASE WHEN i < 3000 THEN i ELSE i * 100000 END; true",
        "bigint; CASE i WHEN 1 THEN -9223372036854775808 WHEN 2 THEN 9223372036854775807 ELSE i"
            + " END; false",
        "uuid; md5(i::text)::uuid; true",
        "uuid; md5(i::text)::uuid; false",
        "text; chr(65 + i % 26) || md5(i::text); true",
        "text; 'O''Brien \\ ' || i; true",
        "text; 'ä' || i; false",
        "\"text COLLATE german\"; chr(65 + i % 50) || i; true",
        "varchar(40); i; true",
        "char(10); i; true",
        "numeric; i / 3.0; true",
        "date; '2000-01-01'::date + i; true",
        "timestamp; '2000-01-01'::timestamp + i * interval '1 us'; true",
        "timestamptz; '2000-01-01'::timestamptz + i * interval '1 us'; true"
      })
  void rangesCoverTheTableExactly(String type, String value, boolean statistics) {
    SERVER.executeIn(
        DATABASE,
        "DROP TABLE IF EXISTS t",
        "CREATE TABLE t (k " + type.replace("\"", "") + " PRIMARY KEY, i int)",
        "INSERT INTO t SELECT " + value + ", i FROM generate_series(1, 5000) AS i",
        statistics ? "ANALYZE t" : "ALTER TABLE t SET (autovacuum_enabled = false)");
    assertCovers(config().with("table", "t").open(), 7, "t", 7);
  }

  @Test
  void rangesAreAboutEvenWhereTheKeysAreNot() {
    SERVER.executeIn(
        DATABASE,
        "DROP TABLE IF EXISTS skewed",
        "CREATE TABLE skewed (k bigint PRIMARY KEY)",
        "INSERT INTO skewed SELECT i::bigint * i * i FROM generate_series(1, 20000) AS i",
        "ANALYZE skewed");
    Opened opened = config().with("table", "skewed").open();
    ReadRequest request = Rows.request(opened).withDesiredSplits(10);
    for (Split split : splits(opened, request)) {
      assertThat(Rows.read(opened, split, request)).hasSizeBetween(1000, 3500);
    }
  }

  @Test
  void nullKeysHaveASplitOfTheirOwn() {
    SERVER.executeIn(
        DATABASE,
        "DROP TABLE IF EXISTS nulls",
        "CREATE TABLE nulls (k int, i int)",
        "INSERT INTO nulls SELECT CASE WHEN i % 3 > 0 THEN i % 100 END, i FROM generate_series(1,"
            + " 5000) AS i",
        "ANALYZE nulls");
    Opened opened = config().with("table", "nulls").with("split_column", "k").open();

    assertCovers(opened, 5, "nulls", 5);
    assertThat(splits(opened, Rows.request(opened).withDesiredSplits(5)))
        .filteredOn(s -> s.spec().contains("nulls"))
        .hasSize(1);
  }

  @Test
  void theFirstColumnOfACompositeKeySplits() {
    SERVER.executeIn(
        DATABASE,
        "DROP TABLE IF EXISTS composite",
        "CREATE TABLE composite (a int, b int, PRIMARY KEY (a, b))",
        "INSERT INTO composite SELECT i / 10, i FROM generate_series(1, 5000) AS i",
        "ANALYZE composite");
    assertCovers(config().with("table", "composite").open(), 6, "composite", 6);
  }

  @Test
  void partitionedTablesAreSplit() {
    SERVER.executeIn(
        DATABASE,
        "DROP TABLE IF EXISTS parts",
        "CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY HASH (id)",
        "CREATE TABLE parts0 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
        "CREATE TABLE parts1 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
        "INSERT INTO parts SELECT generate_series(1, 5000)");
    assertCovers(config().with("table", "parts").open(), 6, "parts", 6);
  }

  @Test
  void aTableWithoutAKeyIsOneSplit() {
    SERVER.executeIn(
        DATABASE,
        "DROP TABLE IF EXISTS keyless",
        "CREATE TABLE keyless AS SELECT generate_series(1, 50000) AS i",
        "ANALYZE keyless");
    Opened opened = config().with("table", "keyless").open();
    assertThat(splits(opened, Rows.request(opened).withDesiredSplits(8))).hasSize(1);
    assertCovers(opened, 1, "keyless", 1);
  }

  @Test
  void aSmallTableIsOneSplitAndALargerOneMany() {
    SERVER.executeIn(
        DATABASE,
        "DROP TABLE IF EXISTS small",
        "CREATE TABLE small (id int PRIMARY KEY)",
        "INSERT INTO small SELECT generate_series(1, 1000)",
        "ANALYZE small");
    Opened small = config().with("table", "small").open();
    assertThat(splits(small, Rows.request(small))).hasSize(1);
    Opened wide = config().with("table", "wide").open();
    assertThat(splits(wide, Rows.request(wide))).hasSize(8);
  }

  @Test
  void fewLargeRowsAreCutByTheirBytesAlsoInADeltaAndWithoutStatistics() {
    SERVER.executeIn(
        DATABASE,
        "DROP TABLE IF EXISTS large",
        "CREATE TABLE large (id int PRIMARY KEY, doc text, updated_at timestamptz NOT NULL)"
            + " WITH (autovacuum_enabled = false)",
        "ALTER TABLE large ALTER COLUMN doc SET STORAGE EXTERNAL",
        "INSERT INTO large SELECT i, repeat('x', 1 << 20), timestamptz '2024-01-01T10:30:00Z'"
            + " FROM generate_series(1, 560) AS i");
    Opened opened = config().with("table", "large").open();
    Window delta =
        new Window(
            "updated_at",
            CursorPosition.timestamp(Instant.parse("2024-01-01T10:00:00Z")),
            CursorPosition.timestamp(Instant.parse("2024-01-01T11:00:00Z")),
            false);

    assertThat(splits(opened, Rows.request(opened))).hasSize(2);
    SERVER.executeIn(DATABASE, "ANALYZE large");
    assertThat(splits(opened, Rows.request(opened).withWindow(delta))).hasSize(2);
    SERVER.executeIn(DATABASE, "DROP TABLE large");
  }

  @Test
  void aSmallDeltaIsOneSplit() {
    Opened opened = config().with("table", "wide").open();
    Window delta =
        new Window(
            "updated_at",
            CursorPosition.timestamp(Instant.parse("2024-01-01T10:00:00Z")),
            CursorPosition.timestamp(Instant.parse("2024-01-01T11:00:00Z")),
            false);

    assertThat(splits(opened, Rows.request(opened).withWindow(delta))).hasSize(1);
  }

  @Test
  void splitsOfAWindowCoverTheWindowExactly() {
    Opened opened = config().with("table", "wide").open();
    Window window =
        new Window(
            "updated_at",
            CursorPosition.timestamp(Instant.parse("2024-01-01T05:00:00Z")),
            CursorPosition.timestamp(Instant.parse("2024-01-01T12:00:00Z")),
            false);
    ReadRequest request = Rows.request(opened).withWindow(window).withDesiredSplits(5);

    assertThat(splits(opened, request)).hasSize(5);
    long expected =
        Long.parseLong(
            SERVER.queryIn(
                DATABASE,
                "SELECT count(*) FROM wide WHERE updated_at >= '2024-01-01 05:00:00+00'"
                    + " AND updated_at < '2024-01-01 12:00:00+00'"));
    assertThat(expected).isPositive();
    assertThat(Rows.read(opened, request)).hasSize((int) expected).doesNotHaveDuplicates();
  }

  @Test
  void anEmptyWindowHasNoSplits() {
    Opened opened = config().with("table", "wide").open();
    CursorPosition edge = CursorPosition.timestamp(Instant.parse("2024-01-01T05:00:00Z"));
    assertThat(
            splits(
                opened,
                Rows.request(opened).withWindow(new Window("updated_at", edge, edge, false))))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"id", "grp", "name", "updated_at"})
  void aQueryIsSplitOverTheColumnGiven(String column) {
    Opened opened =
        config()
            .with("query", "SELECT * FROM wide WHERE id > 100 -- not the first")
            .with("split_column", column)
            .open();
    ReadRequest request = Rows.request(opened).withDesiredSplits(5);

    assertThat(splits(opened, request)).hasSize(6);
    assertThat(Rows.read(opened, request)).hasSize(29_900).doesNotHaveDuplicates();
  }

  @Test
  void aQueryWithoutASplitColumnIsOneSplit() {
    Opened opened = config().with("query", "SELECT * FROM wide").open();
    assertThat(splits(opened, Rows.request(opened).withDesiredSplits(5))).hasSize(1);
  }

  @Test
  void aMissingSplitColumnIsNamedWithItsNeighbours() {
    Opened opened = config().with("table", "wide").with("split_column", "nmae").open();
    ReadRequest request = Rows.request(opened);
    assertThatThrownBy(() -> splits(opened, request))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--postgresql_split_column")
        .hasMessageContaining("nmae")
        .hasMessageContaining("did you mean name?");
  }

  @Test
  void anUpdateThatMovesARowLosesItFromNoSplit() throws Exception {
    SERVER.executeIn(
        DATABASE,
        "DROP TABLE IF EXISTS moving",
        "CREATE TABLE moving (id int PRIMARY KEY, pad text, v int)",
        "INSERT INTO moving SELECT i, repeat('x', 500), 0 FROM generate_series(1, 2000) AS i",
        "DELETE FROM moving WHERE id <= 500",
        "VACUUM moving",
        "ANALYZE moving");
    Opened opened = config().with("table", "moving").open();
    ReadRequest request = Rows.request(opened).withDesiredSplits(3);
    List<Split> splits = splits(opened, request);
    assertThat(splits).hasSizeGreaterThan(1);
    List<Row> rows = new ArrayList<>();
    for (Split split : splits) {
      rows.addAll(Rows.read(opened, split, request));
      // New versions go to the pages that the deletion freed, before those not yet read.
      SERVER.executeIn(DATABASE, "UPDATE moving SET v = v + 1");
    }
    assertThat(Rows.column(rows, "id")).hasSize(1500).doesNotHaveDuplicates();
  }
}
