package io.deltaflow.source.postgres;

import java.sql.SQLException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Descriptions that this JVM has seen, so that a worker asks once for all splits. What is stale
 * shows: every selected column is cast to the described type, and a column that is missing fails.
 */
final class Relations {
  private static final ConcurrentMap<Key, Relation> SEEN = new ConcurrentHashMap<>();
  private static final int MOST = 100;

  /** {@link #describe} or {@link #recall}. */
  interface Lookup {
    Relation find(Lease lease, Target target) throws SQLException;
  }

  private record Key(ConnectionSettings.Identity server, Target target) {}

  private Relations() {}

  /** Asks the server, and remembers. */
  static Relation describe(Lease lease, Target target) throws SQLException {
    Relation relation =
        target instanceof Target.Table table
            ? new TableDescriber(lease, table).describe()
            : new QueryDescriber(lease, (Target.Query) target).describe();
    if (SEEN.size() >= MOST) {
      SEEN.clear();
    }
    SEEN.put(new Key(lease.settings().identity(), target), relation);
    return relation;
  }

  static Relation recall(Lease lease, Target target) throws SQLException {
    Relation seen = SEEN.get(new Key(lease.settings().identity(), target));
    return seen != null ? seen : describe(lease, target);
  }
}
