package io.deltaflow.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.DeltaFlow;
import io.deltaflow.RunReport;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.spi.error.SourceException;
import io.deltaflow.testing.PostgresServer;
import io.deltaflow.testing.TcpProxy;
import io.deltaflow.testing.TcpProxy.Way;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the reading of PostgreSQL must survive. */
@Tag("scenario")
final class PostgresScenariosTest {
  private static final int BULK = 4000;

  private static SyncBed bed;

  @BeforeAll
  static void start() {
    bed = SyncBed.start();
  }

  @AfterAll
  static void stop() {
    bed.close();
  }

  /** More than all buffers between server and reader hold, so that a read stays in its middle. */
  private static OrdersSync bulk(String table) {
    OrdersSync sync = bed.orders(table);
    bed.sql(
        "INSERT INTO "
            + table
            + " (id, note) SELECT n, repeat('x', 5000) FROM generate_series(1, "
            + BULK
            + ") n");
    sync.rest();
    return sync;
  }

  private static RunReport run(OrdersSync sync, int parallelism) {
    PipelineOptions options = sync.pipelineOptions();
    options.as(DirectOptions.class).setTargetParallelism(parallelism);
    return DeltaFlow.launch(sync.spec(), options).waitUntilFinish();
  }

  private static CrashPoints.Hook onceAt(String point, Runnable action) {
    AtomicBoolean done = new AtomicBoolean();
    return CrashPoints.on(
        point,
        () -> {
          if (done.compareAndSet(false, true)) {
            action.run();
          }
        });
  }

  private static void assertNothingCommitted(OrdersSync sync) {
    assertThat(sync.targetRows()).isEmpty();
    assertThat(
            bed.target(
                "SELECT run_id FROM "
                    + sync.beside("__deltaflow_runs")
                    + " WHERE outcome = 'published'"))
        .isEmpty();
    assertThat(bed.target("SELECT epoch FROM " + sync.beside("__deltaflow_state")))
        .allSatisfy(row -> assertThat(row.get("epoch")).isEqualTo(0L));
  }

  @Test
  void s22_anUpdateThatMovesRowsBetweenTheReadsOfSplitsLosesNone() {
    OrdersSync sync = bed.orders("s22").with("splits", "2");
    sync.insert(1, 6000);
    bed.sql("DELETE FROM s22 WHERE id <= 1500", "VACUUM s22", "ANALYZE s22");
    sync.rest();
    String page = "SELECT (ctid::text::point)[0]::int FROM s22 WHERE id = 5500";
    int before = Integer.parseInt(bed.source(page));
    // To the pages that the deletion freed, before those not yet read.
    try (CrashPoints.Hook moving =
        onceAt(
            CrashPoints.AFTER_SPLIT,
            () -> bed.sql("UPDATE s22 SET amount = amount WHERE id > 5000"))) {
      assertThat(moving).isNotNull();
      assertThat(run(sync, 1).rows().read()).isEqualTo(4500);
    }
    assertThat(Integer.parseInt(bed.source(page))).isLessThan(before);
    sync.assertEqual();
  }

  @Test
  void s23_terminatedSessionsOfPlanningAndReadingAreReplaced() {
    OrdersSync sync = bulk("s23");
    try (CrashPoints.Hook planned = onceAt(CrashPoints.AFTER_PLAN, () -> terminateReaders());
        CrashPoints.Hook reading = onceAt(CrashPoints.MID_SPLIT, () -> terminateReaders())) {
      assertThat(List.of(planned, reading)).doesNotContainNull();
      assertThat(run(sync, 1).rows().read()).isEqualTo(BULK);
    }
    sync.assertInSync();
  }

  @Test
  void s23_sessionsThatAreTerminatedAgainAndAgainEndTheRunAndNothingIsCommitted() {
    OrdersSync sync = bulk("s23_again").with("max_retries", "2");
    AtomicInteger terminated = new AtomicInteger();
    try (CrashPoints.Hook reading =
        CrashPoints.on(
            CrashPoints.MID_SPLIT,
            () -> {
              terminateReaders();
              terminated.incrementAndGet();
            })) {
      assertThat(reading).isNotNull();
      assertThatThrownBy(sync::run)
          .isInstanceOf(SourceException.class)
          .hasMessageContaining("reading public.s23_again")
          .hasMessageContaining("the connection was lost")
          .hasMessageContaining("run again");
    }
    assertThat(terminated.get()).isGreaterThanOrEqualTo(2);
    assertNothingCommitted(sync);
    sync.assertInSync();
  }

