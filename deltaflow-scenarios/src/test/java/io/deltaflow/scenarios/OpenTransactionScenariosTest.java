package io.deltaflow.scenarios;

import static io.deltaflow.scenarios.OpenTransaction.moved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.RunReport;
import io.deltaflow.spi.error.SourceException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the window must survive: transactions that are open while it is planned and read. */
@Tag("scenario")
final class OpenTransactionScenariosTest {
  private static SyncBed bed;

  @BeforeAll
  static void start() {
    bed = SyncBed.start();
  }

  @AfterAll
  static void stop() {
    bed.close();
  }

  @Test
  void s01_aLateCommitArrivesWithALaterRun() throws SQLException {
    OrdersSync sync = bed.orders("s01");
    sync.insert(1, 3);
    sync.rest();
    try (OpenTransaction late = OpenTransaction.begin(bed)) {
      late.execute("INSERT INTO s01 (id, note) VALUES (10, 'late')");
      sync.insert(4, 6);
      sync.rest();
      RunReport report = sync.run();
      assertThat(report.rows().read()).isEqualTo(3);
      assertThat(report.rows().deferred()).isEqualTo(3);
      assertThat(report.window().hi()).isEqualTo(moved(late.now(), -1, ChronoUnit.SECONDS));
      late.commit();
    }
    assertThat(sync.assertInSync().rows().read()).isEqualTo(4);
  }

  @Test
  void s01_aTransactionThatFirstWritesAfterThePlanArrives() throws SQLException {
    OrdersSync sync = bed.orders("s01_later");
    try (OpenTransaction late = OpenTransaction.begin(bed)) {
      sync.insert(1, 3);
      sync.rest();
      sync.run(
          () -> {
            try {
              late.execute("INSERT INTO s01_later (id, note) VALUES (10, 'late')").commit();
            } catch (SQLException e) {
              throw new IllegalStateException(e);
            }
          });
    }
    assertThat(sync.assertInSync().rows().read()).isEqualTo(4);
  }

  @Test
  void s01_whoHoldsTheWindowForTooLongIsNamed() throws SQLException {
    OrdersSync sync = bed.orders("s01_held").with("smart_sync_max_hold", "0s");
    sync.insert(1, 3);
    try (OpenTransaction idle = OpenTransaction.begin(bed)) {
      assertThat(sync.run().warnings())
          .singleElement()
          .asString()
          .contains("process " + idle.pid(), "application 'test'");
    }
    sync.assertInSync();
  }

  @Test
  void s09_aRowUpdatedBetweenPlanAndReadArrivesInItsLastState() {
    OrdersSync sync = bed.orders("s09");
    sync.insert(1, 4);
    sync.rest();
    RunReport first =
        sync.run(
            () ->
                bed.sql(
                    "UPDATE s09 SET note = 'changed', updated_at = now() WHERE id = 1",
                    "INSERT INTO s09 (id, note) VALUES (5, 'inserted')",
                    "DELETE FROM s09 WHERE id = 2"));
    assertThat(first.rows().read()).isEqualTo(2);
    assertThat(sync.assertInSync().rows().read()).isEqualTo(2);
  }

  @Test
  void s10_rowsUpdatedContinuouslyArriveInTheirLastState() throws Exception {
    OrdersSync sync = bed.orders("s10").with("splits", "4");
    sync.insert(1, 2000);
    bed.sql("ANALYZE s10");
    sync.rest();
    AtomicBoolean stopped = new AtomicBoolean();
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Void> updates =
        CompletableFuture.runAsync(
            () -> {
              for (int round = 1; !stopped.get(); round++) {
                bed.sql(
                    "UPDATE s10 SET note = 'round "
                        + round
                        + "', updated_at = now() WHERE id = 1 OR id % 100 = "
                        + round % 100);
                begun.countDown();
              }
            });
    try {
      assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
      sync.run();
      sync.run();
    } finally {
      stopped.set(true);
      updates.get(1, TimeUnit.MINUTES);
    }
    sync.assertInSync();
  }

  @Test
  void s14_anIntegerCursorWaitsForSmallerNumbers() throws Exception {
    OrdersSync sync =
        bed.orders("s14_number", CursorColumn.integer())
            .with("write_disposition", "WRITE_APPEND")
            .with("partition_field", null)
            .with("postgresql_open_transaction_wait", "10m");
    sync.insert(1, 2);
    sync.run();
    try (OpenTransaction late = OpenTransaction.begin(bed)) {
      late.execute("INSERT INTO s14_number (id, note) VALUES (3, 'smaller')");
      sync.insert(4, 4);
      CompletableFuture<RunReport> run = CompletableFuture.supplyAsync(sync::run);
      awaitWaiting();
      late.commit();
      assertThat(run.get(1, TimeUnit.MINUTES).rows().read()).isEqualTo(2);
    }
    sync.assertEqual();
  }

