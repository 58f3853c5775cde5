package io.deltaflow.scenarios;

import static io.deltaflow.scenarios.OpenTransaction.moved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.deltaflow.DeltaFlow;
import io.deltaflow.Proof;
import io.deltaflow.RunReport;
import io.deltaflow.emulator.Faults.Fault;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.fault.MachineClock;
import io.deltaflow.spi.error.BadValueException;
import io.deltaflow.spi.error.ConfigurationException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the window must survive: stamps. */
@Tag("scenario")
final class CursorScenariosTest {
  private static SyncBed bed;

  @BeforeAll
  static void start() {
    bed = SyncBed.start();
  }

  @AfterAll
  static void stop() {
    bed.close();
  }

  @AfterEach
  void heal() {
    bed.bigQuery().emulator().faults().clear();
  }

  @Test
  void s02_rowsOfOneStampAreNeitherLostNorDoubledByCrashes() {
    OrdersSync sync =
        bed.orders("s02").with("write_disposition", "WRITE_APPEND").with("splits", "3");
    bed.sql(
        "INSERT INTO s02 (id, updated_at) SELECT n, '2024-01-01' FROM generate_series(1, 1500) n",
        "ANALYZE s02");
    assertThat(sync.child().crashAt(CrashPoints.AFTER_SPLIT, 2).run().isCrashed()).isTrue();
    assertThat(sync.targetRows()).isEmpty();
    assertThat(sync.child().crashAt(CrashPoints.AFTER_COMMIT).run().isCrashed()).isTrue();
    assertThat(sync.assertInSync().rows().read()).isZero();
  }

  @Test
  void s03_aRowStampedLikeTheStoredMaximumArrivesOnce() throws SQLException {
    OrdersSync sync = bed.orders("s03").with("write_disposition", "WRITE_APPEND");
    sync.insert(1, 3);
    sync.rest();
    sync.insertStamped(4, sync.run().window().hi());
    try (OpenTransaction open = OpenTransaction.begin(bed)) {
      String next = moved(open.now(), -1, ChronoUnit.SECONDS);
      sync.insertStamped(5, next);
      assertThat(sync.run().window().hi()).isEqualTo(next);
    }
    assertThat(sync.targetRows()).hasSize(4);
    assertThat(sync.assertInSync().rows().read()).isEqualTo(1);
  }

  @Test
  void s03_twoRowsOfOneStampArriveTogether() throws SQLException {
    OrdersSync sync = bed.orders("s03_pair").with("write_disposition", "WRITE_APPEND");
    sync.insertStamped(1, "2024-01-01");
    try (OpenTransaction open = OpenTransaction.begin(bed)) {
      sync.insertStamped(2, open.now());
      sync.rest();
      assertThat(sync.run().rows().read()).isEqualTo(1);
      open.execute("INSERT INTO s03_pair (id, note) VALUES (3, 'same stamp')").commit();
    }
    assertThat(sync.assertInSync().rows().read()).isEqualTo(2);
  }

  @Test
  void s04_microsecondsOfOneMillisecondAreTold() throws SQLException {
    OrdersSync sync = bed.orders("s04").with("write_disposition", "WRITE_APPEND");
    String end;
    try (OpenTransaction open = withinAMillisecond()) {
      end = moved(open.now(), -1, ChronoUnit.SECONDS);
      sync.insertStamped(1, moved(end, -1, ChronoUnit.MICROS));
      sync.insertStamped(2, end);
      sync.insertStamped(3, moved(end, 1, ChronoUnit.MICROS));
      assertThat(sync.run().rows().read()).isEqualTo(1);
    }
    RunReport second = sync.assertInSync();
    assertThat(second.window().lo()).isEqualTo(end);
    assertThat(second.rows().read()).isEqualTo(2);
  }

