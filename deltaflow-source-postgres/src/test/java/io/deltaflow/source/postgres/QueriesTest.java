package io.deltaflow.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.source.postgres.TestConfig.Opened;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.UpperBound;
import io.deltaflow.spi.UpperBoundRequest;
import io.deltaflow.spi.Window;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.SourceException;
import io.deltaflow.testing.PostgresServer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueriesTest {
  private static final String DATABASE = "queries";
  private static final PostgresServer SERVER = TestServer.get();

  @BeforeAll
  static void createTables() {
    SERVER.createDatabase(DATABASE);
    SERVER.executeIn(
        DATABASE,
        "CREATE TABLE users (id int PRIMARY KEY, name text, doc jsonb, amount numeric(9,2) NOT"
            + " NULL, updated_at timestamptz NOT NULL, day date NOT NULL)",
        "COMMENT ON COLUMN users.amount IS 'in euros'",
        "INSERT INTO users SELECT i, 'u' || i, '{\"a\": 1}', i,"
            + " '2024-01-01 00:00:00+00'::timestamptz + (i - 1) * interval '1 microsecond',"
            + " '2024-01-01'::date + i - 1 FROM generate_series(1, 10) AS i",
        "CREATE SEQUENCE side_effects",
        "CREATE TABLE mark (n int)");
  }

  private static TestConfig config() {
    return TestConfig.of(SERVER, DATABASE);
  }

  private static Opened query(String sql) {
    return config().with("query", sql).open();
  }

  private static CursorPosition at(int micros) {
    return CursorPosition.timestamp(
        Instant.parse("2024-01-01T00:00:00Z").plusNanos(1000L * micros));
  }

  private static List<Object> ids(Opened opened, Window window) {
    ReadRequest request = Rows.request(opened).withWindow(window);
    return Rows.column(Rows.read(opened, request), "id");
  }

  @Test
  void aQueryIsDescribedWithoutBeingRun() {
    Opened opened =
        query(
            "SELECT nextval('side_effects') AS n, id, amount, name || 'x' AS \"Full Name\","
                + " amount * 2 AS double, ARRAY[id] AS ids FROM users");
    Schema schema = Rows.detect(opened).schema();

    assertThat(SERVER.queryIn(DATABASE, "SELECT is_called FROM side_effects")).isEqualTo("f");
    assertThat(schema.getFieldNames())
        .containsExactly("n", "id", "amount", "Full Name", "double", "ids");
    assertThat(FieldTypes.precision(schema.getField("amount").getType()))
        .contains(new FieldTypes.Precision(9, 2));
    assertThat(FieldTypes.precision(schema.getField("double").getType())).isEmpty();
    assertThat(schema.getField("amount").getDescription()).isEqualTo("in euros");
    assertThat(schema.getFields()).allMatch(f -> f.getType().getNullable());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM users",
        "SELECT * FROM users;",
        " select * from users ; ; -- all of them",
        "SELECT * FROM users -- ; DROP TABLE users",
        "SELECT * FROM users /* ( /* ; */ */",
        "/* first */ (SELECT * FROM users)",
        "WITH x AS (SELECT * FROM users) SELECT * FROM x ORDER BY id",
        "TABLE users",
        "SELECT *, ';' AS semicolon, $tag$ ' ; ) $tag$ AS dollar FROM users",
        "SELECT *, E'it\\'s;' AS escaped, '{start}' AS braces FROM users",
        "SELECT * FROM users WHERE doc ? 'a' AND doc ?| ARRAY['a', '?']",
        "SELECT * FROM users WHERE name <> '?' AND name <> 'a''?;'",
        "SELECT *, 1 AS \"odd ; ) name?\" FROM users"
      })
  void oneSelectInAnyDressIsRead(String sql) {
    assertThat(Rows.all(query(sql))).hasSize(10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", ";", "-- nothing", "/* nothing */ ;"})
  void anEmptyQueryIsNamed(String sql) {
    assertThatThrownBy(() -> query(sql))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--postgresql_query")
        .hasMessageContaining("Query cannot be empty");
    assertThatThrownBy(() -> config().with("base_query", sql).open())
        .hasMessageContaining("--postgresql_base_query")
        .hasMessageContaining("Query cannot be empty");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE users",
        "SELECT 1) TO STDOUT; DROP TABLE users; --",
        "SELECT * FROM (SELECT 1",
        "SELECT 'open",
        "SELECT /* open",
        "DELETE FROM users",
        "INSERT INTO mark VALUES (1) RETURNING n",
        "UPDATE users SET id = 1",
        "DROP TABLE users",
        "COPY users TO STDOUT",
        "CALL p()",
        "123"
      })
  void whatIsNotOneSelectIsRefusedBeforeAnyContact(String sql) {
    assertThatThrownBy(() -> query(sql))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--postgresql_query");
  }

  @Test
  void writesInsideASelectAreRefusedByTheServer() {
    Opened opened = query("WITH x AS (INSERT INTO mark VALUES (1) RETURNING n) SELECT * FROM x");
    assertThatThrownBy(() -> Rows.detect(opened)).isInstanceOf(ConfigurationException.class);
    SERVER.executeIn(
        DATABASE,
        "CREATE OR REPLACE FUNCTION leave_mark() RETURNS int LANGUAGE sql AS"
            + " 'INSERT INTO mark VALUES (1) RETURNING n'");
    Opened hidden = query("SELECT leave_mark() AS n");
    assertThatThrownBy(() -> Rows.all(hidden))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("read-only transaction");
    assertThat(SERVER.queryIn(DATABASE, "SELECT count(*) FROM mark")).isEqualTo("0");
  }

  @Test
  void aQueryThatTheServerRefusesIsExplained() {
    assertThatThrownBy(() -> Rows.detect(query("SELECT nmae FROM users")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--postgresql_query")
        .hasMessageContaining("\"nmae\" does not exist");
    assertThatThrownBy(() -> Rows.detect(query("SELECT * FROM userz")))
        .hasMessageContaining("\"userz\" does not exist");
  }

  @Test
  void columnsOfOneNameAreRefused() {
    assertThatThrownBy(() -> Rows.detect(query("SELECT a.id, b.id FROM users a, users b")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("two columns named 'id'");
  }

  @Test
  void typesOfAQueryAreReadLikeThoseOfATable() {
    List<Row> rows =
        Rows.all(
            query(
                "SELECT NULL AS nothing, 'text' AS t, ROW(1, 'x') AS r, '1 day'::interval AS i,"
                    + " count(*) AS n FROM users"));
    assertThat(rows.get(0).getValues())
        .containsExactly(null, "text", "{\"f1\":1,\"f2\":\"x\"}", "P1D", 10L);
  }

  /** All comparisons that users write, and both ways to write a placeholder. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "updated_at > '{start_timestamp}' AND updated_at <= '{end_timestamp}'",
        "updated_at >= '{start_timestamp}' AND updated_at < '{end_timestamp}'",
        "updated_at > '{start_timestamp}' AND updated_at < '{end_timestamp}'",
        "updated_at BETWEEN '{start_timestamp}' AND '{end_timestamp}'",
        "updated_at BETWEEN {start_timestamp} AND {end_timestamp}",
        "updated_at > '{start_timestamp}'::timestamptz AND updated_at <= {end_timestamp}",
        "updated_at > $${start_timestamp}$$ AND updated_at <= E'{end_timestamp}' -- {x}",
        "updated_at <@ '[{start_timestamp},{end_timestamp})'::tstzrange",
        "updated_at > '{start_timestamp}' /* {end_timestamp} */"
      })
  void everyComparisonGivesTheExactWindow(String comparison) {
    Opened opened =
        config()
            .with(
                "base_query",
                "SELECT id, updated_at, '{}' AS json FROM users WHERE "
                    + comparison
                    + "\n ORDER BY updated_at ASC")
            .open();

    assertThat(ids(opened, new Window("updated_at", at(3), at(6), false)))
        .containsExactlyInAnyOrder(4L, 5L, 6L);
    assertThat(ids(opened, new Window("updated_at", at(6), at(7), false))).containsExactly(7L);
    assertThat(ids(opened, new Window("updated_at", null, at(2), false)))
        .containsExactlyInAnyOrder(1L, 2L);
  }

  @Test
  void datesAndIntegersHaveTheirOwnForm() {
    Opened byDay =
        config()
            .with(
                "base_query",
                "SELECT * FROM users WHERE day > '{start_timestamp}' AND day <= {end_timestamp}")
            .open();
    assertThat(
            ids(
                byDay,
                new Window(
                    "day",
                    CursorPosition.date(LocalDate.of(2024, 1, 3)),
                    CursorPosition.date(LocalDate.of(2024, 1, 5)),
                    false)))
        .containsExactlyInAnyOrder(3L, 4L);
    Opened byId =
        config()
            .with(
                "base_query",
                "SELECT * FROM users WHERE id > {start_timestamp} AND id <= '{end_timestamp}'")
            .open();
    assertThat(
            ids(
                byId,
                new Window("id", CursorPosition.integer(3), CursorPosition.integer(5), false)))
        .containsExactlyInAnyOrder(3L, 4L);
    assertThat(ids(byId, new Window("id", null, CursorPosition.integer(3), false)))
        .containsExactlyInAnyOrder(1L, 2L);
    UpperBound bound =
        byId.source()
            .upperBound(
                new UpperBoundRequest("id", null, Duration.ZERO, Duration.ZERO), byId.context());
    assertThat(bound.position()).isEqualTo(CursorPosition.integer(11));
  }

  @Test
  void aCursorOutsideOfTheOutputIsAcceptedAsTheExactPairOnly() {
    Opened pair =
        config()
            .with(
                "base_query",
                "SELECT u.id FROM public.users u WHERE u.updated_at > '{start_timestamp}'"
                    + " AND u.updated_at <= '{end_timestamp}'")
            .open();
    UpperBound bound =
        pair.source()
            .upperBound(
                new UpperBoundRequest("updated_at", null, Duration.ZERO, Duration.ofHours(1)),
                pair.context());
    assertThat(bound.deferredRows()).isNegative();
    assertThat(ids(pair, new Window("updated_at", at(3), at(6), false)))
        .containsExactlyInAnyOrder(4L, 5L, 6L);

    for (String other :
        List.of(
            "updated_at >= '{start_timestamp}' AND updated_at < '{end_timestamp}'",
            "updated_at BETWEEN '{start_timestamp}' AND '{end_timestamp}'",
            "day > '{start_timestamp}' AND updated_at <= '{end_timestamp}'")) {
      Opened refused = config().with("base_query", "SELECT id FROM users WHERE " + other).open();
      assertThatThrownBy(() -> ids(refused, new Window("updated_at", at(3), at(6), false)))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("'updated_at'")
          .hasMessageContaining("not among the query's columns");
    }
  }

  @Test
  void aBaseQueryWithoutPlaceholdersIsCutAllTheSame() {
    Opened opened = config().with("base_query", "SELECT * FROM users").open();
    assertThat(ids(opened, new Window("updated_at", at(8), at(100), false)))
        .containsExactlyInAnyOrder(9L, 10L);
  }

  @Test
  void aQueryOrATableServesAWindowWithoutABaseQuery() {
    Opened byQuery = query("SELECT id, updated_at FROM users");
    assertThat(ids(byQuery, new Window("updated_at", at(8), at(100), false)))
        .containsExactlyInAnyOrder(9L, 10L);
    Opened byTable = config().with("table", "users").open();
    assertThat(ids(byTable, new Window("updated_at", at(8), at(100), false)))
        .containsExactlyInAnyOrder(9L, 10L);
  }

  @Test
  void theBaseQueryIsReadWithAWindowAndTheQueryWithout() {
    Opened opened =
        config()
            .with("table", "users")
            .with("query", "SELECT id, updated_at FROM users WHERE id < 3")
            .with(
                "base_query",
                "SELECT id, updated_at FROM users WHERE updated_at > '{start_timestamp}'")
            .open();
    assertThat(Rows.all(opened)).hasSize(2);
    assertThat(ids(opened, new Window("updated_at", at(8), at(100), false))).hasSize(2);
    assertThat(ids(opened, new Window("updated_at", null, at(100), false))).hasSize(10);
  }

  @Test
  void aBaseQueryAloneIsReadWholeWithoutAWindow() {
    Opened opened =
        config()
            .with(
                "base_query",
                "SELECT id FROM users WHERE updated_at > '{start_timestamp}' AND updated_at <="
                    + " '{end_timestamp}'")
            .open();
    assertThat(Rows.all(opened)).hasSize(10);
  }

  @Test
  void queryAndBaseQueryMustHaveTheSameColumns() {
    Opened opened =
        config()
            .with("query", "SELECT id FROM users")
            .with("base_query", "SELECT id, name FROM users")
            .open();
    assertThatThrownBy(() -> Rows.detect(opened))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("same columns");
  }

  @Test
  void nothingToReadAndPlaceholdersInTheWrongPlaceAreRefused() {
    assertThatThrownBy(() -> config().open())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--postgresql_table")
        .hasMessageContaining("--postgresql_base_query");
    assertThatThrownBy(() -> query("SELECT * FROM users WHERE id > {start_timestamp}"))
        .hasMessageContaining("--postgresql_base_query");
  }

  @Test
  void identityIsOfWhatIsReadAndNeverOfTheServer() {
    assertThat(config().with("table", "Public.Users").open().source().identity())
        .isEqualTo("postgresql:" + DATABASE + "/public.users");
    assertThat(config().with("table", "users").open().source().identity())
        .isEqualTo("postgresql:" + DATABASE + "/users");
    String one = query("SELECT 1 AS a").source().identity();
    assertThat(one).isEqualTo(query("SELECT 1 AS a;").source().identity());
    assertThat(one).isNotEqualTo(query("SELECT 2 AS a").source().identity());
    assertThat(one).doesNotContain(SERVER.host());
  }

  @Test
  void aTableIsOneIdentityHoweverItIsNamed() {
    for (String name : List.of("users", "Users", "public.users", "\"public\".\"users\"")) {
      assertThat(Rows.detect(config().with("table", name).open()).identity())
          .as(name)
          .contains("postgresql:" + DATABASE + "/public.users");
    }
  }

  @Test
  void theSearchPathTellsTablesOfOneNameApart() {
    SERVER.executeIn(
        DATABASE,
        "DROP SCHEMA IF EXISTS elsewhere CASCADE",
        "DROP ROLE IF EXISTS elsewhere",
        "CREATE ROLE elsewhere LOGIN PASSWORD 'elsewhere'",
        "CREATE SCHEMA elsewhere AUTHORIZATION elsewhere",
        "CREATE TABLE elsewhere.users (id int)",
        "ALTER TABLE elsewhere.users OWNER TO elsewhere",
        "ALTER ROLE elsewhere SET search_path = elsewhere, public");
    try {
      TestConfig users = config().with("table", "users");
      assertThat(
              Rows.detect(users.with("username", "elsewhere").with("password", "elsewhere").open())
                  .identity())
          .contains("postgresql:" + DATABASE + "/elsewhere.users");
    } finally {
      SERVER.executeIn(DATABASE, "DROP OWNED BY elsewhere", "DROP ROLE elsewhere");
    }
  }

  @Test
  void aQueryIsKnownByItsWordsAlone() {
    assertThat(Rows.detect(query("SELECT 1 AS a")).identity()).isEmpty();
    assertThat(
            Rows.detect(
                    config()
                        .with("table", "users")
                        .with("base_query", "SELECT * FROM users")
                        .open())
                .identity())
        .isEmpty();
  }

  @Test
  void twoDatabasesAreTwoIdentities() {
    for (String option : List.of("table", "query", "base_query")) {
      String text = option.equals("table") ? "public.users" : "SELECT * FROM users";
      assertThat(config().with(option, text).with("database", "tenant1").open().source().identity())
          .startsWith("postgresql:tenant1/")
          .isNotEqualTo(
              config().with(option, text).with("database", "tenant2").open().source().identity());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT  a,'x  y'  AS \"b  c\"\n\tFROM t",
        "\n SELECT a,'x  y' AS \"b  c\" FROM t \n;; ",
        "SELECT a,'x  y' AS \"b  c\" -- all\nFROM /* of */ t; -- done"
      })
  void spacingAndCommentsKeepTheIdentityOfAQuery(String query) {
    assertThat(identity(query)).isEqualTo(identity("SELECT a,'x  y' AS \"b  c\" FROM t"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT a,'x y' AS \"b  c\" FROM t",
        "SELECT a,'x  y' AS \"b c\" FROM t",
        "SELECT a,'x  y' AS \"b  c\" -- FROM t",
        "SELECT a,$$x  y$$ AS \"b  c\" FROM t"
      })
  void whatAQuerySaysIsItsIdentity(String query) {
    assertThat(identity(query)).isNotEqualTo(identity("SELECT a,'x  y' AS \"b  c\" FROM t"));
  }

  private static String identity(String baseQuery) {
    return config().with("base_query", baseQuery).open().source().identity();
  }
}
