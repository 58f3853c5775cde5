package io.deltaflow.source.postgres;

import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;

/**
 * Holds once transactions have ended, with those that their sessions prepared instead of ending
 * them: such a one leaves the sessions' locks and is from then on known by its name only, so every
 * name that is there when the last session is done counts. Names that come later are of later
 * transactions.
 */
final class Ended implements Patience.Condition {
  private final Lease lease;
  private final Set<String> transactions;
  private Set<String> prepared;

  /**
   * Waits for transactions of sessions and for whatever is prepared.
   *
   * @param transactions of sessions; may be empty
   */
  Ended(Lease lease, Set<String> transactions) {
    this.lease = lease;
    this.transactions = transactions;
  }

  // Sessions first: a transaction shows as prepared before it leaves its session.
  @Override
  public boolean holds() throws SQLException {
    if (prepared == null) {
      if (!OpenTransactions.stillOpen(lease, transactions).isEmpty()) {
        return false;
      }
      prepared = names();
    } else {
      prepared.retainAll(names());
    }
    return prepared.isEmpty();
  }

  private Set<String> names() throws SQLException {
    Set<String> names = new TreeSet<>();
    OpenTransactions.prepared(lease).forEach(p -> names.add(p.gid()));
    return names;
  }
}