  /** A transaction whose start has neighbours on both sides in its own millisecond. */
  private static OpenTransaction withinAMillisecond() throws SQLException {
    while (true) {
      OpenTransaction open = OpenTransaction.begin(bed);
      String micros = open.now().replaceAll(".*(...)Z", "$1");
      if (!micros.equals("000") && !micros.equals("999")) {
        return open;
      }
      open.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT1H", "PT-1H"})
  void s06_aLauncherWhoseClockIsWrongReadsTheSame(Duration ahead) {
    String table = ahead.isNegative() ? "s06_behind" : "s06_ahead";
    OrdersSync sync = bed.orders(table).with("write_disposition", "WRITE_APPEND");
    try (MachineClock.Shift shift = MachineClock.shift(ahead)) {
      for (int row = 1; row <= 2; row++) {
        sync.insert(row, row);
        sync.rest();
        RunReport report = sync.run();
        assertThat(report.rows().read()).isEqualTo(1);
        assertThat(report.window().hi())
            .isLessThan(bed.source("SELECT " + SyncBed.iso("now() - interval '1 second'")));
      }
    }
    sync.assertEqual();
  }

  @Test
  void s07_anApplicationsStampInsideTheLagIsSynced() {
    OrdersSync sync = bed.orders("s07").with("smart_sync_lag", "1h");
    sync.insertStamped(1, "2024-01-01");
    RunReport first = sync.run();
    assertThat(first.window().reason()).isEqualTo("a lag of 1h");
    assertThat(first.rows().read()).isEqualTo(1);
    // Almost an hour old.
    sync.insertStamped(2, first.window().hi());
    sync.insertStamped(3, moved(first.window().hi(), 1, ChronoUnit.MICROS));
    assertThat(sync.run().rows().read()).isEqualTo(2);
    sync.assertEqual();
  }

  @Test
  void s07_anApplicationsStampOutsideTheLagIsFoundByVerifyAndReadByAnOverlap() {
    OrdersSync sync = bed.orders("s07_outside");
    sync.insertStamped(1, "2024-01-01");
    String end = sync.run().window().hi();
    sync.insertStamped(2, moved(end, -1, ChronoUnit.MICROS));
    sync.insertStamped(3, moved(end, -59, ChronoUnit.MINUTES));
    assertThat(sync.run().rows().read()).isZero();
    assertThat(sync.verify().isEqual()).isFalse();
    OrdersSync wider = sync.copy().with("smart_sync_overlap", "1h");
    assertThat(wider.run().rows().read()).isEqualTo(2);
    sync.assertEqual();
  }

  @Test
  void s08_aRowStamped2099WaitsAndHoldsNothingUp() {
    OrdersSync sync = bed.orders("s08");
    sync.insertStamped(1, "2099-01-01");
    sync.insert(2, 3);
    sync.rest();
    RunReport first = sync.run();
    assertThat(first.rows().read()).isEqualTo(2);
    assertThat(first.rows().deferred()).isEqualTo(1);
    assertThat(first.window().hi()).isLessThan("2099");
    sync.insert(4, 4);
    sync.rest();
    RunReport second = sync.run();
    assertThat(second.rows().read()).isEqualTo(1);
    assertThat(second.rows().deferred()).isEqualTo(1);
    bed.sql("UPDATE s08 SET updated_at = now() WHERE id = 1");
    sync.assertInSync();
  }

  @Test
  void s11_rowsWithoutACursorFailTheRunBeforeAnythingIsWritten() {
    OrdersSync sync = bed.orders("s11");
    bed.sql("INSERT INTO s11 (id, updated_at) VALUES (1, NULL), (2, NULL), (3, '2024-01-01')");
    assertThatThrownBy(sync::run)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("2 row(s) whose 'updated_at' is NULL")
        .hasMessageContaining("--smart_sync_null_cursor=exclude");
    assertThat(bed.tables()).noneMatch(t -> t.at("/tableReference/tableId").asText().equals("s11"));
    bed.sql("UPDATE s11 SET updated_at = now() WHERE updated_at IS NULL");
    assertThat(sync.assertInSync().rows().read()).isEqualTo(3);
  }

  @Test
  void s11_rowsWithoutACursorAreReadInEveryRunWhereIncluded() {
    OrdersSync sync = bed.orders("s11_include").with("smart_sync_null_cursor", "include");
    bed.sql("INSERT INTO s11_include (id, updated_at) VALUES (1, NULL), (2, '2024-01-01')");
    assertThat(sync.run().rows().read()).isEqualTo(2);
    bed.sql("UPDATE s11_include SET note = 'changed' WHERE id = 1");
    RunReport second = sync.run();
    assertThat(second.rows().read()).isEqualTo(1);
    assertThat(second.rows().updated()).isEqualTo(1);
    assertThat(second.warnings()).anyMatch(w -> w.contains("1 row(s) whose 'updated_at' is NULL"));
    sync.assertEqual();
    // One that is stamped later is the same row.
    bed.sql("UPDATE s11_include SET updated_at = now() WHERE id = 1");
    sync.assertInSync();
  }

  @Test
  void s11_rowsWithoutACursorAreLeftOutWhereExcludedUntilTheyAreStamped() {
    OrdersSync sync = bed.orders("s11_exclude").with("smart_sync_null_cursor", "exclude");
    bed.sql("INSERT INTO s11_exclude (id, updated_at) VALUES (1, NULL), (2, '2024-01-01')");
    RunReport first = sync.run();
    assertThat(first.rows().read()).isEqualTo(1);
    assertThat(first.warnings()).anyMatch(w -> w.contains("1 row(s) whose 'updated_at' is NULL"));
    assertThat(sync.verify().isEqual()).isFalse();
    bed.sql("UPDATE s11_exclude SET updated_at = now() WHERE id = 1");
    assertThat(sync.assertInSync().rows().read()).isEqualTo(1);
  }

  @Test
  void s12_aBackDatedBackfillIsReportedByVerify() {
    OrdersSync sync = bed.orders("s12");
    sync.insertStamped(1, "2024-01-01");
    sync.run();
    bed.sql(
        "INSERT INTO s12 (id, updated_at) SELECT n, '2023-01-01' FROM generate_series(2, 100) n");
    assertThat(sync.run().rows().read()).isZero();
    Proof proof = sync.verify();
    assertThat(proof.isEqual()).isFalse();
    assertThat(proof.source().count()).isEqualTo(100);
    assertThat(proof.destination().count()).isEqualTo(1);
    // As the documentation has it: everything is read again, and merged.
    DeltaFlow.reset(sync.spec(), sync.pipelineOptions());
    assertThat(sync.run().rows().read()).isEqualTo(100);
    sync.assertEqual();
  }

  @Test
  void s13_deletesAreNotSeenUntilAFullRefresh() {
    OrdersSync sync = bed.orders("s13");
    sync.insertStamped(1, "2024-01-01");
    sync.insertStamped(2, "2024-01-01");
    sync.run();
    bed.sql("DELETE FROM s13 WHERE id = 1");
    assertThat(sync.run().rows().read()).isZero();
    Proof proof = sync.verify();
    assertThat(proof.isEqual()).isFalse();
    assertThat(proof.destination().count()).isEqualTo(2);
    OrdersSync refresh =
        sync.copy().with("enable_smart_sync", null).with("write_disposition", "WRITE_TRUNCATE");
    refresh.run();
    sync.assertEqual();
    sync.assertInSync();
  }

  @Test
  void s15_aRowStampedInfinityWaitsAndHoldsNothingUp() {
    OrdersSync sync = bed.orders("s15");
    sync.insertStamped(1, "infinity");
    sync.insertStamped(2, "2024-01-01");
    RunReport first = sync.run();
    assertThat(first.rows().read()).isEqualTo(1);
    assertThat(first.rows().deferred()).isEqualTo(1);
    bed.sql("UPDATE s15 SET updated_at = now() WHERE id = 1");
    assertThat(sync.assertInSync().rows().read()).isEqualTo(1);
  }

  @Test
  void s15_aRowStampedMinusInfinityFailsTheFirstRunWhole() {
    OrdersSync sync = bed.orders("s15_minus");
    sync.insertStamped(1, "-infinity");
    sync.insertStamped(2, "2024-01-01");
    assertThatThrownBy(sync::run)
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining("updated_at")
        .hasMessageContaining("infinity");
    assertThat(sync.targetRows()).isEmpty();
    bed.sql("UPDATE s15_minus SET updated_at = now() WHERE id = 1");
    assertThat(sync.assertInSync().rows().read()).isEqualTo(2);
  }

  @Test
  void s21_noNewRowsLeaveTheTableUntouched() {
    OrdersSync sync = bed.orders("s21");
    sync.insertStamped(1, "2024-01-01");
    RunReport first = sync.run();
    JsonNode before = bed.table("s21");
    Fault load = bed.bigQuery().emulator().faults().onJob("load").fail("backendError");
    RunReport second = sync.run();
    JsonNode after = bed.table("s21");
    assertThat(second.rows().read()).isZero();
    assertThat(second.window().lo()).isEqualTo(first.window().hi());
    assertThat(second.window().hi()).isGreaterThan(first.window().hi());
    assertThat(load.fired()).isZero();
    assertThat(before.path("etag").asText()).isNotEmpty();
    assertThat(after).isEqualTo(before);
    bed.bigQuery().emulator().faults().clear();
    sync.insert(2, 2);
    assertThat(sync.assertInSync().rows().read()).isEqualTo(1);
  }
}
