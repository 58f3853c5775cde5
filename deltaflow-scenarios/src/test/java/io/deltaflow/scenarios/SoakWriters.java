package io.deltaflow.scenarios;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sessions that write to the source in transactions of random length, stamp rows with their own
 * start or with the moment, and commit, roll back, or prepare. The pauses are the workload.
 */
final class SoakWriters implements AutoCloseable {
  private static final int SESSIONS = 4;

  private final SyncBed bed;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final List<Thread> threads = new ArrayList<>();
  private final SoakFigures figures;

  SoakWriters(SyncBed bed, Random seeds, SoakFigures figures) {
    this.bed = bed;
    this.figures = figures;
    for (int i = 0; i < SESSIONS; i++) {
      Random random = new Random(seeds.nextLong());
      Thread thread = new Thread(() -> write(random), "writer " + i);
      threads.add(thread);
      thread.start();
    }
  }

  private void write(Random random) {
    try (Connection session = bed.session()) {
      session.setAutoCommit(false);
      while (!stopped.get()) {
        try (Statement statement = session.createStatement()) {
          transaction(session, statement, random);
        } catch (SQLException e) {
          session.rollback();
          figures.rolledBack.incrementAndGet();
          // Two writers at the same rows in another order.
          if (!"40P01".equals(e.getSQLState())) {
            throw e;
          }
        }
      }
    } catch (SQLException | InterruptedException e) {
      figures.unexpected(e);
    }
  }

  private void transaction(Connection session, Statement statement, Random random)
      throws SQLException, InterruptedException {
    // The transaction begins here, and may write much later.
    statement.execute("SELECT now()");
    int statements = 1 + random.nextInt(4);
    for (int i = 0; i < statements; i++) {
      pause(random);
      statement.execute(change(random));
    }
    pause(random);
    int end = random.nextInt(100);
    if (end < 84) {
      session.commit();
      figures.committed.incrementAndGet();
    } else if (end < 96) {
      session.rollback();
      figures.rolledBack.incrementAndGet();
    } else {
      prepare(session, statement, random);
    }
  }

  private void prepare(Connection session, Statement statement, Random random)
      throws SQLException, InterruptedException {
    String name = "'soak " + figures.prepared.incrementAndGet() + "'";
    boolean keep = random.nextInt(4) > 0;
    statement.execute("PREPARE TRANSACTION " + name);
    session.setAutoCommit(true);
    Thread.sleep(random.nextInt(700));
    statement.execute((keep ? "COMMIT" : "ROLLBACK") + " PREPARED " + name);
    session.setAutoCommit(false);
    (keep ? figures.committed : figures.rolledBack).incrementAndGet();
  }

  /** Mostly short, seldom longer than a run takes. */
  private void pause(Random random) throws InterruptedException {
    int kind = random.nextInt(100);
    Thread.sleep(kind < 90 ? random.nextInt(60) : kind < 99 ? random.nextInt(1_500) : 4_000);
  }

  private static String change(Random random) {
    String stamp = random.nextBoolean() ? "now()" : "clock_timestamp()";
    String note = "'note " + random.nextInt(1_000_000) + "'";
    int count = 1 + random.nextInt(5);
    return switch (random.nextInt(5)) {
      case 0 -> insert("accounts", "nextval('account_ids')", note, stamp, count);
      case 1 -> insert("events", "nextval('event_ids')", note, stamp, count);
      case 2 -> insert("tickets", "nextval('ticket_ids')", note, stamp, count);
      default ->
          "UPDATE accounts SET note = "
              + note
              + ", amount = "
              + random.nextInt(10_000)
              + ", updated_at = "
              + stamp
              + " WHERE id % 50 = "
              + random.nextInt(50)
              + " AND id > (SELECT max(id) FROM accounts) - 300";
    };
  }

  private static String insert(String table, String id, String note, String stamp, int count) {
    return "INSERT INTO "
        + table
        + " SELECT "
        + id
        + ", "
        + note
        + ", n, "
        + stamp
        + " FROM generate_series(1, "
        + count
        + ") n";
  }

  /** Lets every transaction end. */
  @Override
  public void close() {
    stopped.set(true);
    join(threads);
  }

  static void join(List<Thread> threads) {
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }
}
