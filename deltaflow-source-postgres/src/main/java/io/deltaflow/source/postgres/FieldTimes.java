package io.deltaflow.source.postgres;

import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.FieldRange;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.SourceContext;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** The times that a field has in a request's rows; infinite ones aside, which no row may have. */
record FieldTimes(PostgresSource source, String field, ReadRequest request, SourceContext context) {
  private static final String INDEXED =
      "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_index i"
          + " JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid"
          + " JOIN pg_catalog.pg_am m ON m.oid = c.relam AND m.amname = 'btree'"
          + " JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
          + " WHERE i.indrelid = %d AND i.indisvalid AND i.indpred IS NULL AND a.attname = %s)";

  private interface Question<T> {
    T ask(Lease lease, ReadSource read, CursorType type) throws SQLException;
  }

  /** Empty when the field holds no times. */
  private <T> Optional<T> ask(Question<T> question) {
    try (Lease lease = Pool.take(source.settings(), context)) {
      lease.begin();
      ReadSource read = ReadSource.of(source, request, lease);
      Optional<CursorType> type =
          read.relation()
              .column(field)
              .map(c -> CursorType.of(read.relation().baseType(c)))
              .filter(t -> t != CursorType.INTEGER);
      return type.isEmpty()
          ? Optional.empty()
          : Optional.ofNullable(question.ask(lease, read, type.get()));
    } catch (SQLException e) {
      throw SqlErrors.working(
          e,
          source.settings(),
          "looking for the range of " + field + " in " + source.targets().description());
    }
  }

  /**
   * Two looks into an index where there is one, at all rows: a window on another column would make
   * them a search.
   */
  Optional<FieldRange> range() {
    return ask(
        (lease, read, type) -> {
          String times = read.relation().expression(field);
          String from = from(read, times, !isIndexed(lease, read.relation()));
          String ends =
              "SELECT " + units("min", times, type) + ", " + units("max", times, type) + from;
          try (Statement statement = lease.connection().createStatement()) {
            statement.setEscapeProcessing(false);
            try (ResultSet r = statement.executeQuery(ends)) {
              r.next();
              return r.getString(1) == null
                  ? null
                  : new FieldRange(
                      new CursorPosition(kind(type), r.getLong(1)),
                      new CursorPosition(kind(type), r.getLong(2)));
            }
          }
        });
  }

  OptionalLong countDistinct(ChronoUnit unit) {
    Optional<Long> count =
        ask(
            (lease, read, type) -> {
              String times = read.relation().expression(field);
              String utc =
                  type == CursorType.TIMESTAMPTZ || isZoned(type)
                      ? zoned(times, type) + " AT TIME ZONE 'UTC'"
                      : times + "::pg_catalog.timestamp";
              String name = unit.toString().toLowerCase(Locale.ROOT);
              return Long.valueOf(
                  lease.queryText(
                      "SELECT count(*) FROM (SELECT 1"
                          + from(read, times, true)
                          + " GROUP BY pg_catalog.date_trunc('"
                          + name
                          + "', "
                          + utc
                          + ")) AS different"));
            });
    return count.isPresent() ? OptionalLong.of(count.get()) : OptionalLong.empty();
  }

  private boolean isIndexed(Lease lease, Relation relation) throws SQLException {
    return relation.table() != null
        && "t"
            .equals(
                lease.queryText(
                    String.format(
                        Locale.ROOT, INDEXED, relation.table().oid(), Sql.literal(field))));
  }

  private static String from(ReadSource read, String times, boolean inWindow) {
    return " FROM "
        + read.relation().from()
        + " WHERE pg_catalog.isfinite("
        + times
        + ")"
        + (inWindow && read.condition() != null ? " AND " + read.condition() : "");
  }

  /** In the unit of the position's kind; times of a zone become instants after the index. */
  private String units(String end, String times, CursorType type) {
    String value = "pg_catalog." + end + "(" + times + ")";
    return type == CursorType.DATE
        ? "(" + value + " - '1970-01-01'::pg_catalog.date)::int8"
        : "(extract(epoch FROM " + zoned(value, type) + ") * 1000000)::int8";
  }

  private String zoned(String times, CursorType type) {
    return isZoned(type)
        ? "(" + times + " AT TIME ZONE " + Sql.literal(source.timeZone()) + ")"
        : times;
  }

  private boolean isZoned(CursorType type) {
    return type == CursorType.TIMESTAMP && source.timeZone() != null;
  }

  private CursorKind kind(CursorType type) {
    return type == CursorType.TIMESTAMP && !isZoned(type) ? CursorKind.DATETIME : type.kind();
  }
}
