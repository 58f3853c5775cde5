package io.deltaflow.source.postgres;

import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.error.ConfigurationException;
import java.sql.SQLException;

/** The relation of all rows that a source may read, whatever the window. */
final class WholeRelation {
  /** {@link Relations#describe} or {@link Relations#recall}. */
  interface Lookup {
    Relation find(Lease lease, Target target) throws SQLException;
  }

  private WholeRelation() {}

  /** With a window's query given, that one; its cursor's type is not known yet. */
  static Relation find(Lease lease, Targets targets, Lookup lookup) throws SQLException {
    if (targets.windowed() == null) {
      return lookup.find(lease, targets.whole());
    }
    WindowedQuery query = targets.windowed();
    try {
      return lookup.find(lease, query.everything(CursorKind.TIMESTAMP));
    } catch (ConfigurationException notTimestamps) {
      try {
        return lookup.find(lease, query.everything(CursorKind.INTEGER));
      } catch (ConfigurationException notIntegers) {
        throw notTimestamps;
      }
    }
  }
}
