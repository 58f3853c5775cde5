package io.deltaflow.source.postgres;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Sequences that hand out numbers to sessions in advance, which are then not inserted in their
 * order: no window over them is safe.
 */
final class CachedSequences {
  /** Owned by the column, of its identity, or named in its default. */
  private static final String OF_COLUMN =
      "SELECT s.seqrelid::pg_catalog.regclass::text, s.seqcache FROM pg_catalog.pg_attribute a,"
          + " pg_catalog.pg_sequence s WHERE a.attrelid = ?::pg_catalog.oid AND a.attname = ? AND"
          + " s.seqcache > 1 AND (EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid ="
          + " 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = s.seqrelid AND d.refobjid ="
          + " a.attrelid AND d.refobjsubid = a.attnum) OR EXISTS (SELECT 1 FROM"
          + " pg_catalog.pg_attrdef f JOIN pg_catalog.pg_depend d ON d.classid ="
          + " 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = f.oid WHERE f.adrelid ="
          + " a.attrelid AND f.adnum = a.attnum AND d.refobjid = s.seqrelid))";

  private CachedSequences() {}

  /** A line for each that numbers a column; none for a query, whose columns come from anywhere. */
  static List<String> warnings(Lease lease, CursorColumn cursor) throws SQLException {
    List<String> lines = new ArrayList<>();
    if (cursor.relation().table() == null) {
      return lines;
    }
    try (PreparedStatement statement = lease.connection().prepareStatement(OF_COLUMN)) {
      statement.setLong(1, cursor.relation().table().oid());
      statement.setString(2, cursor.name());
      try (ResultSet r = statement.executeQuery()) {
        while (r.next()) {
          lines.add(
              "the sequence "
                  + r.getString(1)
                  + " of the cursor column '"
                  + cursor.name()
                  + "' hands out "
                  + r.getLong(2)
                  + " numbers at a time: a session may insert a smaller one after a larger one was"
                  + " read, and that row is missed; ALTER SEQUENCE "
                  + r.getString(1)
                  + " CACHE 1, or use a cursor of times");
        }
      }
    }
    return lines;
  }
}
