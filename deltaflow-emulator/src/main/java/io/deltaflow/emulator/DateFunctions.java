package io.deltaflow.emulator;

import static io.deltaflow.emulator.NativeFunctions.Kind.INT;
import static io.deltaflow.emulator.NativeFunctions.Kind.TEXT;

import com.google.zetasql.Type;
import io.deltaflow.emulator.FunctionTranslator.Call;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;

/**
 * GoogleSQL's date and time functions; days and microseconds since 1970 stand for dates and times.
 */
final class DateFunctions {
  private DateFunctions() {}

  static void install(NativeFunctions functions) throws SQLException {
    functions.add(
        "bq_day_add",
        INT,
        a -> DateMath.addDay((Long) a[0], (Long) a[1], (String) a[2]),
        INT,
        INT,
        TEXT);
    functions.add(
        "bq_micros_add",
        INT,
        a -> DateMath.addMicros((Long) a[0], (Long) a[1], (String) a[2]),
        INT,
        INT,
        TEXT);
    functions.add(
        "bq_local_add",
        INT,
        a -> DateMath.addLocal((Long) a[0], (Long) a[1], (String) a[2]),
        INT,
        INT,
        TEXT);
    functions.add(
        "bq_day_diff",
        INT,
        a -> DateMath.dayDifference((Long) a[0], (Long) a[1], (String) a[2]),
        INT,
        INT,
        TEXT);
    functions.add(
        "bq_micros_diff",
        INT,
        a -> DateMath.microsDifference((Long) a[0], (Long) a[1], (String) a[2]),
        INT,
        INT,
        TEXT);
    functions.add(
        "bq_local_diff",
        INT,
        a -> DateMath.localDifference((Long) a[0], (Long) a[1], (String) a[2]),
        INT,
        INT,
        TEXT);
    functions.add(
        "bq_day_trunc", INT, a -> DateMath.truncateDay((Long) a[0], (String) a[1]), INT, TEXT);
    functions.add(
        "bq_local_trunc",
        INT,
        a -> DateMath.truncateLocal((Long) a[0], (String) a[1], "UTC"),
        INT,
        TEXT);
    functions.add(
        "bq_zoned_trunc",
        INT,
        a -> DateMath.truncateLocal((Long) a[0], (String) a[1], (String) a[2]),
        INT,
        TEXT,
        TEXT);
    functions.add("bq_extract", INT, a -> DateMath.extract((Long) a[0], (String) a[1]), INT, TEXT);
    functions.add("bq_to_zone", INT, a -> DateMath.toZone((Long) a[0], (String) a[1]), INT, TEXT);
    functions.add(
        "bq_from_zone", INT, a -> DateMath.fromZone((Long) a[0], (String) a[1]), INT, TEXT);
    functions.add(
        "bq_time_format",
        TEXT,
        a -> TimeFormats.format((String) a[0], (Long) a[1], (String) a[2]),
        TEXT,
        INT,
        TEXT);
    functions.add(
        "bq_time_parse",
        INT,
        a -> TimeFormats.parse((String) a[0], (String) a[1], (String) a[2]),
        TEXT,
        TEXT,
        TEXT);
    functions.add(
        "bq_clock", INT, a -> DateMath.clock((Long) a[0], (Long) a[1], (Long) a[2]), INT, INT, INT);
    functions.add(
        "bq_day_of", INT, a -> DateMath.day((Long) a[0], (Long) a[1], (Long) a[2]), INT, INT, INT);
  }

