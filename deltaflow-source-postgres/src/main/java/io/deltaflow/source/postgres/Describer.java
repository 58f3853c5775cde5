package io.deltaflow.source.postgres;

import java.sql.SQLException;

/** Asks the server what a target looks like. */
final class Describer {
  private Describer() {}

  static Relation describe(Lease lease, Target target) throws SQLException {
    boolean ascii = "SQL_ASCII".equals(lease.queryText("SHOW server_encoding"));
    if (target instanceof Target.Table table) {
      return new TableDescriber(lease, table, ascii).describe();
    }
    return new QueryDescriber(lease, (Target.Query) target, ascii).describe();
  }
}
