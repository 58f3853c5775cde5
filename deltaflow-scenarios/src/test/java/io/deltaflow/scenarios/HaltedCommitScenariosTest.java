package io.deltaflow.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.RunReport;
import io.deltaflow.emulator.Faults.Fault;
import io.deltaflow.spi.error.DestinationException;
import io.deltaflow.spi.error.StaleRunException;
import io.deltaflow.testing.ChildRun;
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
import org.junit.jupiter.params.provider.CsvSource;

/** A commit that is cut off at any of its statements, by the death of the server or the client. */
@Tag("scenario")
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
final class HaltedCommitScenariosTest {
  private static final String PUBLISH = "deltaflow_.*_publish_.*";
  private static final String LAST = "^SELECT inserted";

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

  /**
   * The script is halted at its first statement, then at its second, and so on, each time in a run
   * of its own, until it is halted after its commit.
   */
  @ParameterizedTest
  @CsvSource({"WRITE_MERGE, true", "WRITE_APPEND, true", "WRITE_TRUNCATE, false"})
  void s46_aCommitHaltedAtAnyStatementLeavesNothingAndTheNextRunBringsItOnce(
      String disposition, boolean smart) {
    OrdersSync sync =
        bed.orders("s46_" + disposition.toLowerCase(java.util.Locale.ROOT))
            .with("write_disposition", disposition)
            .with("enable_smart_sync", Boolean.toString(smart));
    sync.insert(1, 2);
    sync.assertInSync();
    sync.insert(3, 5);
    sync.rest();
    ReaderView before = ReaderView.of(bed, sync);
    RunReport report = null;
    int statements = 0;
    while (report == null) {
      statements++;
      // BEGIN and what follows: the declarations before it do nothing.
      Fault fault =
          bed.faults().onStatement(PUBLISH, "^(?!DECLARE)").nth(statements).fail("stopped");
      try {
        report = sync.run();
      } catch (DestinationException e) {
        assertThat(e).hasMessageContaining("Fault on demand: stopped");
        assertThat(ReaderView.of(bed, sync)).as("halted at %s", statements).isEqualTo(before);
      }
      assertThat(fault.fired()).as("halts at %s", statements).isEqualTo(1);
      bed.faults().clear();
    }
    assertThat(statements).as("statements").isGreaterThan(6);
    assertThat(report.rows().inserted()).isEqualTo(smart ? 3 : 5);
    sync.assertEqual();
    sync.assertInSync();
  }

  @Test
  void s46_aCommitThatOutlivesItsClientIsFoundByTheNextRun() {
    OrdersSync sync = bed.orders("s46_outlived");
    sync.insert(1, 3);
    sync.rest();
    CompletableFuture<ChildRun.Child> client = new CompletableFuture<>();
    CompletableFuture<Void> committed = new CompletableFuture<>();
    bed.faults().onStatement(PUBLISH, "^COMMIT").meanwhile(() -> kill(client.join()));
    bed.faults().onStatement(PUBLISH, LAST).meanwhile(() -> committed.complete(null));
    try (ChildRun.Child child = ChildRun.of(sync.flags(), sync.pipelineArguments()).start()) {
      client.complete(child);
      assertThat(child.await().isCrashed()).as("the client is killed").isTrue();
      committed.join();
    }
    sync.assertEqual();
    assertThat(sync.assertInSync().rows().read()).isZero();
  }

  /** The next run meets the open transaction, and then its outcome. */
  @Test
  void s46_aRunThatMeetsTheOpenCommitOfAKilledOneIsRefused() {
    OrdersSync sync = bed.orders("s46_open");
    sync.insert(1, 3);
    sync.rest();
    CompletableFuture<ChildRun.Child> client = new CompletableFuture<>();
    CompletableFuture<Void> killed = new CompletableFuture<>();
    CompletableFuture<Void> released = new CompletableFuture<>();
    CompletableFuture<Void> committed = new CompletableFuture<>();
    bed.faults()
        .onStatement(PUBLISH, "^COMMIT")
        .meanwhile(
            () -> {
              kill(client.join());
              killed.complete(null);
              released.join();
            });
    bed.faults().onStatement(PUBLISH, LAST).meanwhile(() -> committed.complete(null));
    Fault secondAttempt =
        bed.faults()
            .onStatement("deltaflow_.*_publish_0_1", "^BEGIN")
            .meanwhile(
                () -> {
                  released.complete(null);
                  committed.join();
                });
    try (ChildRun.Child child = ChildRun.of(sync.flags(), sync.pipelineArguments()).start()) {
      client.complete(child);
      assertThat(child.await().isCrashed()).as("the client is killed").isTrue();
      killed.join();
    }
    assertThatThrownBy(sync::run).isInstanceOf(StaleRunException.class);
    assertThat(secondAttempt.fired()).isEqualTo(1);
    sync.assertEqual();
    assertThat(sync.assertInSync().rows().read()).isZero();
  }

  private static void kill(ChildRun.Child child) {
    child.kill();
    child.await();
  }
}
