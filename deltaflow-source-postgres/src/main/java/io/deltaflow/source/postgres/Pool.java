package io.deltaflow.source.postgres;

import io.deltaflow.spi.SourceContext;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of this JVM to one database as one role. A permit is waited for as long as it
 * takes, since other splits of the worker hold them; a login that fails is reported at once and
 * never repeated, since servers lock accounts for that. Passwords are resolved for each login and
 * kept nowhere.
 */
final class Pool {
  private static final Logger LOG = LoggerFactory.getLogger(Pool.class);
  private static final ConcurrentMap<ConnectionSettings.Identity, Pool> POOLS =
      new ConcurrentHashMap<>();
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final ScheduledThreadPoolExecutor SWEEPER = sweeper();

  private final Semaphore permits;
  private final Deque<Idle> idle = new ArrayDeque<>();

  private record Idle(Connection connection, String login, long sinceNanos) {}

  private Pool(int size) {
    this.permits = new Semaphore(size, true);
  }

  /**
   * A connection in autocommit mode, read-only. Never take a second one before the first is closed:
   * with one permit that would wait for ever.
   */
  static Lease take(ConnectionSettings settings, SourceContext context) {
    Pool pool =
        POOLS.computeIfAbsent(settings.identity(), k -> new Pool(settings.maxConnections()));
    String login = Login.fingerprint(settings, context);
    pool.takePermit(settings, context);
    boolean leased = false;
    try {
      Connection reused = pool.takeIdle(login);
      Connection connection = reused != null ? reused : Login.connect(settings, context);
      Lease lease = new Lease(pool, connection, login, settings);
      leased = true;
      return lease;
    } finally {
      if (!leased) {
        pool.permits.release();
      }
    }
  }

  private void takePermit(ConnectionSettings settings, SourceContext context) {
    try {
      while (!permits.tryAcquire(200, TimeUnit.MILLISECONDS)) {
        if (context.isCancelled()) {
          throw new CancellationException("cancelled while waiting for " + settings.server());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while waiting for " + settings.server());
    }
  }

  /**
   * One that was opened with the same password; one that was not is closed, since passwords are
   * changed for a reason.
   */
  private Connection takeIdle(String login) {
    while (true) {
      Idle candidate;
      synchronized (idle) {
        candidate = idle.pollFirst();
      }
      if (candidate == null) {
        return null;
      }
      if (candidate.login.equals(login) && isAlive(candidate)) {
        return candidate.connection;
      }
      abort(candidate.connection);
    }
  }

  private static boolean isAlive(Idle candidate) {
    try {
      return candidate.connection.isValid(5);
    } catch (SQLException e) {
      throw new AssertionError("five seconds are a valid timeout", e);
    }
  }

  void giveBack(Connection connection, String login, boolean usable) {
    if (usable) {
      synchronized (idle) {
        idle.addFirst(new Idle(connection, login, System.nanoTime()));
      }
      SWEEPER.schedule(this::sweep, IDLE_NANOS + 1, TimeUnit.NANOSECONDS);
    } else {
      abort(connection);
    }
    permits.release();
  }

  private void sweep() {
    while (true) {
      Idle oldest;
      synchronized (idle) {
        oldest = idle.peekLast();
        if (oldest == null || System.nanoTime() - oldest.sinceNanos < IDLE_NANOS) {
          return;
        }
        idle.removeLast();
      }
      closeQuietly(oldest.connection);
    }
  }

  /** Without a word to the server, which may not listen. */
  private static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      LOG.debug("aborting a connection", e);
    }
  }

  /**
   * A connection that cannot be closed is closed already, as far as anybody can do something about
   * it.
   */
  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.debug("closing a connection", e);
    }
  }

  private static ScheduledThreadPoolExecutor sweeper() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "deltaflow-postgresql-idle");
              thread.setDaemon(true);
              return thread;
            });
    executor.setKeepAliveTime(30, TimeUnit.SECONDS);
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }
}
