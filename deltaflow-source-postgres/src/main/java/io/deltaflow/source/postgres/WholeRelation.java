package io.deltaflow.source.postgres;

import io.deltaflow.spi.error.ConfigurationException;
import java.sql.SQLException;
import java.util.List;

/** The relation of all rows that a source may read, whatever the window. */
final class WholeRelation {
  private WholeRelation() {}

  /** With a window's query given, that one. */
  static Relation find(Lease lease, Targets targets, Relations.Lookup lookup) throws SQLException {
    return targets.windowed() == null
        ? whole(lease, targets, lookup)
        : first(lease, targets.windowed().everything(), lookup);
  }

  /** What is read without a window. */
  static Relation whole(Lease lease, Targets targets, Relations.Lookup lookup) throws SQLException {
    return targets.whole() == null
        ? first(lease, targets.windowed().everything(), lookup)
        : lookup.find(lease, targets.whole());
  }

  /**
   * The first of several forms of a query that the server understands.
   *
   * @throws ConfigurationException why it does not understand the first, when it understands none
   */
  static Relation first(Lease lease, List<Target.Query> forms, Relations.Lookup lookup)
      throws SQLException {
    ConfigurationException refusal = null;
    for (Target.Query form : forms) {
      try {
        return lookup.find(lease, form);
      } catch (ConfigurationException e) {
        refusal = refusal == null ? e : refusal;
      }
    }
    throw refusal;
  }
}
