package io.deltaflow.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.spi.error.StaleRunException;
import io.deltaflow.testing.BigQueryServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Writers and syncs that break, round after round. At the end of a round the writers rest, one more
 * run of each sync brings the rest, and every row of the source must be in the target once.
 *
 * <p>{@code accounts} are inserted and updated and merged by key; {@code events} and {@code
 * tickets} are only inserted and only appended, so that a row that is published twice stays there
 * twice; tickets are synced by their number from a sequence.
 */
final class Soak {
  private final SyncBed bed;
  private final Random random;
  private final Duration round;
  private final SoakFigures figures = new SoakFigures();
  private final List<OrdersSync> syncs = new ArrayList<>();

  /**
   * Prepares the tables.
   *
   * @param connector that reads the source
   * @param seed of all that is chosen; how threads interleave is chance
   */
  Soak(SyncBed bed, String connector, long seed, Duration round) {
    this.bed = bed;
    this.random = new Random(seed);
    this.round = round;
    bed.sql(
        "CREATE SEQUENCE account_ids", "CREATE SEQUENCE event_ids", "CREATE SEQUENCE ticket_ids");
    syncs.add(bed.orders("accounts"));
    syncs.add(bed.orders("events").with("write_disposition", "WRITE_APPEND"));
    syncs.add(
        bed.orders("tickets")
            .with("write_disposition", "WRITE_APPEND")
            .with("smart_sync_timestamp_column", "id")
            .with("postgresql_open_transaction_wait", "2s"));
    for (OrdersSync sync : syncs) {
      bed.sql("INSERT INTO " + sync.table() + " (id, note) VALUES (0, 'first')");
      sync.readWith(connector);
    }
  }

  SoakFigures figures() {
    return figures;
  }

  /** Rounds until the time is over, one at least. */
  void run(Duration time) {
    Instant end = Instant.now().plus(time);
    do {
      oneRound();
      System.out.println(figures);
    } while (Instant.now().plus(round.dividedBy(2)).isBefore(end));
  }

  private void oneRound() {
    try (SoakSyncs breaking = new SoakSyncs(bed, syncs, random, figures);
        SoakWriters writing = new SoakWriters(bed, random, figures)) {
      Instant end = Instant.now().plus(round);
      while (Instant.now().isBefore(end)) {
        pause();
        syncs.forEach(this::assertNothingTwice);
      }
    }
    assertThat(figures.unexpected()).isEmpty();
    for (OrdersSync sync : syncs) {
      atRest(sync);
    }
  }

  /** Also while all goes on. */
  private void assertNothingTwice(OrdersSync sync) {
    // Not over HTTP, where faults are waiting for the syncs.
    boolean exists =
        !bed.target(
                "SELECT 1 AS one FROM `"
                    + BigQueryServer.PROJECT
                    + "."
                    + BigQueryServer.DATASET
                    + "`.INFORMATION_SCHEMA.TABLES WHERE table_name = '"
                    + sync.table()
                    + "'")
            .isEmpty();
    if (exists) {
      assertThat(
              bed.target(
                  "SELECT id, COUNT(*) AS n FROM "
                      + sync.target()
                      + " GROUP BY id HAVING COUNT(*) > 1 LIMIT 5"))
          .as("rows of %s that are there twice", sync.table())
          .isEmpty();
    }
  }

  private void atRest(OrdersSync sync) {
    sync.rest();
    runToItsEnd(sync);
    Set<String> missing = new HashSet<>(sync.sourceRows());
    List<String> target = sync.targetRows();
    List<String> tooMany = new ArrayList<>();
    for (String row : target) {
      if (!missing.remove(row)) {
        tooMany.add(row);
      }
    }
    assertThat(missing).as("rows lost from %s", sync.table()).isEmpty();
    assertThat(tooMany).as("rows doubled or wrong in %s", sync.table()).isEmpty();
    sync.assertEqual();
    figures.comparisons.incrementAndGet();
  }

  /** A process that was halted may have left a commit that ends by itself meanwhile. */
  private void runToItsEnd(OrdersSync sync) {
    try {
      figures.published(sync.run());
    } catch (StaleRunException e) {
      figures.stale.incrementAndGet();
      figures.published(sync.run());
    }
  }

  private static void pause() {
    try {
      Thread.sleep(1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
