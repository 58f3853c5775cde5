package io.deltaflow.source.postgres;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The types of some columns, with all types that they consist of. */
final class PgTypes {
  private static final String TYPES =
      "SELECT t.oid, n.nspname, t.typname, t.typtype,"
          + " CASE WHEN t.typcategory = 'A' AND t.typname NOT IN ('int2vector', 'oidvector')"
          + " THEN t.typelem ELSE 0 END, t.typbasetype, t.typtypmod, t.typndims, t.typnotnull"
          + " FROM pg_catalog.pg_type t"
          + " JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace"
          + " WHERE t.oid = ANY (?)";

  private static final String ATTRIBUTES =
      "SELECT a.attname, a.atttypid, a.atttypmod, a.attndims FROM pg_catalog.pg_attribute a"
          + " JOIN pg_catalog.pg_type t ON t.typrelid = a.attrelid"
          + " WHERE t.oid = ? AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";

  private final Map<Integer, PgType> byOid = new HashMap<>();

  private PgTypes() {}

  static PgTypes load(Lease lease, Collection<Integer> oids) throws SQLException {
    PgTypes types = new PgTypes();
    Set<Integer> wanted = new HashSet<>(oids);
    while (!wanted.isEmpty()) {
      List<PgType> found = types.read(lease, wanted);
      wanted.clear();
      for (PgType type : found) {
        types.byOid.put(type.oid(), type);
        wanted.add(type.element());
        wanted.add(type.base());
        type.attributes().forEach(a -> wanted.add(a.type()));
      }
      wanted.remove(0);
      wanted.removeAll(types.byOid.keySet());
    }
    return types;
  }

  PgType get(int oid) {
    PgType type = byOid.get(oid);
    if (type == null) {
      throw new io.deltaflow.spi.error.InternalException("type " + oid + " was not loaded");
    }
    return type;
  }

  private List<PgType> read(Lease lease, Set<Integer> oids) throws SQLException {
    List<PgType> found = new ArrayList<>();
    try (PreparedStatement statement = lease.connection().prepareStatement(TYPES)) {
      Array array =
          lease
              .connection()
              .createArrayOf("int8", oids.stream().map(Integer::toUnsignedLong).toArray());
      statement.setArray(1, array);
      try (ResultSet r = statement.executeQuery()) {
        while (r.next()) {
          int oid = (int) r.getLong(1);
          char kind = r.getString(4).charAt(0);
          found.add(
              new PgType(
                  oid,
                  r.getString(2),
                  r.getString(3),
                  kind,
                  (int) r.getLong(5),
                  (int) r.getLong(6),
                  r.getInt(7),
                  r.getInt(8),
                  r.getBoolean(9),
                  kind == 'c' ? attributes(lease, oid) : List.of()));
        }
      }
    }
    return found;
  }

  private static List<PgType.Attribute> attributes(Lease lease, int oid) throws SQLException {
    List<PgType.Attribute> found = new ArrayList<>();
    try (PreparedStatement statement = lease.connection().prepareStatement(ATTRIBUTES)) {
      statement.setLong(1, Integer.toUnsignedLong(oid));
      try (ResultSet r = statement.executeQuery()) {
        while (r.next()) {
          found.add(
              new PgType.Attribute(r.getString(1), (int) r.getLong(2), r.getInt(3), r.getInt(4)));
        }
      }
    }
    return found;
  }
}