  private static void terminateReaders() {
    bed.sql(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            + " WHERE application_name LIKE '%[reader]'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut", "reset"})
  void s24_aSocketCutInMidResultLeadsToNoDuplicates(String how) {
    OrdersSync sync = bulk("s24_" + how);
    try (TcpProxy proxy = TcpProxy.before(bed.postgres().port());
        CrashPoints.Hook reading =
            onceAt(
                CrashPoints.MID_SPLIT,
                () -> {
                  if (how.equals("cut")) {
                    proxy.cutAfter(Way.TO_CLIENT, 1_000_000);
                  } else {
                    proxy.reset();
                  }
                })) {
      assertThat(reading).isNotNull();
      sync.with("postgresql_port", Integer.toString(proxy.port()));
      RunReport report = sync.run();
      assertThat(report.rows().read()).isEqualTo(BULK);
      assertThat(report.rows().staged()).isEqualTo(BULK);
      assertThat(proxy.cuts()).isEqualTo(how.equals("cut") ? 1 : 0);
      sync.assertInSync();
    }
  }

  @Test
  void s25_aStatementTimeoutIsNamedAndNothingIsCommitted() {
    OrdersSync sync = bulk("s25_statement").with("postgresql_statement_timeout", "1s");
    try (CrashPoints.Hook slow =
        onceAt(CrashPoints.MID_SPLIT, () -> bed.source("SELECT pg_sleep(1.2)"))) {
      assertThat(slow).isNotNull();
      assertThatThrownBy(sync::run)
          .isInstanceOf(SourceException.class)
          .hasMessageContaining("statement timeout")
          .hasMessageContaining("--postgresql_statement_timeout");
    }
    assertNothingCommitted(sync);
    sync.with("postgresql_statement_timeout", null).assertInSync();
  }

  @Test
  void s25_anIdleInTransactionTimeoutIsNamedAndThenSurvived() {
    OrdersSync sync =
        bulk("s25_idle")
            .with("postgresql_username", "idler")
            .with("postgresql_password", "idler")
            .with("postgresql_read_method", "cursor")
            .with("max_retries", "2");
    bed.sql(
        "CREATE ROLE idler LOGIN SUPERUSER PASSWORD 'idler'",
        "ALTER ROLE idler SET idle_in_transaction_session_timeout = '2s'");
    Runnable idle = () -> bed.source("SELECT pg_sleep(2.5)");
    try (CrashPoints.Hook always = CrashPoints.on(CrashPoints.MID_SPLIT, idle)) {
      assertThat(always).isNotNull();
      assertThatThrownBy(sync::run)
          .isInstanceOf(SourceException.class)
          .hasMessageContaining("idle_in_transaction_session_timeout")
          .hasMessageContaining("idler");
    }
    assertNothingCommitted(sync);
    try (CrashPoints.Hook once = onceAt(CrashPoints.MID_SPLIT, idle)) {
      assertThat(once).isNotNull();
      assertThat(sync.with("max_retries", null).run().rows().read()).isEqualTo(BULK);
    }
    sync.assertInSync();
  }

  @Test
  void s26_aConflictOnAStandbyIsRetriedAFewTimes() {
    Properties settings = new Properties();
    settings.setProperty("max_standby_streaming_delay", "1s");
    OrdersSync sync = bulk("s26");
    try (PostgresServer standby = bed.postgres().startStandby(settings)) {
      sync.with("postgresql_port", Integer.toString(standby.port()))
          .with("enable_smart_sync", null)
          .with("write_disposition", "WRITE_TRUNCATE")
          .with("max_retries", "2");
      Runnable conflict = () -> conflict(standby);
      try (CrashPoints.Hook always = CrashPoints.on(CrashPoints.MID_SPLIT, conflict)) {
        assertThat(always).isNotNull();
        assertThatThrownBy(sync::run)
            .isInstanceOf(SourceException.class)
            .hasMessageContaining("conflict with recovery");
      }
      assertNothingCommitted(sync);
      try (CrashPoints.Hook once = onceAt(CrashPoints.MID_SPLIT, conflict)) {
        assertThat(once).isNotNull();
        assertThat(sync.run().rows().read()).isEqualTo(sync.sourceRows().size());
      }
      assertThat(
              standby.queryIn(
                  SyncBed.DATABASE,
                  "SELECT confl_snapshot FROM pg_stat_database_conflicts WHERE datname = 'shop'"))
          .isEqualTo("3");
      sync.assertEqual();
    }
  }

