package io.deltaflow.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.RunReport;
import io.deltaflow.SyncRun;
import io.deltaflow.emulator.Faults.Fault;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.fault.MachineClock;
import io.deltaflow.spi.error.InternalException;
import io.deltaflow.testing.ChildRun;
import io.deltaflow.testing.RepeatingRunner;
import io.deltaflow.testing.TwiceAtOnceRunner;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that are killed, cancelled or done twice, and what they leave behind. */
@Tag("scenario")
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
final class BrokenRunScenariosTest {
  private static final String PUBLISH = "deltaflow_.*_publish_.*";

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
    bed.faults().clear();
  }

  /** Two of three splits have their files, or the load of them all has begun. */
  @ParameterizedTest
  @CsvSource({"after-split, 2", "half-loads-begun, 1"})
  void s41_aCrashWithHalfOfTheFilesLoadedLeavesTheTargetAsItWas(String point, int times)
      throws IOException {
    OrdersSync sync = bed.orders("s41_" + point.replace('-', '_')).with("splits", "3");
    sync.insert(1, 1);
    sync.assertInSync();
    sync.insert(2, 3001);
    bed.sql("ANALYZE " + sync.table());
    sync.rest();
    ReaderView before = ReaderView.of(bed, sync);
    assertThat(
            ChildRun.of(sync.flags(), sync.pipelineArguments())
                .crashAt(point, times)
                .run()
                .isCrashed())
        .isTrue();
    assertThat(sync.files()).as("load files").anyMatch(f -> f.endsWith(".avro"));
    assertThat(ReaderView.of(bed, sync)).isEqualTo(before);
    assertThat(sync.assertInSync().rows().inserted()).isEqualTo(3000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"WRITE_MERGE", "WRITE_APPEND"})
  void s45_aCommitThatIsDoneTwiceIsDoneOnce(String disposition) {
    OrdersSync sync = twice("s45_in_turn_", disposition);
    sync.insert(1, 3);
    sync.rest();
    AtomicInteger commits = new AtomicInteger();
    try (CrashPoints.Hook hook =
        CrashPoints.on(CrashPoints.AFTER_PUBLISH, commits::incrementAndGet)) {
      assertThat(hook).isNotNull();
      RunReport report =
          sync.start("--runner=" + RepeatingRunner.class.getName()).waitUntilFinish();
      assertThat(report.rows().inserted()).isEqualTo(3);
    }
    assertThat(commits).hasValue(2);
    sync.assertEqual();
    assertThat(sync.assertInSync().rows().read()).isZero();
  }

  /** Both are about to begin the commit. */
  @ParameterizedTest
  @ValueSource(strings = {"WRITE_MERGE", "WRITE_APPEND"})
  void s45_aCommitThatIsDoneTwiceAtOnceIsDoneOnce(String disposition) {
    OrdersSync sync = twice("s45_at_once_", disposition);
    sync.insert(1, 3);
    sync.rest();
    CyclicBarrier both = new CyclicBarrier(2);
    AtomicInteger met = new AtomicInteger();
    try (CrashPoints.Hook hook =
        CrashPoints.on(
            CrashPoints.AFTER_VERIFY,
            () -> {
              await(both);
              met.incrementAndGet();
            })) {
      assertThat(hook).isNotNull();
      RunReport report =
          sync.start("--runner=" + TwiceAtOnceRunner.class.getName()).waitUntilFinish();
      assertThat(report.rows().inserted()).isEqualTo(3);
    }
    assertThat(met).hasValue(2);
    sync.assertEqual();
    assertThat(sync.assertInSync().rows().read()).isZero();
  }

  private static OrdersSync twice(String prefix, String disposition) {
    return bed.orders(prefix + disposition.toLowerCase(Locale.ROOT))
        .with("write_disposition", disposition);
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(1, TimeUnit.MINUTES);
    } catch (Exception e) {
      throw new IllegalStateException("the other did not come here", e);
    }
  }

  /** By the launcher's clock; staging expires by BigQuery's own, which assertEqual looks at. */
  @Test
  void s56_whatACrashLeftGoesAfterSevenDays() {
    OrdersSync sync = bed.orders("s56_orphan");
    sync.insert(1, 3);
    sync.rest();
    ChildRun child = ChildRun.of(sync.flags(), sync.pipelineArguments());
    assertThat(child.crashAt(CrashPoints.AFTER_VERIFY).run().isCrashed()).isTrue();
    List<String> left = sync.files();
    assertThat(left).anyMatch(f -> f.endsWith(".avro")).anyMatch(f -> f.endsWith("/secret"));
    assertThat(staging(sync)).isEqualTo(1);
    sync.assertInSync();
    assertThat(sync.files()).as("a run that could be alive").containsAll(left);
    try (MachineClock.Shift shift = MachineClock.shift(Duration.ofDays(7).minusHours(1))) {
      assertThat(shift).isNotNull();
      sync.run();
    }
    assertThat(sync.files()).as("a run that could be alive").containsAll(left);
    try (MachineClock.Shift shift = MachineClock.shift(Duration.ofDays(7).plusHours(1))) {
      assertThat(shift).isNotNull();
      sync.run();
    }
    assertThat(sync.files()).isEmpty();
    sync.assertEqual();
  }

  private static long staging(OrdersSync sync) {
    return bed.tables().stream()
        .map(t -> t.at("/tableReference/tableId").asText())
        .filter(t -> t.startsWith(sync.table() + "__deltaflow_staging_"))
        .count();
  }

  /** Another sync with the same temporary location runs six days later by its clock. */
  @Test
  void s56_aRunThatIsAliveKeepsItsFiles() {
    OrdersSync sync = bed.orders("s56_alive");
    OrdersSync other = sync.copy().with("destination_bigquery_table", "s56_other");
    sync.insert(1, 3);
    sync.rest();
    Fault fault =
        bed.faults()
            .onJob("load")
            .meanwhile(
                () -> {
                  try (MachineClock.Shift shift = MachineClock.shift(Duration.ofDays(6))) {
                    assertThat(shift).isNotNull();
                    assertThat(other.run().rows().inserted()).isEqualTo(3);
                  }
                });
    assertThat(sync.run().rows().inserted()).isEqualTo(3);
    assertThat(fault.fired()).isEqualTo(1);
    assertThat(sync.files()).isEmpty();
    sync.assertInSync();
  }

  /**
   * Of a cancelled run the direct runner lets the element in work come to its end and begins no
   * other: a split is not followed by a load, and a publish that has begun commits.
   */
  @ParameterizedTest
  @ValueSource(strings = {"extract", "load", "publish", "commit", "committed"})
  void s58_aRunCancelledInAnyPhaseHasCommittedOrNot(String phase) {
    OrdersSync sync = bed.orders("s58_" + phase);
    sync.insert(1, 1);
    sync.assertInSync();
    sync.insert(2, 4);
    sync.rest();
    ReaderView before = ReaderView.of(bed, sync);
    CompletableFuture<Void> reached = new CompletableFuture<>();
    CompletableFuture<Void> cancelled = new CompletableFuture<>();
    CompletableFuture<Void> committed = new CompletableFuture<>();
    boolean commits = !phase.equals("extract");
    Runnable hold =
        () -> {
          reached.complete(null);
          cancelled.join();
        };
    bed.faults().onStatement(PUBLISH, "^SELECT inserted").meanwhile(() -> committed.complete(null));
    try (CrashPoints.Hook hook = CrashPoints.on(commits ? "none" : CrashPoints.MID_SPLIT, hold)) {
      assertThat(hook).isNotNull();
      switch (phase) {
        case "load" -> bed.faults().onJob("load").meanwhile(hold);
        case "publish" -> bed.faults().onStatement(PUBLISH, "^DECLARE").meanwhile(hold);
        case "commit" -> bed.faults().onStatement(PUBLISH, "^COMMIT").meanwhile(hold);
        default -> bed.faults().onCall("GET", ".*/queries/.*_publish_.*").meanwhile(hold);
      }
      SyncRun run = sync.start("--blockOnRun=false");
      reached.join();
      assertThatThrownBy(
              () -> {
                run.result().cancel();
                cancelled.complete(null);
                run.waitUntilFinish();
              })
          .isInstanceOf(InternalException.class)
          .hasMessageContaining("run " + run.runId() + " ended as CANCELLED");
    }
    if (commits) {
      committed.join();
      sync.assertEqual();
    } else {
      assertThat(ReaderView.of(bed, sync)).isEqualTo(before);
    }
    assertThat(sync.assertInSync().rows().read()).isEqualTo(commits ? 0 : 3);
  }
}
