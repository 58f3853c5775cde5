package io.deltaflow.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.RunReport;
import io.deltaflow.emulator.Faults.Fault;
import io.deltaflow.spi.error.DestinationException;
import io.deltaflow.spi.error.StaleRunException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that meet others: of the same sync, or of another into the same table. */
@Tag("scenario")
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
final class TwoRunsScenariosTest {
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

  /** Another run begins and ends while the first is at some step before its commit. */
  @ParameterizedTest
  @ValueSource(strings = {"load", "publish", "transaction"})
  void s48_ofTwoRunsOfOneSyncTheFirstThatCommitsWins(String step) {
    OrdersSync sync = bed.orders("s48_" + step);
    sync.insert(1, 1);
    sync.assertInSync();
    sync.insert(2, 4);
    sync.rest();
    CompletableFuture<RunReport> other = new CompletableFuture<>();
    Fault fault =
        (switch (step) {
              case "load" -> bed.faults().onJob("load");
              case "publish" -> bed.faults().onStatement(PUBLISH, "^DECLARE");
              default -> bed.faults().onStatement(PUBLISH, "^BEGIN");
            })
            .meanwhile(() -> other.complete(sync.run()));
    assertThatThrownBy(sync::run)
        .isInstanceOf(StaleRunException.class)
        .hasMessageContaining("nothing was published")
        .hasMessageContaining("and " + other.join().runId() + " has brought it to epoch 2");
    assertThat(fault.fired()).isEqualTo(1);
    assertThat(other.join().rows().inserted()).isEqualTo(3);
    sync.assertEqual();
    assertThat(sync.assertInSync().rows().read()).isZero();
  }

  /** The second is tried again while the first holds the state's row, and gives up before it. */
  @Test
  void s48_aRunThatMeetsTheOpenCommitOfAnotherLeavesItAlone() {
    OrdersSync sync = bed.orders("s48_open");
    sync.insert(1, 3);
    sync.rest();
    OrdersSync other = sync.copy().with("max_retries", "1");
    Fault fault =
        bed.faults()
            .onStatement(PUBLISH, "^COMMIT")
            .meanwhile(
                () ->
                    assertThatThrownBy(other::run)
                        .isInstanceOf(DestinationException.class)
                        .hasMessageContaining("concurrent update"));
    assertThat(sync.run().rows().inserted()).isEqualTo(3);
    assertThat(fault.fired()).isEqualTo(1);
    sync.assertEqual();
    assertThat(sync.assertInSync().rows().read()).isZero();
  }

  /** Each waits for the other's transaction and has a watermark of its own. */
  @Test
  void s49_twoSyncsIntoOneTableDoNotDisturbEachOther() {
    OrdersSync all = bed.orders("s49");
    OrdersSync even = half(all, 0);
    OrdersSync odd = half(all, 1);
    all.insert(1, 10);
    all.rest();
    assertThat(even.run().rows().inserted()).isEqualTo(5);
    assertThat(odd.run().rows().inserted()).isEqualTo(5);
    all.assertEqual();
    all.insert(11, 20);
    bed.sql("UPDATE s49 SET note = 'changed', updated_at = now() WHERE id < 5");
    all.rest();
    CompletableFuture<RunReport> first = new CompletableFuture<>();
    CompletableFuture<RunReport> second = new CompletableFuture<>();
    CompletableFuture<Void> met = new CompletableFuture<>();
    bed.faults()
        .onStatement(PUBLISH, "^COMMIT")
        .meanwhile(
            () -> {
              CompletableFuture.supplyAsync(odd::run)
                  .whenComplete(
                      (report, failure) -> {
                        met.complete(null);
                        complete(second, report, failure);
                      });
              met.join();
            });
    Fault secondAttempt =
        bed.faults()
            .onStatement("deltaflow_.*_publish_0_1", "^BEGIN")
            .meanwhile(
                () -> {
                  met.complete(null);
                  first.join();
                });
    first.complete(even.run());
    assertThat(second.join().rows().inserted()).isEqualTo(5);
    assertThat(second.join().rows().updated()).isEqualTo(2);
    assertThat(first.join().rows().inserted()).isEqualTo(5);
    assertThat(secondAttempt.fired()).as("the second met the first").isEqualTo(1);
    all.assertEqual();
    for (OrdersSync each : List.of(even, odd)) {
      assertThat(each.run().rows().read()).isZero();
    }
  }

  private static void complete(
      CompletableFuture<RunReport> future, RunReport report, Throwable failure) {
    if (failure == null) {
      future.complete(report);
    } else {
      future.completeExceptionally(failure);
    }
  }

  private static OrdersSync half(OrdersSync all, int rest) {
    return all.copy()
        .with("postgresql_table", null)
        .with("postgresql_query", "SELECT * FROM s49 WHERE id % 2 = " + rest)
        .with("merge_keys", "id");
  }

  /** Its rows are older than those that newer runs have brought. */
  @ParameterizedTest
  @ValueSource(strings = {"WRITE_MERGE", "WRITE_APPEND"})
  void s51_aStaleRunThatCommitsAfterNewerOnesIsRefused(String disposition) {
    OrdersSync sync =
        bed.orders("s51_" + disposition.toLowerCase(java.util.Locale.ROOT))
            .with("write_disposition", disposition);
    sync.insert(1, 2);
    sync.assertInSync();
    sync.insert(3, 4);
    sync.rest();
    CompletableFuture<ReaderView> newest = new CompletableFuture<>();
    bed.faults()
        .onStatement(PUBLISH, "^DECLARE")
        .meanwhile(
            () -> {
              sync.run();
              if (disposition.equals("WRITE_MERGE")) {
                bed.sql("UPDATE " + sync.table() + " SET note = 'newer', updated_at = now()");
              }
              sync.insert(5, 6);
              sync.rest();
              sync.run();
              newest.complete(ReaderView.of(bed, sync));
            });
    assertThatThrownBy(sync::run)
        .isInstanceOf(StaleRunException.class)
        .hasMessageContaining("was planned at epoch 1")
        .hasMessageContaining("has brought it to epoch 3; run again");
    assertThat(ReaderView.of(bed, sync)).isEqualTo(newest.join());
    assertThat(sync.assertInSync().rows().read()).isZero();
  }
}
