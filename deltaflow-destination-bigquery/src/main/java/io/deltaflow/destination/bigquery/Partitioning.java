package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.RangePartitioning;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TimePartitioning;
import io.deltaflow.destination.ColumnType.Kind;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * How a table is partitioned by one of its columns, as SQL: the number of a value's partition, and
 * conditions that leave some partitions only. Numbers follow the order of the values, and
 * neighbours differ by one.
 */
abstract class Partitioning {
  /** The number of the partition of NULLs: below all others and no other's neighbour. */
  static final long NULLS = -1_000_000_000;

  private static final Set<String> UNITS = Set.of("HOUR", "DAY", "MONTH", "YEAR");

  private final String column;

  private Partitioning(String column) {
    this.column = column;
  }

  /** Empty for a table that is not partitioned, or by the time when rows arrive. */
  static Optional<Partitioning> of(Table table) {
    TimePartitioning time = table.getTimePartitioning();
    if (time != null && time.getField() != null) {
      String unit = time.getType() == null ? "DAY" : time.getType().toUpperCase(Locale.ROOT);
      return column(table, time.getField())
          .filter(f -> UNITS.contains(unit))
          .flatMap(f -> FieldSchemas.kind(f).flatMap(kind -> byTime(f.getName(), kind, unit)));
    }
    RangePartitioning range = table.getRangePartitioning();
    return range == null
        ? Optional.empty()
        : column(table, range.getField()).flatMap(f -> byNumber(f.getName(), range.getRange()));
  }

  private static Optional<TableFieldSchema> column(Table table, String name) {
    return table.getSchema().getFields().stream()
        .filter(f -> f.getName().equalsIgnoreCase(name))
        .findFirst();
  }

  private static Optional<Partitioning> byTime(String column, Kind kind, String unit) {
    return switch (kind) {
      case DATE -> Optional.of(new ByTime(column, "DATE", "DATE", "%s", "", unit));
      case DATETIME -> Optional.of(new ByTime(column, "DATETIME", "DATETIME", "%s", "", unit));
      case TIMESTAMP ->
          // The zone is said, since projects may have another by default, and partitions are in
          // UTC.
          Optional.of(
              new ByTime(column, "DATETIME", "TIMESTAMP", "DATETIME(%s, 'UTC')", "+00", unit));
      default -> Optional.empty();
    };
  }

  private static Optional<Partitioning> byNumber(String column, RangePartitioning.Range range) {
    try {
      long width = Math.subtractExact(range.getEnd(), range.getStart());
      long count = (width - 1) / range.getInterval() + 1;
      Math.addExact(range.getStart(), Math.multiplyExact(count, range.getInterval()));
      return Optional.of(new ByNumber(column, range, count));
    } catch (ArithmeticException e) {
      return Optional.empty(); // The numbers would not fit INT64.
    }
  }

  /** The target's column. */
  final String column() {
    return column;
  }

  /** Its type and unit, such as {@code DAY of updated_at}; for messages. */
  abstract String description();

  /** The number of the partition of a value of the column. */
  final String number(String value) {
    return "IFNULL(" + numberUnlessNull(value) + ", " + NULLS + ")";
  }

  /**
   * A STRING expression: the condition on a value that leaves the partitions of a range of numbers.
   *
   * @param value what the condition will stand for
   * @param low an expression, the first number
   * @param high an expression, the last number
   */
  final String condition(String value, String low, String high) {
    return String.format(
        Locale.ROOT,
        "IF(%s = %d, %s, CONCAT('(', %s, ' AND ', %s, ')'))",
        low,
        NULLS,
        Sql.string(value + " IS NULL"),
        from(value, low),
        below(value, high));
  }

  abstract String numberUnlessNull(String value);

  abstract String from(String value, String low);

  /** Of the partition after {@code high}, its first value is the bound. */
  abstract String below(String value, String high);

  private static final class ByTime extends Partitioning {
    private final String counted;
    private final String literal;
    private final String conversion;
    private final String zone;
    private final String unit;

    /**
     * @param counted the type whose functions count units
     * @param literal the column's type
     * @param conversion to the counted type
     * @param zone what follows the counted type's text in a literal
     */
    ByTime(
        String column,
        String counted,
        String literal,
        String conversion,
        String zone,
        String unit) {
      super(column);
      this.counted = counted;
      this.literal = literal;
      this.conversion = conversion;
      this.zone = zone;
      this.unit = unit;
    }

    @Override
    String description() {
      return unit + " of " + column();
    }

    @Override
    String numberUnlessNull(String value) {
      return String.format(
          Locale.ROOT,
          "%s_DIFF(%s, %s '1970-01-01', %s)",
          counted,
          String.format(Locale.ROOT, conversion, value),
          counted,
          unit);
    }

    @Override
    String from(String value, String low) {
      return bound(value + " >= ", low);
    }

    @Override
    String below(String value, String high) {
      // Nothing begins after the year 9999, which its last partition reaches.
      return "IFNULL(" + bound(value + " < ", high + " + 1") + ", 'TRUE')";
    }

    private String bound(String comparison, String number) {
      return String.format(
          Locale.ROOT,
          "CONCAT(%s, CAST(SAFE.%s_ADD(%s '1970-01-01', INTERVAL %s %s) AS STRING), %s)",
          Sql.string(comparison + literal + " \""),
          counted,
          counted,
          number,
          unit,
          Sql.string(zone + "\""));
    }
  }

  /**
   * Values outside the declared range share one partition; here they are two, before and after it.
   */
  private static final class ByNumber extends Partitioning {
    private final RangePartitioning.Range range;
    private final long count;

    ByNumber(String column, RangePartitioning.Range range, long count) {
      super(column);
      this.range = range;
      this.count = count;
    }

    @Override
    String description() {
      return "ranges of " + column();
    }

    @Override
    String numberUnlessNull(String value) {
      return String.format(
          Locale.ROOT,
          "CASE WHEN %s < %d THEN -1 WHEN %s >= %d THEN %d ELSE DIV(%s - %d, %d) END",
          value,
          range.getStart(),
          value,
          range.getEnd(),
          count,
          value,
          range.getStart(),
          range.getInterval());
    }

    @Override
    String from(String value, String low) {
      return String.format(
          Locale.ROOT,
          "CASE %s WHEN -1 THEN 'TRUE' WHEN %d THEN %s ELSE %s END",
          low,
          count,
          Sql.string(value + " >= " + range.getEnd()),
          bound(value + " >= ", low));
    }

    @Override
    String below(String value, String high) {
      return String.format(
          Locale.ROOT,
          "CASE %s WHEN %d THEN 'TRUE' WHEN %d THEN %s ELSE %s END",
          high,
          count,
          count - 1,
          Sql.string(value + " < " + range.getEnd()),
          bound(value + " < ", "(" + high + " + 1)"));
    }

    private String bound(String comparison, String number) {
      return String.format(
          Locale.ROOT,
          "CONCAT(%s, CAST(%d + %s * %d AS STRING))",
          Sql.string(comparison),
          range.getStart(),
          number,
          range.getInterval());
    }
  }
}