  static String of(Call call, Instant now) {
    switch (call.name()) {
      case "current_timestamp":
        return SqlLiteral.timestamp(now);
      case "current_date":
        return call.size() == 0
            ? SqlLiteral.of(SqlTypes.DATE, now.atOffset(ZoneOffset.UTC).toLocalDate())
            : Casts.of(
                "make_timestamp(bq_to_zone("
                    + SqlLiteral.micros(now)
                    + "::BIGINT, "
                    + call.argument(0)
                    + "))",
                SqlTypes.simple("DATETIME"),
                SqlTypes.DATE);
      case "current_datetime":
        String zone = call.size() == 0 ? "'UTC'" : call.argument(0);
        return "make_timestamp(bq_to_zone(" + SqlLiteral.micros(now) + "::BIGINT, " + zone + "))";
      case "date":
      case "datetime":
      case "timestamp":
        return construct(call);
      case "time":
        return call.size() == 3
            ? Casts.fromTimeMicros("bq_clock(" + call.joined() + ")")
            : call.size() == 1 ? Casts.of(call.argument(0), call.typeOf(0), call.type()) : null;
      case "date_add":
      case "date_sub":
        return Casts.fromDays(
            "bq_day_add("
                + Casts.days(call.argument(0))
                + ", "
                + amount(call)
                + ", "
                + part(call, 2)
                + ")");
      case "timestamp_add":
      case "timestamp_sub":
        return "make_timestamptz(bq_micros_add(epoch_us("
            + call.argument(0)
            + "), "
            + amount(call)
            + ", "
            + part(call, 2)
            + "))";
      case "datetime_add":
      case "datetime_sub":
        return "make_timestamp(bq_local_add(epoch_us("
            + call.argument(0)
            + "), "
            + amount(call)
            + ", "
            + part(call, 2)
            + "))";
      case "date_diff":
        return "bq_day_diff("
            + Casts.days(call.argument(0))
            + ", "
            + Casts.days(call.argument(1))
            + ", "
            + part(call, 2)
            + ")";
      case "timestamp_diff":
        return difference("bq_micros_diff", call);
      case "datetime_diff":
        return difference("bq_local_diff", call);
      case "date_trunc":
      case "datetime_trunc":
      case "timestamp_trunc":
        return truncate(call);
      case "$extract":
      case "$extract_date":
      case "$extract_datetime":
      case "$extract_time":
        return extract(call);
      default:
        return conversions(call);
    }
  }

  private static String conversions(Call call) {
    String first = call.size() == 0 ? null : call.argument(0);
    switch (call.name()) {
      case "unix_micros":
        return "epoch_us(" + first + ")";
      case "unix_millis":
        return "CAST(floor(epoch_us(" + first + ") / 1000) AS BIGINT)";
      case "unix_seconds":
        return "CAST(floor(epoch_us(" + first + ") / 1000000) AS BIGINT)";
      case "unix_date":
        return Casts.days(first);
      case "date_from_unix_date":
        return Casts.fromDays("bq_day_add(" + first + ", 0::BIGINT, 'DAY')");
      case "timestamp_micros":
        return "make_timestamptz(bq_micros_add(" + first + ", 0::BIGINT, 'MICROSECOND'))";
      case "timestamp_millis":
        return "make_timestamptz(bq_micros_add(0::BIGINT, " + first + ", 'MILLISECOND'))";
      case "timestamp_seconds":
        return "make_timestamptz(bq_micros_add(0::BIGINT, " + first + ", 'SECOND'))";
      case "last_day":
        return call.typeOf(0).isDate() && call.size() == 1 ? "last_day(" + first + ")" : null;
      case "generate_date_array":
        return call.size() == 2 || call.part(3).equals("DAY")
            ? "list_transform(generate_series("
                + Casts.days(first)
                + ", "
                + Casts.days(call.argument(1))
                + (call.size() > 2 ? ", " + call.argument(2) : "")
                + "), lambda day: "
                + Casts.fromDays("day")
                + ")"
            : null;
      case "format_timestamp":
        return format(
            call,
            "epoch_us(" + call.argument(1) + ")",
            call.size() > 2 ? call.argument(2) : "'UTC'");
      case "format_datetime":
        return format(call, "epoch_us(" + call.argument(1) + ")", "''");
      case "format_date":
        return format(call, "(" + Casts.days(call.argument(1)) + " * 86400000000)", "''");
      case "parse_timestamp":
        return "make_timestamptz(bq_time_parse("
            + first
            + ", "
            + call.argument(1)
            + ", "
            + (call.size() > 2 ? call.argument(2) : "'UTC'")
            + "))";
      case "parse_datetime":
        return "make_timestamp(bq_time_parse(" + first + ", " + call.argument(1) + ", 'UTC'))";
      case "parse_date":
        return "CAST(make_timestamp(bq_time_parse("
            + first
            + ", "
            + call.argument(1)
            + ", 'UTC')) AS DATE)";
      case "string":
        return call.typeOf(0).isTimestamp()
            ? "bq_timestamp_text(epoch_us("
                + first
                + "), "
                + (call.size() > 1 ? call.argument(1) : "'UTC'")
                + ")"
            : call.typeOf(0).isJson() ? null : Casts.text(first, call.typeOf(0));
      default:
        return null;
    }
  }