  /** Until a planner waits for open transactions. */
  private static void awaitWaiting() {
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                bed.source(
                    "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_locks WHERE%'"
                        + " AND application_name LIKE 'deltaflow%'"),
            n -> !n.equals("0"));
  }

  @Test
  void s14_anIntegerCursorThatIsHeldForTooLongStays() throws SQLException {
    OrdersSync sync =
        bed.orders("s14_held", CursorColumn.integer())
            .with("write_disposition", "WRITE_APPEND")
            .with("partition_field", null)
            .with("postgresql_open_transaction_wait", "100ms");
    try (OpenTransaction late = OpenTransaction.begin(bed)) {
      sync.insert(1, 2);
      assertThatThrownBy(sync::run)
          .isInstanceOf(SourceException.class)
          .hasMessageContaining("process " + late.pid());
    }
    sync.run();
    try (OpenTransaction late = OpenTransaction.begin(bed)) {
      late.execute("INSERT INTO s14_held (id, note) VALUES (3, 'smaller')");
      sync.insert(4, 4);
      RunReport held = sync.run();
      assertThat(held.rows().read()).isZero();
      assertThat(held.rows().deferred()).isEqualTo(1);
      assertThat(held.window().hi()).isEqualTo(held.window().lo());
      assertThat(held.warnings()).singleElement().asString().contains("process " + late.pid());
      late.commit();
    }
    assertThat(sync.assertInSync().rows().read()).isEqualTo(2);
  }

  @Test
  void s14_numbersThatSessionsKeepInStockAreWarnedOfAndFoundByVerify() throws SQLException {
    OrdersSync sync =
        bed.orders("s14_stock", CursorColumn.integer())
            .with("write_disposition", "WRITE_APPEND")
            .with("partition_field", null);
    bed.sql("ALTER SEQUENCE s14_stock_updated_at_seq CACHE 10");
    try (OpenTransaction first = OpenTransaction.begin(bed)) {
      first.execute("INSERT INTO s14_stock (id) VALUES (1)").commit();
      sync.insert(2, 2);
      assertThat(sync.run().warnings())
          .first()
          .asString()
          .contains(
              "the sequence s14_stock_updated_at_seq", "'updated_at'", "10 numbers at a time");
      first.execute("INSERT INTO s14_stock (id) VALUES (3)").commit();
      assertThat(sync.run().rows().read()).isZero();
      assertThat(sync.verify().isEqual()).isFalse();
    }
    bed.sql(
        "ALTER SEQUENCE s14_stock_updated_at_seq CACHE 1",
        "UPDATE s14_stock SET updated_at = DEFAULT WHERE id = 3");
    assertThat(sync.run().warnings()).isEmpty();
    sync.assertEqual();
  }

  @Test
  void s18_aPreparedTransactionKeepsTheWatermark() throws SQLException {
    OrdersSync sync = bed.orders("s18");
    sync.insertStamped(1, "2024-01-01");
    RunReport first = sync.run();
    prepare("INSERT INTO s18 (id, note) VALUES (2, 'prepared')", "s18");
    try {
      sync.insert(3, 3);
      sync.rest();
      RunReport held = sync.run();
      assertThat(held.rows().read()).isZero();
      assertThat(held.window().hi()).isEqualTo(first.window().hi());
      assertThat(held.warnings())
          .singleElement()
          .asString()
          .matches(".*prepared transaction 's18', \\d+s old, keeps the window's end at .*");
    } finally {
      bed.sql("COMMIT PREPARED 's18'");
    }
    assertThat(sync.assertInSync().rows().read()).isEqualTo(2);
  }

  @Test
  void s18_aPreparedTransactionFailsAFirstRunThatHasWaitedForIt() throws SQLException {
    OrdersSync sync = bed.orders("s18_first").with("postgresql_open_transaction_wait", "100ms");
    sync.insertStamped(1, "2024-01-01");
    prepare("INSERT INTO s18_first (id, note) VALUES (2, 'prepared')", "s18 first");
    try {
      assertThatThrownBy(sync::run)
          .isInstanceOf(SourceException.class)
          .hasMessageContaining("'s18 first'")
          .hasMessageContaining("COMMIT PREPARED");
    } finally {
      bed.sql("COMMIT PREPARED 's18 first'");
    }
    assertThat(sync.assertInSync().rows().read()).isEqualTo(2);
  }

  private static void prepare(String sql, String name) throws SQLException {
    try (OpenTransaction transaction = OpenTransaction.begin(bed)) {
      transaction.execute(sql).execute("PREPARE TRANSACTION '" + name + "'");
    }
  }

  @Test
  void s19_aRoleThatCannotSeeTransactionsKeepsALag() throws SQLException {
    bed.sql("CREATE ROLE blind LOGIN PASSWORD 'blind'");
    OrdersSync sync =
        bed.orders("s19")
            .with("postgresql_username", "blind")
            .with("postgresql_password", "blind")
            .with("postgresql_open_transaction_wait", "100ms");
    bed.sql("GRANT SELECT ON s19 TO blind");
    sync.insertStamped(1, "2024-01-01");
    try (OpenTransaction hidden = OpenTransaction.begin(bed)) {
      hidden.execute("INSERT INTO s19 (id, note) VALUES (2, 'late')");
      sync.insert(3, 3);
      sync.rest();
      RunReport first = sync.run();
      assertThat(first.rows().read()).isEqualTo(1);
      assertThat(first.window().reason()).isEqualTo("a lag of 5m");
      assertThat(first.warnings())
          .anyMatch(w -> w.contains("GRANT pg_read_all_stats TO \"blind\""))
          .anyMatch(w -> w.contains("rows that they stamp earlier than 5m before now"));
      hidden.commit();
    }
    assertThat(sync.assertInSync().rows().read()).isEqualTo(2);
  }
}
