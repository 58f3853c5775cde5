package io.deltaflow.source.postgres;

import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * Values that cut a column into ranges of about equal numbers of rows. Any values would be right,
 * since the ranges between them cover everything; good ones spread the work. They are sorted by the
 * server, in the column's own collation as it is now.
 *
 * @param wanted ranges
 */
record Bounds(Lease lease, Relation relation, Column column, int wanted) {
  private static final int SAMPLE_ROWS = 30_000;

  /** A plan is text; a bound that is longer helps no more than its neighbours. */
  private static final int LONGEST = 200;

  /** The inner ones, ascending, distinct; may be fewer than wanted. */
  List<String> find() throws SQLException {
    String type = relation.baseType(column).name();
    boolean whole = type.startsWith("int");
    Relation.TableFacts table = relation.table();
    List<String> histogram = table == null ? List.of() : histogram(table, type);
    if (histogram.size() > 2) {
      List<String> inner = histogram.subList(1, histogram.size() - 1);
      return whole && wanted > inner.size() + 1 ? interpolated(histogram) : every(inner);
    }
    if (whole) {
      return interpolated(ends());
    }
    boolean sampled = table != null && "rpm".indexOf(table.kind()) >= 0;
    return sampled ? every(sample()) : quantiles();
  }

  private String expression() {
    return relation.expression(column.name());
  }

  private List<String> histogram(Relation.TableFacts table, String type) throws SQLException {
    return texts(
        "SELECT b::text AS bound FROM (SELECT "
            + expression()
            + " AS b FROM "
            + relation.from()
            + " WHERE false UNION ALL SELECT pg_catalog.unnest(h) FROM"
            + " (SELECT s.histogram_bounds::text::pg_catalog."
            + type
            + "[] AS h FROM pg_catalog.pg_stats s WHERE s.schemaname = "
            + Sql.literal(table.name().schema())
            + " AND s.tablename = "
            + Sql.literal(table.name().name())
            + " AND s.attname = "
            + Sql.literal(column.name())
            + " ORDER BY s.inherited DESC LIMIT 1) AS stats) AS bounds"
            + " GROUP BY b ORDER BY b");
  }

  private List<String> ends() throws SQLException {
    String ends =
        "SELECT pg_catalog.min(" + expression() + "), pg_catalog.max(" + expression() + ")";
    List<String> found = new ArrayList<>();
    try (Statement statement = lease.connection().createStatement();
        ResultSet r = statement.executeQuery(ends + " FROM " + relation.from())) {
      r.next();
      if (r.getString(1) != null) {
        found.add(r.getString(1));
        found.add(r.getString(2));
      }
    }
    return found;
  }

  private List<String> sample() throws SQLException {
    long rows = Math.max(1, relation.table().estimatedRows());
    double percent = Math.min(100.0, 100.0 * SAMPLE_ROWS / rows);
    return texts(
        "SELECT b::text AS bound FROM (SELECT "
            + expression()
            + " AS b FROM "
            + relation.from()
            + String.format(Locale.ROOT, " TABLESAMPLE SYSTEM (%.6f)", Math.max(0.0001, percent))
            + ") AS sample WHERE b IS NOT NULL GROUP BY b ORDER BY b");
  }

  /**
   * Reads the whole relation once; what the user asks for with a split column and no statistics.
   */
  private List<String> quantiles() throws SQLException {
    StringBuilder fractions = new StringBuilder();
    for (int i = 1; i < wanted; i++) {
      fractions.append(i == 1 ? "" : ", ").append((double) i / wanted);
    }
    return texts(
        "SELECT b::text AS bound FROM (SELECT pg_catalog.unnest(pg_catalog.percentile_disc(ARRAY["
            + fractions
            + "]::float8[]) WITHIN GROUP (ORDER BY "
            + expression()
            + ")) AS b FROM "
            + relation.from()
            + ") AS quantiles WHERE b IS NOT NULL GROUP BY b ORDER BY b");
  }

  /** The result's column must not be named b: ORDER BY b would then sort texts. */
  private List<String> texts(String sql) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = lease.connection().createStatement()) {
      statement.setEscapeProcessing(false);
      try (ResultSet r = statement.executeQuery(sql)) {
        while (r.next()) {
          if (r.getString(1).length() <= LONGEST) {
            found.add(r.getString(1));
          }
        }
      }
    }
    return found;
  }

  /** At most wanted - 1 of them, evenly spread. */
  private List<String> every(List<String> values) {
    int n = Math.min(wanted - 1, values.size());
    List<String> chosen = new ArrayList<>();
    for (int i = 1; i <= n; i++) {
      chosen.add(values.get((int) ((long) i * values.size() / (n + 1))));
    }
    return chosen;
  }

  /** Whole numbers between known ones, as if each gap were evenly filled. */
  private List<String> interpolated(List<String> known) {
    if (known.size() < 2) {
      return List.of();
    }
    TreeSet<BigInteger> chosen = new TreeSet<>();
    List<BigInteger> values = known.stream().map(BigInteger::new).toList();
    BigInteger parts = BigInteger.valueOf(wanted);
    for (int i = 1; i < wanted; i++) {
      BigInteger[] place =
          BigInteger.valueOf((long) i * (values.size() - 1)).divideAndRemainder(parts);
      BigInteger from = values.get(place[0].intValue());
      BigInteger gap = values.get(place[0].intValue() + 1).subtract(from);
      chosen.add(from.add(gap.multiply(place[1]).divide(parts)));
    }
    return chosen.stream().map(BigInteger::toString).toList();
  }
}
