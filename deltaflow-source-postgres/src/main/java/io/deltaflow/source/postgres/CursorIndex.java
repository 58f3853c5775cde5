package io.deltaflow.source.postgres;

import java.sql.SQLException;
import java.util.List;

/** Whether the rows of a window can be found without reading all others. */
final class CursorIndex {
  /** Below this nobody notices. */
  private static final long FEW_ROWS = 100_000;

  private CursorIndex() {}

  /**
   * Warns of a large table that has no index on its cursor.
   *
   * @param warnings takes a line for the user
   */
  static void check(Lease lease, CursorColumn cursor, List<String> warnings) throws SQLException {
    Relation.TableFacts table = cursor.relation().table();
    if (table == null || "rpm".indexOf(table.kind()) < 0 || table.estimatedRows() < FEW_ROWS) {
      return;
    }
    String indexed =
        lease.queryText(
            "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON"
                + " a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indisvalid AND"
                + " i.indpred IS NULL AND i.indrelid = "
                + table.oid()
                + " AND a.attname = "
                + Sql.literal(cursor.name())
                + ")");
    if ("f".equals(indexed)) {
      warnings.add(
          "the cursor column '"
              + cursor.name()
              + "' of "
              + table.name()
              + " has no index, so every run reads the whole table to find what is new; CREATE"
              + " INDEX ON "
              + table.name()
              + " ("
              + Sql.identifier(cursor.name())
              + ")");
    }
  }
}
