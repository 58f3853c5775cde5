package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableReference;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.duckdb.DuckDBConnection;

/**
 * What tables were like at an instant. A table's rows are copied just before the first change after
 * an instant was {@link #fix fixed}; where no instant is asked for, nothing is kept and nothing
 * costs. Thread-safe.
 */
final class History {
  private static final long KEPT_MICROS = 3_600_000_000L;
  private static final int MOST_COPIES = 200;

  /** A table as it was; its relation never changes. */
  record Version(Table resource, String relation) {}

  /** A copy of the state that began at {@code from} and ended at {@code until}, in microseconds. */
  private static final class Copy {
    final Version version;
    final long from;
    long until = Long.MAX_VALUE;

    Copy(Version version, long from) {
      this.version = version;
      this.from = from;
    }
  }

  private static final class Past {
    /** When the present state began. */
    long from;

    final Deque<Copy> copies = new ArrayDeque<>();
  }

  interface Commit<T> {
    T run() throws SQLException;
  }

  private final Warehouse warehouse;
  // Commits go on side by side; no instant is fixed while one is under way.
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final AtomicLong clock = new AtomicLong();
  private final Map<String, Past> tables = new HashMap<>();
  private volatile long lastFixed = Long.MIN_VALUE;

  History(Warehouse warehouse) {
    this.warehouse = warehouse;
  }

  /** The present instant, at which all tables can be read from now on. */
  Instant fix() {
    lock.writeLock().lock();
    try {
      lastFixed = tick();
      return instant(lastFixed);
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Makes changes of tables visible, and remembers what they were like before. */
  <T> T commit(Collection<TableReference> references, Commit<T> commit) throws SQLException {
    lock.readLock().lock();
    try {
      for (TableReference reference : references) {
        keep(reference);
      }
      T result = commit.run();
      for (TableReference reference : references) {
        changed(reference);
      }
      return result;
    } finally {
      lock.readLock().unlock();
    }
  }

  private synchronized void keep(TableReference reference) {
    Past past = past(reference);
    boolean wanted = lastFixed >= past.from;
    if (wanted && (past.copies.isEmpty() || past.copies.getLast().from != past.from)) {
      warehouse.find(reference).ifPresent(t -> copy(t, past));
    }
  }

  private synchronized void changed(TableReference reference) {
    Past past = past(reference);
    past.from = tick();
    if (!past.copies.isEmpty() && past.copies.getLast().until == Long.MAX_VALUE) {
      past.copies.getLast().until = past.from;
    }
  }

  private Past past(TableReference reference) {
    return tables.computeIfAbsent(Warehouse.name(reference), n -> new Past());
  }

  private Copy copy(Table table, Past past) {
    String relation = warehouse.newRelationName();
    try (DuckDBConnection session = warehouse.connection();
        Statement statement = session.createStatement()) {
      statement.execute(
          "CREATE TABLE "
              + relation
              + " AS SELECT * FROM "
              + warehouse.storageName(table.getTableReference()));
    } catch (SQLException e) {
      throw Warehouse.failed("cannot keep the rows of an instant", e);
    }
    Copy copy = new Copy(new Version(table, relation), past.from);
    past.copies.add(copy);
    forgetOld();
    return copy;
  }

  private void forgetOld() {
    int count = tables.values().stream().mapToInt(p -> p.copies.size()).sum();
    long oldest = clock.get() - KEPT_MICROS;
    for (Past past : tables.values()) {
      Iterator<Copy> copies = past.copies.iterator();
      while (copies.hasNext()) {
        Copy copy = copies.next();
        if (copy.until < oldest || count > MOST_COPIES && copy.until != Long.MAX_VALUE) {
          copies.remove();
          count--;
          warehouse.retire(copy.version.relation());
        }
      }
    }
  }

  /** Forgets what a dropped table was like. */
  synchronized void dropped(TableReference reference) {
    Past past = tables.remove(Warehouse.name(reference));
    if (past != null) {
      past.copies.forEach(c -> warehouse.retire(c.version.relation()));
    }
  }

  /**
   * The table at an instant.
   *
   * @throws BigQueryError when it did not exist then, or what it was like is not kept
   */
  Version at(TableReference reference, Instant when) {
    long micros = micros(when);
    lock.writeLock().lock();
    try {
      return at(reference, micros, when);
    } finally {
      lock.writeLock().unlock();
    }
  }

  private synchronized Version at(TableReference reference, long micros, Instant when) {
    Table table =
        warehouse
            .find(reference)
            .orElseThrow(
                () -> BigQueryError.notFound("Not found: Table " + Warehouse.name(reference)));
    if (micros > tick()) {
      throw BigQueryError.invalidQuery(
          "Invalid time travel timestamp "
              + micros / 1000
              + " for table "
              + Warehouse.name(reference)
              + ": it is in the future");
    }
    Past past = past(reference);
    for (Copy copy : past.copies) {
      if (copy.from <= micros && micros < copy.until) {
        return copy.version;
      }
    }
    if (micros / 1000 < table.getCreationTime()) {
      throw BigQueryError.invalidQuery(
          "Invalid time travel timestamp "
              + micros / 1000
              + " for table "
              + Warehouse.name(reference)
              + "@"
              + micros / 1000
              + ". Cannot read before "
              + table.getCreationTime());
    }
    if (micros < past.from) {
      throw BigQueryError.unsupported(
          Warehouse.name(reference)
              + " as of "
              + when
              + ": it was changed since, and only instants that a SELECT CURRENT_TIMESTAMP() or a"
              + " read session gave out are kept, for an hour");
    }
    return copy(table, past).version;
  }

  private long tick() {
    long now = micros(Instant.now());
    return clock.updateAndGet(last -> Math.max(last + 1, now));
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