  /** Removes row versions that a read on the standby may need, until the standby cancels it. */
  private static void conflict(PostgresServer standby) {
    String reads =
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'COPY%'";
    if (standby.queryIn(SyncBed.DATABASE, reads).equals("0")) {
      // Cancelled already: these rows were on their way.
      return;
    }
    bed.sql("DELETE FROM s26 WHERE id = (SELECT max(id) FROM s26)", "VACUUM s26");
    String waits =
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'startup'"
            + " AND wait_event = 'RecoveryConflictSnapshot'";
    for (String expected : List.of("1", "0")) {
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> standby.queryIn(SyncBed.DATABASE, waits), expected::equals);
    }
  }

  @Test
  void s27_sixteenSplitsOnAServerOfTenConnectionsStayBelowTheirCap() {
    Properties few = new Properties();
    few.setProperty("max_connections", "10");
    try (SyncBed small = SyncBed.start(few);
        TcpProxy proxy = TcpProxy.before(small.postgres().port())) {
      OrdersSync sync =
          small
              .orders("s27")
              .with("postgresql_port", Integer.toString(proxy.port()))
              .with("postgresql_max_connections", "6")
              .with("postgresql_connect_timeout", "1m")
              .with("splits", "16");
      sync.insert(1, 16_000);
      small.sql("ANALYZE s27");
      sync.rest();
      AtomicInteger full = new AtomicInteger();
      List<Connection> others = new ArrayList<>();
      proxy.rewrite(
          Way.TO_CLIENT,
          piece -> {
            if (piece.contains("C53300") && full.incrementAndGet() == 5) {
              others.forEach(PostgresScenariosTest::close);
            }
            return piece;
          });
      try (CrashPoints.Hook planned =
          CrashPoints.on(CrashPoints.AFTER_PLAN, () -> occupy(small, others, 8))) {
        assertThat(planned).isNotNull();
        assertThat(run(sync, 16).rows().read()).isEqualTo(16_000);
      }
      assertThat(full.get()).isGreaterThanOrEqualTo(5);
      assertThat(proxy.mostOpenConnections()).isLessThanOrEqualTo(6);
      sync.assertInSync();
    }
  }

  private static void occupy(SyncBed small, List<Connection> others, int count) {
    for (int i = 0; i < count; i++) {
      others.add(small.session());
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void s28_rowsWhoseSplitColumnChangesInMidReadAreNeitherLostNorDoubled() {
    OrdersSync sync =
        bed.orders("s28").with("splits", "4").with("postgresql_split_column", "amount");
    bed.sql("INSERT INTO s28 (id, amount) SELECT n, n FROM generate_series(1, 6000) n");
    bed.sql("ANALYZE s28");
    sync.rest();
    try (CrashPoints.Hook moving =
        onceAt(
            CrashPoints.AFTER_SPLIT,
            () ->
                bed.sql(
                    "UPDATE s28 SET amount = 6000 - amount, updated_at = now()"
                        + " WHERE id % 3 = 0"))) {
      assertThat(moving).isNotNull();
      // What moved belongs to the next window, wherever it went.
      assertThat(run(sync, 1).rows().read()).isBetween(4000L, 5999L);
    }
    assertThat(sync.assertInSync().rows().read()).isEqualTo(2000);
  }

  @Test
  void s29_rowsWhoseSplitColumnIsNullAreRead() {
    OrdersSync sync = bed.orders("s29").with("splits", "4").with("postgresql_split_column", "note");
    bed.sql(
        "INSERT INTO s29 (id, note) SELECT n, CASE WHEN n % 3 > 0 THEN 'note ' || n END"
            + " FROM generate_series(1, 6000) n",
        "ANALYZE s29");
    sync.rest();
    try (CrashPoints.Hook filling =
        onceAt(
            CrashPoints.AFTER_SPLIT,
            () ->
                bed.sql(
                    "UPDATE s29 SET note = CASE WHEN note IS NULL THEN 'filled' END,"
                        + " updated_at = now() WHERE id % 10 = 0"))) {
      assertThat(filling).isNotNull();
      run(sync, 1);
    }
    assertThat(sync.assertInSync().rows().read()).isEqualTo(600);
  }

  @ParameterizedTest
  @ValueSource(strings = {"copy", "cursor"})
  void s32_aPoolerThatHandsEveryTransactionAnotherSessionChangesNothing(String method)
      throws IOException {
    String table = "s32_" + method;
    String role = "pooled_" + method;
    OrdersSync sync =
        bed.orders(table)
            .with("splits", "4")
            .with("postgresql_username", role)
            .with("postgresql_read_method", method);
    bed.sql(
        "CREATE ROLE " + role + " LOGIN SUPERUSER",
        // What a reader must not be left to.
        "ALTER ROLE " + role + " SET TimeZone = 'Asia/Kolkata'",
        "ALTER ROLE " + role + " SET extra_float_digits = 0");
    admitWithoutPassword(role);
    sync.insert(1, 6000);
    bed.sql("ANALYZE " + table);
    sync.rest();
    try (TransactionPooler pooler =
        new TransactionPooler(bed.postgres().port(), role, SyncBed.DATABASE, 5)) {
      sync.with("postgresql_port", Integer.toString(pooler.port()));
      assertThat(run(sync, 2).rows().read()).isEqualTo(6000);
      bed.sql("UPDATE " + table + " SET note = 'changed', updated_at = now() WHERE id <= 700");
      assertThat(sync.assertInSync().rows().updated()).isEqualTo(700);
      assertThat(pooler.usedSessions()).isEqualTo(5);
    }
  }

  private static void admitWithoutPassword(String role) throws IOException {
    Path access = Path.of(bed.source("SHOW hba_file"));
    Files.writeString(
        access, "host all " + role + " 127.0.0.1/32 trust\n" + Files.readString(access));
    bed.sql("SELECT pg_reload_conf()");
  }
}
