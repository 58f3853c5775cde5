package io.deltaflow.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.deltaflow.emulator.Faults;
import io.deltaflow.emulator.Faults.Fault;
import io.deltaflow.spi.error.DestinationException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the window must survive: a destination that does not say how far the last run came. */
@Tag("scenario")
final class UnreadableStateScenariosTest {
  private static final String TABLES = "/projects/[^/]+/datasets/[^/]+/tables/";
  private static final String STATE = "__deltaflow_state/data";

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
    faults().clear();
  }

  private static Faults faults() {
    return bed.bigQuery().emulator().faults();
  }

  /** A sync that would double its rows if it took its state, or its target, for empty. */
  private static OrdersSync synced(String table) {
    OrdersSync sync = bed.orders(table).with("write_disposition", "WRITE_APPEND");
    sync.insertStamped(1, "2024-01-01");
    sync.run();
    return sync;
  }

  @Test
  void s20_aForbiddenStateIsNeverTakenForEmpty() {
    OrdersSync sync = synced("s20_state");
    assertRefused(sync, STATE);
    sync.insert(2, 2);
    assertThat(sync.assertInSync().rows().read()).isEqualTo(1);
  }

  @Test
  void s20_aForbiddenTargetIsNeverTakenForAbsent() {
    assertRefused(synced("s20_target"), "");
  }

  @Test
  void s20_forbiddenRowsAreNeverTakenForNone() {
    OrdersSync sync = synced("s20_rows");
    bed.target("DELETE FROM " + sync.target() + " WHERE TRUE");
    assertForbidden(sync, "/data");
    assertThat(sync.targetRows()).isEmpty();
    // By right it is empty, and filled again.
    assertThat(sync.run().rows().read()).isEqualTo(1);
    assertThat(sync.targetRows()).isEqualTo(sync.sourceRows());
  }

  @Test
  void s20_aForbiddenLedgerIsNeverTakenForThatOfANewTable() {
    OrdersSync sync = synced("s20_ledger").with("write_disposition", "WRITE_MERGE");
    bed.target("DELETE FROM " + sync.beside("__deltaflow_state") + " WHERE TRUE");
    assertRefused(sync, "__deltaflow_runs");
    Fault query = faults().onJob("query").fail("accessDenied");
    assertThatThrownBy(sync::run)
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("s20_ledger__deltaflow_runs")
        .hasMessageContaining("accessDenied");
    assertThat(query.fired()).isPositive();
    faults().clear();
    assertThat(sync.run().rows().read()).as("all of history").isEqualTo(1);
    sync.assertEqual();
  }

  private static void assertRefused(OrdersSync sync, String what) {
    assertForbidden(sync, what);
    sync.assertEqual();
  }

  private static void assertForbidden(OrdersSync sync, String what) {
    Fault fault =
        faults().onCall("GET", TABLES + sync.table() + what).times(1000).fail("accessDenied");
    assertThatThrownBy(sync::run)
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining(sync.table())
        .hasMessageContaining("403 accessDenied");
    assertThat(fault.fired()).isPositive();
    faults().clear();
  }

  @Test
  void s20_serverErrorsAndTimeoutsAreNeverTakenForEmpty() {
    OrdersSync failing = synced("s20_failing");
    OrdersSync silent = synced("s20_silent");
    faults().onCall("GET", TABLES + "s20_failing" + STATE).times(1000).fail("backendError");
    faults().onCall("GET", TABLES + "s20_silent" + STATE).times(1000).dropResponse();
    // At once, since both are asked again for a while.
    List<CompletableFuture<Throwable>> failures =
        List.of(failing, silent).stream()
            .map(sync -> CompletableFuture.supplyAsync(() -> catchThrowable(sync::run)))
            .toList();
    assertThat(failures.get(0).join())
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("s20_failing__deltaflow_state")
        .hasMessageContaining("503 backendError");
    assertThat(failures.get(1).join())
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("s20_silent__deltaflow_state")
        .hasMessageContaining("no answer from BigQuery");
    faults().clear();
    failing.assertEqual();
    silent.assertEqual();
  }
}
