package io.deltaflow.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.deltaflow.source.postgres.TestConfig.Opened;
import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.UpperBound;
import io.deltaflow.spi.UpperBoundRequest;
import io.deltaflow.spi.Window;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.SourceException;
import io.deltaflow.testing.PostgresServer;
import io.deltaflow.testing.TcpProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.apache.beam.sdk.values.Row;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpperBoundTest {
  private static final String DATABASE = "upper_bound";
  private static final PostgresServer SERVER = TestServer.get();
  private static final Duration HOUR = Duration.ofHours(1);

  @BeforeAll
  static void createDatabase() {
    SERVER.createDatabase(DATABASE);
  }

  @BeforeEach
  void createTable() {
    SERVER.executeIn(
        DATABASE,
        "DROP TABLE IF EXISTS t",
        "CREATE TABLE t (id bigserial PRIMARY KEY, name text, updated_at timestamptz DEFAULT now(),"
            + " local timestamp, day date, ratio float8)",
        "INSERT INTO t (name, updated_at) VALUES ('old', now() - interval '1 hour')");
  }

  private static TestConfig config() {
    return TestConfig.of(SERVER, DATABASE).with("table", "t");
  }

  private static UpperBound bound(Opened opened, String cursor, CursorPosition previous) {
    return opened
        .source()
        .upperBound(new UpperBoundRequest(cursor, previous, Duration.ZERO, HOUR), opened.context());
  }

  private static UpperBound bound(String cursor) {
    return bound(config().open(), cursor, null);
  }

  private static Instant serverNow() {
    return Instant.parse(
        SERVER.queryIn(
            DATABASE,
            "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC',"
                + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"));
  }

  private static Instant instant(CursorPosition position) {
    return Instant.EPOCH.plus(position.value(), ChronoUnit.MICROS);
  }

  /** An open transaction of another session. */
  private static final class Transaction implements AutoCloseable {
    private final Connection connection;

    Transaction(Connection connection) throws SQLException {
      this.connection = connection;
      connection.setAutoCommit(false);
    }

    static Transaction begin() throws SQLException {
      return new Transaction(SERVER.connect(DATABASE)).run("SELECT 1");
    }

    Transaction run(String sql) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
      return this;
    }

    void commit() throws SQLException {
      connection.commit();
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }

  @Test
  void withoutOpenTransactionsItIsOneSecondBeforeNow() {
    Instant before = serverNow();
    UpperBound bound = bound("updated_at");
    Instant after = serverNow();

    assertThat(bound.position().kind()).isEqualTo(CursorKind.TIMESTAMP);
    assertThat(instant(bound.position())).isBetween(before.minusSeconds(1), after.minusSeconds(1));
    assertThat(bound.reason()).isEqualTo("now() - 1 s");
    assertThat(bound.warnings()).isEmpty();
    assertThat(bound.deferredRows()).isZero();
    assertThat(bound.nullRows()).isZero();
  }

  @Test
  void aRowOfATransactionThatCommitsLateArrivesInTheNextRun() throws Exception {
    Opened opened = config().open();
    UpperBound first;
    try (Transaction late = Transaction.begin()) {
      SERVER.executeIn(DATABASE, "INSERT INTO t (name) VALUES ('early')", "SELECT pg_sleep(1.5)");
      first = bound(opened, "updated_at", null);
      late.run("INSERT INTO t (name) VALUES ('late')");
      late.commit();
    }
    List<Row> firstRows = window(opened, null, first.position());
    SERVER.executeIn(DATABASE, "SELECT pg_sleep(1.1)");
    UpperBound second = bound(opened, "updated_at", first.position());
    List<Row> secondRows = window(opened, first.position(), second.position());

    assertThat(Rows.column(firstRows, "name")).containsExactly("old");
    assertThat(first.deferredRows()).isEqualTo(1);
    assertThat(Rows.column(secondRows, "name")).containsExactlyInAnyOrder("early", "late");
  }

  private static List<Row> window(Opened opened, CursorPosition lo, CursorPosition hi) {
    ReadRequest request = Rows.request(opened).withWindow(new Window("updated_at", lo, hi, false));
    return Rows.read(opened, request);
  }

  @Test
  void anIdleTransactionThatHasWrittenNothingHoldsTheEnd() throws Exception {
    Instant before = serverNow();
    try (Transaction idle = Transaction.begin()) {
      SERVER.executeIn(DATABASE, "SELECT pg_sleep(0.2)");
      UpperBound bound = bound("updated_at");
      assertThat(instant(bound.position()))
          .isBetween(before.minusSeconds(1), serverNow().minusMillis(1150));
      assertThat(bound.reason()).contains("process ").contains("application 'test'");
      idle.commit();
    }
  }

  @Test
  void aTransactionOpenForLongerThanExpectedIsReported() throws Exception {
    try (Transaction idle = Transaction.begin()) {
      Opened opened = config().open();
      UpperBound bound =
          opened
              .source()
              .upperBound(
                  new UpperBoundRequest("updated_at", null, Duration.ZERO, Duration.ZERO),
                  opened.context());
      String pid =
          SERVER.queryIn(
              DATABASE,
              "SELECT pid FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = '"
                  + DATABASE
                  + "'");
      assertThat(bound.warnings())
          .singleElement()
          .asString()
          .contains("process " + pid, "application 'test'", "--postgresql_ignore_applications");
      idle.commit();
    }
  }

  @Test
  void ignoredApplicationsAndOurOwnReadersHoldNothing() throws Exception {
    Opened opened = config().with("ignore_applications", "pgAdmin 4, test").open();
    ReadRequest request = Rows.request(opened);
    var split = opened.source().split(request, opened.context()).get(0);
    try (Transaction ignored = Transaction.begin();
        var reader = opened.source().open(split, request, opened.context())) {
      assertThat(reader.advance()).isTrue();
      SERVER.executeIn(DATABASE, "SELECT pg_sleep(0.2)");
      assertThat(bound(opened, "updated_at", null).reason()).isEqualTo("now() - 1 s");
      ignored.commit();
    }
  }

  @Test
  void transactionsOfOtherDatabasesHoldNothing() throws Exception {
    try (Transaction other = new Transaction(SERVER.connect("postgres")).run("SELECT 1")) {
      assertThat(bound("updated_at").reason()).isEqualTo("now() - 1 s");
      other.commit();
    }
  }

  @Test
  void itNeverFallsBelowThePreviousOne() throws Exception {
    try (Transaction idle = Transaction.begin()) {
      SERVER.executeIn(DATABASE, "SELECT pg_sleep(0.2)");
      CursorPosition previous = CursorPosition.timestamp(serverNow());
      UpperBound bound = bound(config().open(), "updated_at", previous);
      assertThat(bound.position()).isEqualTo(previous);
      idle.commit();
    }
  }

  @Test
  void aWatermarkAboveTheServersClockIsRefused() {
    CursorPosition future = CursorPosition.timestamp(serverNow().plusSeconds(60));
    Opened opened = config().open();
    assertThatThrownBy(() -> bound(opened, "updated_at", future))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining(future.toString())
        .hasMessageContaining("after the server's clock");
  }

  @ParameterizedTest
  @CsvSource({"local, Asia/Kolkata", "local, America/New_York", "updated_at, UTC"})
  void aWatermarkAboveTheServersClockIsRefusedForLocalTimesToo(String column, String zone) {
    CursorPosition future = CursorPosition.timestamp(serverNow().plusSeconds(7200));
    Opened opened = config().with("source_timezone", zone).open();
    assertThatThrownBy(() -> bound(opened, column, future))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining(future.toString())
        .hasMessageContaining("after the server's clock");
  }

  @ParameterizedTest
  @CsvSource({
    "Pacific/Kiritimati, 2024-05-06",
    "Asia/Kolkata, 2024-05-05",
    // Without a time zone, where the date is the earliest.
    ", 2024-05-04"
  })
  void aDateAfterTheServersIsRefused(String zone, LocalDate today) {
    long now = Instant.parse("2024-05-05T11:59:59Z").getEpochSecond() * 1_000_000;
    InstantHorizon horizon = new InstantHorizon(now - 1_000_000, now, "", null, List.of());
    CursorPosition last = CursorPosition.date(today);
    assertThat(horizon.as(CursorType.DATE, zone, last).position()).isEqualTo(last);
    assertThatThrownBy(() -> horizon.as(CursorType.DATE, zone, last.plus(1)))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("after the server's clock")
        .hasMessageContaining("time zone was changed");
  }

  /** Where clocks are set back a window may end at a local time that is still to be repeated. */
  @Test
  void anEndThatWasFoundWhileClocksAreSetBackIsAcceptedLater() {
    String zone = "America/New_York";
    Instant instant = Instant.parse("2024-11-03T03:00:00Z");
    CursorPosition last = null;
    CursorPosition lastDate = null;
    for (int i = 0; i < 6 * 60; i++) {
      long now = (instant.getEpochSecond() + 60L * i) * 1_000_000;
      InstantHorizon horizon = new InstantHorizon(now - 1_000_000, now, "", null, List.of());
      last = horizon.as(CursorType.TIMESTAMP, zone, last).position();
      lastDate = horizon.as(CursorType.DATE, zone, lastDate).position();
    }
    assertThat(last).isEqualTo(CursorPosition.timestamp(Instant.parse("2024-11-03T08:58:59Z")));
  }

  @Test
  void theServerIsKnownByItsIdentifier() {
    assertThat(bound("updated_at").system())
        .contains(SERVER.queryIn("postgres", "SELECT system_identifier FROM pg_control_system()"));
    assertThat(bound("id").system()).isEqualTo(bound("updated_at").system());
  }

  @Test
  void aRoleThatMayNotAskForTheIdentifierGoesOnWithoutIt() {
    SERVER.executeIn(
        DATABASE,
        "DROP ROLE IF EXISTS curious",
        "CREATE ROLE curious LOGIN PASSWORD 'curious'",
        "GRANT pg_read_all_stats TO curious",
        "GRANT SELECT ON t TO curious",
        "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC");
    try {
      UpperBound bound =
          bound(
              config().with("username", "curious").with("password", "curious").open(),
              "updated_at",
              null);
      assertThat(bound.system()).isEmpty();
      assertThat(bound.warnings()).isEmpty();
    } finally {
      SERVER.executeIn(
          DATABASE,
          "GRANT EXECUTE ON FUNCTION pg_control_system() TO PUBLIC",
          "DROP OWNED BY curious",
          "DROP ROLE curious");
    }
  }

  private static UpperBound bound(
      Opened opened, String cursor, CursorPosition previous, CursorPosition largest) {
    return opened
        .source()
        .upperBound(
            new UpperBoundRequest(cursor, previous, Duration.ZERO, HOUR, largest),
            opened.context());
  }

  @ParameterizedTest
  @CsvSource({
    "updated_at, timestamptz '2024-05-05 12:00:00.123456+00'",
    "local, timestamp '2024-05-05 14:00:00.123456'",
    "day, date '2024-05-05'"
  })
  void aSourceThatFellBelowWhatWasPublishedIsReported(String column, String stamp) {
    SERVER.executeIn(
        DATABASE, "TRUNCATE t", "INSERT INTO t (" + column + ") VALUES (" + stamp + ")");
    Opened opened = config().with("source_timezone", "Europe/Berlin").open();
    CursorPosition largest =
        column.equals("day")
            ? CursorPosition.date(LocalDate.parse("2024-05-05"))
            : CursorPosition.timestamp(Instant.parse("2024-05-05T12:00:00.123456Z"));
    CursorPosition previous = largest.plus(1);
    assertThat(bound(opened, column, previous, largest).warnings()).isEmpty();
    UpperBound below = bound(opened, column, previous, largest.plus(1));
    assertThat(below.warnings())
        .singleElement()
        .asString()
        .contains("no row has the largest " + column, largest.plus(1).toString(), "restored");
    assertThat(below.deferredRows()).isZero();
    SERVER.executeIn(
        DATABASE, "INSERT INTO t (" + column + ") VALUES ('2099-01-01'), (NULL), (NULL)");
    UpperBound above = bound(opened, column, previous, largest.plus(1));
    assertThat(above.warnings()).isEmpty();
    assertThat(above.deferredRows()).isEqualTo(1);
    assertThat(above.nullRows()).isEqualTo(2);
  }

  @Test
  void aLagMovesTheEndBack() {
    Opened opened = config().open();
    UpperBound bound =
        opened
            .source()
            .upperBound(
                new UpperBoundRequest("updated_at", null, Duration.ofMinutes(10), HOUR),
                opened.context());
    assertThat(instant(bound.position())).isBefore(serverNow().minusSeconds(600));
    assertThat(bound.reason()).contains("10m");
  }

  @Test
  void futureAndNullStampsAreCounted() {
    SERVER.executeIn(
        DATABASE,
        "INSERT INTO t (updated_at) VALUES ('2099-01-01'), ('infinity'), (NULL), (NULL), (NULL)");
    UpperBound bound = bound("updated_at");
    assertThat(bound.deferredRows()).isEqualTo(2);
    assertThat(bound.nullRows()).isEqualTo(3);
  }

  @Test
  void aNotNullConstraintThatIsNotValidatedHidesNoNulls() {
    assumeThat(SERVER.majorVersion()).isGreaterThanOrEqualTo(18);
    SERVER.executeIn(
        DATABASE,
        "INSERT INTO t (updated_at) VALUES (NULL)",
        "ALTER TABLE t ADD CONSTRAINT stamped NOT NULL updated_at NOT VALID");
    assertThat(bound("updated_at").nullRows()).isEqualTo(1);
    assertThat(Rows.detect(config().open()).schema().getField("updated_at").getType().getNullable())
        .isTrue();
  }

  @Test
  void notNullOfADomainOrAParentHidesNoNullsOfJoinsAndHeirs() {
    SERVER.executeIn(
        DATABASE,
        "DROP TABLE IF EXISTS heir, parent",
        "DROP DOMAIN IF EXISTS stamp",
        "CREATE DOMAIN stamp AS timestamptz NOT NULL",
        "CREATE TABLE parent (at timestamptz)",
        "CREATE TABLE heir () INHERITS (parent)",
        SERVER.majorVersion() >= 18
            ? "ALTER TABLE parent ADD NOT NULL at NO INHERIT"
            : "ALTER TABLE ONLY parent ALTER at SET NOT NULL",
        "INSERT INTO heir VALUES (NULL)");
    Opened parent = config().with("table", "parent").open();
    assertThat(bound(parent, "at", null).nullRows()).isEqualTo(1);
    Opened join =
        config()
            .with("query", "SELECT s.at FROM t LEFT JOIN (SELECT now()::stamp AS at) s ON id < 0")
            .open();
    assertThat(bound(join, "at", null).nullRows()).isEqualTo(1);
  }

  @Test
  void rowsWithoutACursorBelongToAWindowThatIncludesThem() {
    SERVER.executeIn(DATABASE, "INSERT INTO t (name, updated_at) VALUES ('null', NULL)");
    Opened opened = config().open();
    CursorPosition hi = bound(opened, "updated_at", null).position();
    ReadRequest request = Rows.request(opened);

    assertThat(Rows.read(opened, request.withWindow(new Window("updated_at", null, hi, true))))
        .hasSize(2);
    assertThat(Rows.read(opened, request.withWindow(new Window("updated_at", null, hi, false))))
        .hasSize(1);
    assertThat(
            Rows.column(
                Rows.read(opened, request.withWindow(new Window("updated_at", hi, hi, true))),
                "name"))
        .containsExactly("null");
  }

  @Test
  void aPreparedTransactionKeepsTheWatermarkAndFailsAFirstRun() throws Exception {
    CursorPosition previous = CursorPosition.timestamp(serverNow().minusSeconds(600));
    try (Transaction prepared = Transaction.begin()) {
      prepared
          .run("INSERT INTO t (name) VALUES ('prepared')")
          .run("PREPARE TRANSACTION 'order 66'");
      try {
        Opened opened = config().with("open_transaction_wait", "200ms").open();
        UpperBound bound = bound(opened, "updated_at", previous);
        assertThat(bound.position()).isEqualTo(previous);
        assertThat(bound.warnings()).singleElement().asString().contains("order 66", "old");
        assertThatThrownBy(() -> bound(opened, "updated_at", null))
            .isInstanceOf(SourceException.class)
            .hasMessageContaining("order 66");
      } finally {
        SERVER.executeIn(DATABASE, "ROLLBACK PREPARED 'order 66'");
      }
    }
    assertThat(bound("updated_at").reason()).isEqualTo("now() - 1 s");
  }

  @Test
  void aTransactionPreparedJustAfterTheFirstRunsWaitDoesNotFailIt() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    UnaryOperator<String> betweenLooks =
        message -> {
          if (message.contains("pg_prepared_xacts")) {
            int look = looks.incrementAndGet();
            if (look == 2) {
              SERVER.executeIn(DATABASE, "ROLLBACK PREPARED 'first'");
            } else if (look == 3) {
              prepare("second");
            }
          }
          return message;
        };
    prepare("first");
    try (TcpProxy proxy = TcpProxy.before(SERVER.port())) {
      proxy.rewrite(TcpProxy.Way.TO_SERVER, betweenLooks);
      Opened opened = config().with("port", String.valueOf(proxy.port())).open();
      assertThat(bound(opened, "updated_at", null).reason()).isEqualTo("now() - 1 s");
    } finally {
      if (looks.get() >= 3) {
        SERVER.executeIn(DATABASE, "ROLLBACK PREPARED 'second'");
      }
    }
  }

  private static void prepare(String gid) {
    try (Transaction transaction = Transaction.begin()) {
      transaction.run("INSERT INTO t (name) VALUES ('" + gid + "')");
      transaction.run("PREPARE TRANSACTION '" + gid + "'");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aHiddenTransactionThatIsPreparedMeanwhileKeepsTheWatermark() throws Exception {
    CursorPosition previous = CursorPosition.timestamp(serverNow().minusSeconds(600));
    SERVER.executeIn(
        DATABASE,
        "DROP ROLE IF EXISTS unaware",
        "CREATE ROLE unaware LOGIN PASSWORD 'unaware'",
        "GRANT SELECT ON t TO unaware");
    try (Transaction hidden = Transaction.begin()) {
      Opened opened = config().with("username", "unaware").with("password", "unaware").open();
      CompletableFuture<UpperBound> bound =
          CompletableFuture.supplyAsync(() -> bound(opened, "updated_at", previous));
      awaitSessionOf("unaware");
      hidden
          .run("INSERT INTO t (name) VALUES ('hidden')")
          .run("PREPARE TRANSACTION 'hidden order'");
      UpperBound found = bound.get(10, TimeUnit.SECONDS);
      assertThat(found.position()).isEqualTo(previous);
      assertThat(found.warnings()).anyMatch(w -> w.contains("'hidden order'"));
    } finally {
      SERVER.executeIn(
          DATABASE,
          "ROLLBACK PREPARED 'hidden order'",
          "DROP OWNED BY unaware",
          "DROP ROLE unaware");
    }
  }

  @Test
  void aRoleThatCannotSeeTransactionsIsWarnedAndLags() throws Exception {
    SERVER.executeIn(
        DATABASE,
        "DROP ROLE IF EXISTS blind",
        "CREATE ROLE blind LOGIN PASSWORD 'blind'",
        "GRANT SELECT ON t TO blind");
    try {
      Opened opened =
          config()
              .with("username", "blind")
              .with("password", "blind")
              .with("open_transaction_wait", "200ms")
              .open();
      try (Transaction hidden = Transaction.begin()) {
        UpperBound bound = bound(opened, "updated_at", null);
        assertThat(bound.warnings())
            .anyMatch(w -> w.contains("GRANT pg_read_all_stats TO \"blind\""));
        assertThat(instant(bound.position())).isBefore(serverNow().minusSeconds(300));
        hidden.commit();
      }
      UpperBound afterwards = bound(opened, "updated_at", null);
      assertThat(instant(afterwards.position())).isAfter(serverNow().minusSeconds(5));
    } finally {
      SERVER.executeIn(DATABASE, "DROP OWNED BY blind", "DROP ROLE blind");
    }
  }

  @Test
  void aHiddenTransactionThatEndsSoonNeedsNoLag() throws Exception {
    SERVER.executeIn(
        DATABASE,
        "DROP ROLE IF EXISTS patient",
        "CREATE ROLE patient LOGIN PASSWORD 'patient'",
        "GRANT SELECT ON t TO patient");
    try (Transaction hidden = Transaction.begin()) {
      Opened opened = config().with("username", "patient").with("password", "patient").open();
      Instant before = serverNow();
      CompletableFuture<UpperBound> bound =
          CompletableFuture.supplyAsync(() -> bound(opened, "updated_at", null));
      awaitSessionOf("patient");
      hidden.run("INSERT INTO t (name) VALUES ('hidden')").commit();
      assertThat(instant(bound.get(10, TimeUnit.SECONDS).position()))
          .isBetween(before.minusSeconds(1), serverNow().minusSeconds(1));
    } finally {
      SERVER.executeIn(DATABASE, "DROP OWNED BY patient", "DROP ROLE patient");
    }
  }

  private static void awaitSessionOf(String role) {
    Awaitility.await()
        .until(
            () ->
                SERVER.queryIn(
                    DATABASE,
                    "SELECT count(*) FROM pg_stat_activity WHERE usename = '"
                        + role
                        + "' AND query LIKE '%pg_locks WHERE%'"),
            n -> !n.equals("0"));
  }

  @Test
  void anIntegerCursorWaitsForSmallerNumbersThatAreNotCommitted() throws Exception {
    Opened opened = config().open();
    try (Transaction slow = Transaction.begin()) {
      slow.run("INSERT INTO t (name) VALUES ('smaller')");
      SERVER.executeIn(DATABASE, "INSERT INTO t (name) VALUES ('larger')");
      CompletableFuture<UpperBound> bound =
          CompletableFuture.supplyAsync(() -> bound(opened, "id", null));
      awaitWaiting("deltaflow");
      assertThat(bound).isNotDone();
      slow.commit();
      UpperBound found = bound.get(10, TimeUnit.SECONDS);
      assertThat(found.position()).isEqualTo(CursorPosition.integer(4));
      ReadRequest request =
          Rows.request(opened).withWindow(new Window("id", null, found.position(), false));
      assertThat(Rows.column(Rows.read(opened, request), "name"))
          .containsExactlyInAnyOrder("old", "smaller", "larger");
    }
  }

  @Test
  void anIntegerCursorWaitsForATransactionThatIsPreparedMeanwhile() throws Exception {
    TestConfig config = config().with("open_transaction_wait", "2s").with("application_name", "xa");
    try (Transaction slow = Transaction.begin()) {
      slow.run("INSERT INTO t (name) VALUES ('smaller')");
      SERVER.executeIn(DATABASE, "INSERT INTO t (name) VALUES ('larger')");
      Opened opened = config.open();
      CompletableFuture<UpperBound> bound =
          CompletableFuture.supplyAsync(() -> bound(opened, "id", CursorPosition.integer(2)));
      awaitWaiting("xa");
      slow.run("PREPARE TRANSACTION 'slow order'");
      UpperBound found = bound.get(10, TimeUnit.SECONDS);
      assertThat(found.position()).isEqualTo(CursorPosition.integer(2));
      assertThat(found.warnings()).singleElement().asString().contains("'slow order'");
    } finally {
      SERVER.executeIn(DATABASE, "COMMIT PREPARED 'slow order'");
    }
    UpperBound next = bound(config.open(), "id", CursorPosition.integer(2));
    assertThat(Rows.column(rows(config, 2, next.position()), "name"))
        .containsExactlyInAnyOrder("smaller", "larger");
  }

  private static List<Row> rows(TestConfig config, long lo, CursorPosition hi) {
    Opened opened = config.open();
    Window window = new Window("id", CursorPosition.integer(lo), hi, false);
    return Rows.read(opened, Rows.request(opened).withWindow(window));
  }

  /** Until a session of ours waits for open transactions. */
  private static void awaitWaiting(String application) {
    Awaitility.await()
        .until(
            () ->
                SERVER.queryIn(
                    DATABASE,
                    "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_locks WHERE%'"
                        + " AND application_name = '"
                        + application
                        + " [reader]'"),
            n -> !n.equals("0"));
  }

  @Test
  void anIntegerCursorHeldForTooLongKeepsTheWatermarkAndNamesWho() throws Exception {
    try (Transaction slow = Transaction.begin()) {
      Opened opened = config().with("open_transaction_wait", "100ms").open();
      UpperBound bound = bound(opened, "id", CursorPosition.integer(1));
      assertThat(bound.position()).isEqualTo(CursorPosition.integer(1));
      assertThat(bound.warnings()).singleElement().asString().contains("process ", "'test'");
      assertThatThrownBy(() -> bound(opened, "id", null))
          .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.isPassing()).isTrue());
      slow.commit();
    }
  }

  @Test
  void anEmptyTableHasAnIntegerEndBelowEverything() {
    SERVER.executeIn(DATABASE, "TRUNCATE t");
    assertThat(bound("id").position()).isLessThan(CursorPosition.integer(-1_000_000));
  }

  @Test
  void aMaximumBelowTheWatermarkWarns() {
    UpperBound bound = bound(config().open(), "id", CursorPosition.integer(100));
    assertThat(bound.position()).isEqualTo(CursorPosition.integer(100));
    assertThat(bound.warnings())
        .singleElement()
        .asString()
        .contains("below the last published end");
  }

  @Test
  void aDateCursorDefersToday() {
    Opened opened = config().with("source_timezone", "UTC").open();
    LocalDate before = LocalDate.ofInstant(serverNow().minusSeconds(1), ZoneOffset.UTC);
    UpperBound bound = bound(opened, "day", null);
    LocalDate after = LocalDate.ofInstant(serverNow(), ZoneOffset.UTC);

    assertThat(LocalDate.ofEpochDay(bound.position().value())).isBetween(before, after);
    assertThat(bound.position().kind()).isEqualTo(CursorKind.DATE);
  }

  @Test
  void aDateCursorWithoutATimeZoneWaitsForTheLastPlaceOnEarth() {
    LocalDate before = LocalDate.ofInstant(serverNow().minusSeconds(1), ZoneOffset.ofHours(-12));
    UpperBound bound = bound("day");
    LocalDate after = LocalDate.ofInstant(serverNow(), ZoneOffset.ofHours(-12));
    assertThat(LocalDate.ofEpochDay(bound.position().value())).isBetween(before, after);
  }

  @Test
  void aLocalTimestampNeedsItsTimeZone() {
    assertThatThrownBy(() -> bound("local"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'local'")
        .hasMessageContaining("--postgresql_source_timezone");
  }

  @Test
  void aLocalTimestampIsCutInItsOwnTimeZone() {
    SERVER.executeIn(
        DATABASE,
        "TRUNCATE t",
        "INSERT INTO t (name, local) VALUES"
            + " ('past', (now() AT TIME ZONE 'Asia/Kolkata') - interval '1 minute'),"
            + " ('future', (now() AT TIME ZONE 'Asia/Kolkata') + interval '1 minute')");
    Opened opened = config().with("source_timezone", "Asia/Kolkata").open();
    UpperBound bound = bound(opened, "local", null);

    assertThat(bound.position().kind()).isEqualTo(CursorKind.TIMESTAMP);
    assertThat(bound.deferredRows()).isEqualTo(1);
    ReadRequest request =
        Rows.request(opened).withWindow(new Window("local", null, bound.position(), false));
    List<Row> rows = Rows.read(opened, request);
    assertThat(Rows.column(rows, "name")).containsExactly("past");
    Object local = rows.get(0).getValue("local");
    assertThat((Instant) local).isBefore(instant(bound.position()));
  }

  @ParameterizedTest
  @CsvSource({
    // New York sets its clocks back from 02:00 to 01:00 at 06:00Z.
    "2024-11-03T03:00:00Z, 2024-11-02T23:00",
    "2024-11-03T04:59:59Z, 2024-11-03T00:59:59",
    "2024-11-03T05:30:00Z, 2024-11-03T01:00",
    "2024-11-03T05:59:59Z, 2024-11-03T01:00",
    "2024-11-03T06:00:00Z, 2024-11-03T01:00",
    "2024-11-03T06:30:00Z, 2024-11-03T01:30",
    "2024-11-03T08:00:00Z, 2024-11-03T03:00",
    "2024-03-10T06:59:59Z, 2024-03-10T01:59:59",
    "2024-03-10T07:00:00Z, 2024-03-10T03:00"
  })
  void noLaterInstantHasASmallerLocalTime(Instant instant, LocalDateTime earliest) {
    assertThat(InstantHorizon.earliestLocal(instant, ZoneId.of("America/New_York")))
        .isEqualTo(earliest);
  }

  @Test
  void windowEdgesSurviveTheWayToLocalTimeAndBack() {
    ZoneId zone = ZoneId.of("America/New_York");
    Instant instant = Instant.parse("2024-11-02T20:00:00Z");
    CursorPosition last = null;
    for (int i = 0; i < 24 * 60; i++) {
      CursorPosition local =
          CursorPosition.dateTime(InstantHorizon.earliestLocal(instant.plusSeconds(60L * i), zone));
      CursorPosition stored = ZonedCursor.instant(local, zone);
      assertThat(ZonedCursor.local(stored, zone)).isEqualTo(local);
      assertThat(last == null || stored.compareTo(last) >= 0).isTrue();
      last = stored;
    }
  }

  @Test
  void aMissingCursorIsNamedWithItsNeighbours() {
    assertThatThrownBy(() -> bound("updatedat"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'updatedat'")
        .hasMessageContaining("did you mean updated_at?");
  }

  @ParameterizedTest
  @CsvSource({"day, TIMESTAMP, DATE", "id, TIMESTAMP, INTEGER", "updated_at, INTEGER, TIMESTAMP"})
  void aCursorWhoseTypeWasChangedIsNamedWithAWayOut(
      String column, CursorKind before, CursorKind now) {
    Opened opened = config().open();
    assertThatThrownBy(() -> bound(opened, column, new CursorPosition(before, 1)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'" + column + "'")
        .hasMessageContaining("counts in " + now)
        .hasMessageContaining("of kind " + before)
        .hasMessageContaining("./deltaflow reset")
        .hasMessageContaining("--delete_existing_table=true");
  }

  @ParameterizedTest
  @CsvSource({"name, text", "ratio, float8"})
  void aTypeThatCannotBeACursorIsNamed(String column, String type) {
    assertThatThrownBy(() -> bound(column))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'" + column + "'")
        .hasMessageContaining("type " + type);
  }

  @Test
  void theTimeZoneOfServerAndJvmMoveNoEdge() {
    SERVER.executeIn(
        DATABASE,
        "TRUNCATE t",
        "INSERT INTO t (name, updated_at) VALUES ('a', '2024-01-01 00:00:00.123456+00'),"
            + " ('b', '2024-01-01 00:00:00.123457+00'), ('c', '2024-01-01 00:00:00.123999+00')");
    CursorPosition lo = CursorPosition.timestamp(Instant.parse("2024-01-01T00:00:00.123457Z"));
    CursorPosition hi = CursorPosition.timestamp(Instant.parse("2024-01-01T00:00:00.123999Z"));
    Opened opened = config().open();
    assertThat(Rows.column(window(opened, lo, hi), "name")).containsExactly("b");
  }
}
