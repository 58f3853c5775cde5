package io.deltaflow.source.postgres;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Transactions of other sessions in this database that were open at one moment, and the server's
 * clock just before.
 *
 * <p>Not only writers count: a transaction that has written nothing yet may write later and stamp
 * its rows with its own start. Autovacuum writes no rows; sessions of our own application and role
 * read only.
 *
 * @param nowMicros since 1970-01-01T00:00:00Z
 * @param visible with their start
 * @param hidden of roles whose sessions this role may not see: lock and process are all that is
 *     known
 * @param hiddenSessions whether there are such sessions at all
 * @param prepared waiting for COMMIT PREPARED; when they started is not known
 */
record OpenTransactions(
    long nowMicros,
    List<Session> visible,
    Set<String> hidden,
    Set<String> all,
    boolean hiddenSessions,
    List<Prepared> prepared) {

  record Session(int pid, String application, long startMicros) {
    String text() {
      return "the transaction of process " + pid + " (" + name() + "), open since " + since();
    }

    private String name() {
      return application == null || application.isEmpty()
          ? "no application name"
          : "application '" + application + "'";
    }

    private Instant since() {
      return Instant.EPOCH.plus(startMicros, ChronoUnit.MICROS);
    }
  }

  record Prepared(String gid, long ageSeconds) {
    String text() {
      return "the prepared transaction '" + gid + "', " + age() + " old";
    }

    private String age() {
      return Duration.ofSeconds(ageSeconds)
          .toString()
          .substring(2)
          .toLowerCase(java.util.Locale.ROOT);
    }
  }

  // One statement outside of a transaction, since pg_stat_activity is frozen within one; now() is
  // read first, so a
  // transaction that starts meanwhile starts later.
  private static final String SESSIONS =
      "SELECT round(extract(epoch FROM now()) * 1000000)::int8, a.pid, a.application_name,"
          + " round(extract(epoch FROM a.xact_start) * 1000000)::int8, NOT"
          + " (pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') OR"
          + " pg_catalog.pg_has_role(a.usesysid, 'USAGE')) AS hidden, (SELECT"
          + " pg_catalog.max(l.virtualtransaction) FROM pg_catalog.pg_locks l WHERE l.pid = a.pid"
          + " AND l.locktype = 'virtualxid' AND l.mode = 'ExclusiveLock' AND l.granted) FROM"
          + " (SELECT 1) AS one LEFT JOIN pg_catalog.pg_stat_activity a ON a.datname ="
          + " pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid() AND a.usesysid"
          + " IS NOT NULL AND a.backend_type IS DISTINCT FROM 'autovacuum worker' AND NOT"
          + " (coalesce(a.application_name, '') = ? AND a.usename = current_user) AND"
          + " coalesce(a.application_name, '') <> ALL (?)";

  private static final String PREPARED =
      "SELECT gid, greatest(0, extract(epoch FROM now() - prepared))::int8 FROM"
          + " pg_catalog.pg_prepared_xacts WHERE database = pg_catalog.current_database() ORDER BY"
          + " prepared";

  /** Sessions first: one that prepares its transaction meanwhile is then seen at least once. */
  static OpenTransactions look(Lease lease, List<String> ignoredApplications) throws SQLException {
    long now = 0;
    List<Session> visible = new ArrayList<>();
    Set<String> hidden = new TreeSet<>();
    Set<String> all = new TreeSet<>();
    boolean hiddenSessions = false;
    try (PreparedStatement statement = lease.connection().prepareStatement(SESSIONS)) {
      statement.setString(1, lease.settings().applicationName());
      statement.setArray(
          2, lease.connection().createArrayOf("text", ignoredApplications.toArray()));
      try (ResultSet r = statement.executeQuery()) {
        while (r.next()) {
          now = r.getLong(1);
          long start = r.getLong(4);
          boolean started = !r.wasNull();
          boolean isHidden = r.getBoolean(5);
          String transaction = r.getString(6);
          hiddenSessions |= isHidden;
          if (started) {
            visible.add(new Session(r.getInt(2), r.getString(3), start));
          }
          if (transaction != null) {
            all.add(transaction);
            if (isHidden) {
              hidden.add(transaction);
            }
          }
        }
      }
    }
    return new OpenTransactions(now, visible, hidden, all, hiddenSessions, prepared(lease));
  }

  OpenTransactions withPrepared(List<Prepared> other) {
    return new OpenTransactions(nowMicros, visible, hidden, all, hiddenSessions, other);
  }

  /** What waits for COMMIT PREPARED now, the oldest first. */
  static List<Prepared> prepared(Lease lease) throws SQLException {
    List<Prepared> found = new ArrayList<>();
    try (PreparedStatement statement = lease.connection().prepareStatement(PREPARED);
        ResultSet r = statement.executeQuery()) {
      while (r.next()) {
        found.add(new Prepared(r.getString(1), r.getLong(2)));
      }
    }
    return found;
  }

  /** Which of some transactions are still open. */
  static Set<String> stillOpen(Lease lease, Set<String> transactions) throws SQLException {
    Set<String> open = new TreeSet<>();
    String sql =
        "SELECT virtualtransaction FROM pg_catalog.pg_locks WHERE locktype = 'virtualxid'"
            + " AND mode = 'ExclusiveLock' AND granted AND virtualtransaction = ANY (?)";
    try (PreparedStatement statement = lease.connection().prepareStatement(sql)) {
      statement.setArray(1, lease.connection().createArrayOf("text", transactions.toArray()));
      try (ResultSet r = statement.executeQuery()) {
        while (r.next()) {
          open.add(r.getString(1));
        }
      }
    }
    return open;
  }
}