  private static String format(Call call, String micros, String zone) {
    return "bq_time_format(" + call.argument(0) + ", " + micros + ", " + zone + ")";
  }

  /** DATE(...), DATETIME(...) and TIMESTAMP(...). */
  private static String construct(Call call) {
    Type from = call.typeOf(0);
    Type to = call.type();
    if (call.size() == 1) {
      return from.getKind() == to.getKind()
          ? call.argument(0)
          : Casts.of(call.argument(0), from, to);
    }
    if (call.name().equals("date") && call.size() == 3) {
      return Casts.fromDays("bq_day_of(" + call.joined() + ")");
    }
    if (call.name().equals("datetime") && call.size() == 6) {
      String day = "bq_day_of(" + String.join(", ", call.arguments().subList(0, 3)) + ")";
      return "make_timestamp("
          + day
          + " * 86400000000 + bq_clock("
          + String.join(", ", call.arguments().subList(3, 6))
          + "))";
    }
    if (call.name().equals("datetime")
        && call.size() == 2
        && from.isDate()
        && call.typeOf(1).isTime()) {
      return "(" + call.argument(0) + " + " + call.argument(1) + ")";
    }
    if (call.size() != 2 || !call.typeOf(1).isString()) {
      return null;
    }
    Type datetime = SqlTypes.simple("DATETIME");
    if (from.isTimestamp() && !to.isTimestamp()) {
      String local =
          "make_timestamp(bq_to_zone(epoch_us("
              + call.argument(0)
              + "), "
              + call.argument(1)
              + "))";
      return Casts.of(local, datetime, to);
    }
    if (to.isTimestamp() && (from.isDate() || from.isDatetime())) {
      String local = Casts.of(call.argument(0), from, datetime);
      return "make_timestamptz(bq_from_zone(epoch_us(" + local + "), " + call.argument(1) + "))";
    }
    return null;
  }

  private static String amount(Call call) {
    return call.name().endsWith("_sub") ? "(-" + call.argument(1) + ")" : call.argument(1);
  }

  private static String part(Call call, int index) {
    return "'" + call.part(index) + "'";
  }

  private static String difference(String function, Call call) {
    return function
        + "(epoch_us("
        + call.argument(0)
        + "), epoch_us("
        + call.argument(1)
        + "), "
        + part(call, 2)
        + ")";
  }

  private static String truncate(Call call) {
    Type type = call.typeOf(0);
    if (type.isDate()) {
      return Casts.fromDays(
          "bq_day_trunc(" + Casts.days(call.argument(0)) + ", " + part(call, 1) + ")");
    }
    if (type.isDatetime()) {
      return "make_timestamp(bq_local_trunc(epoch_us("
          + call.argument(0)
          + "), "
          + part(call, 1)
          + "))";
    }
    return "make_timestamptz(bq_zoned_trunc(epoch_us("
        + call.argument(0)
        + "), "
        + part(call, 1)
        + ", "
        + (call.size() > 2 ? call.argument(2) : "'UTC'")
        + "))";
  }

  private static String extract(Call call) {
    Type from = call.typeOf(0);
    boolean hasPart = call.size() > 1 && call.typeOf(1).isEnum();
    String zone = call.size() > (hasPart ? 2 : 1) ? call.argument(hasPart ? 2 : 1) : null;
    String micros =
        from.isDate()
            ? "(" + Casts.days(call.argument(0)) + " * 86400000000)"
            : "epoch_us(" + call.argument(0) + ")";
    if (zone != null) {
      micros = "bq_to_zone(" + micros + ", " + zone + ")";
    }
    if (hasPart && call.type().isInt64()) {
      return "bq_extract(" + micros + ", " + part(call, 1) + ")";
    }
    return Casts.of("make_timestamp(" + micros + ")", SqlTypes.simple("DATETIME"), call.type());
  }
}
