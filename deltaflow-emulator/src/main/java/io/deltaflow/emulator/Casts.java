package io.deltaflow.emulator;

import com.google.zetasql.StructType;
import com.google.zetasql.Type;
import com.google.zetasql.TypeParameters;
import java.util.ArrayList;
import java.util.List;

/** GoogleSQL's conversions between types as DuckDB expressions. */
final class Casts {
  private Casts() {}

  static String of(String value, Type from, Type to) {
    if (from.isArray() && to.isArray()) {
      return array(value, from, to);
    }
    if (from.isStruct() && to.isStruct()) {
      return struct(value, from.asStruct(), to.asStruct());
    }
    if (from.getKind() == to.getKind()) {
      return value;
    }
    String cast = toOrFromText(value, from, to);
    if (cast == null) {
      cast = number(value, from, to);
    }
    if (cast == null) {
      cast = time(value, from, to);
    }
    if (cast == null) {
      throw BigQueryError.unsupported(
          "CAST from " + SqlTypes.name(from) + " to " + SqlTypes.name(to));
    }
    return cast;
  }

  private static String array(String value, Type from, Type to) {
    Type element = from.asArray().getElementType();
    Type target = to.asArray().getElementType();
    String name = "e" + Math.floorMod(value.hashCode(), 1_000_000);
    String converted = of(name, element, target);
    return converted.equals(name)
        ? value
        : "list_transform(" + value + ", lambda " + name + ": " + converted + ")";
  }

  private static String struct(String value, StructType from, StructType to) {
    if (SqlTypes.duckdb(from).equals(SqlTypes.duckdb(to))) {
      return value;
    }
    List<String> fields = new ArrayList<>();
    for (int i = 0; i < to.getFieldCount(); i++) {
      String field = "(" + value + ")." + SqlTypes.structField(from, i);
      fields.add(
          SqlTypes.structField(to, i)
              + ": "
              + of(field, from.getField(i).getType(), to.getField(i).getType()));
    }
    return "CASE WHEN " + value + " IS NULL THEN NULL ELSE {" + String.join(", ", fields) + "} END";
  }

  private static String toOrFromText(String value, Type from, Type to) {
    if (to.isString()) {
      return text(value, from);
    }
    if (!from.isString()) {
      return null;
    }
    switch (to.getKind()) {
      case TYPE_INT64:
        return "bq_text_to_int(" + value + ")";
      case TYPE_DOUBLE:
        return "bq_text_to_float(" + value + ")";
      case TYPE_BOOL:
        return "bq_text_to_bool(" + value + ")";
      case TYPE_NUMERIC:
        return "bq_text_to_numeric(" + value + ")";
      case TYPE_BIGNUMERIC:
        return "bq_text_to_bignumeric(" + value + ")";
      case TYPE_BYTES:
        return "encode(" + value + ")";
      case TYPE_DATE:
        return fromDays("bq_text_to_day(" + value + ")");
      case TYPE_TIME:
        return fromTimeMicros("bq_text_to_time(" + value + ")");
      case TYPE_DATETIME:
        return "make_timestamp(bq_text_to_datetime(" + value + "))";
      case TYPE_TIMESTAMP:
        return "make_timestamptz(bq_text_to_timestamp(" + value + "))";
      default:
        return null;
    }
  }

  /** The text of a value, as CAST to STRING gives it. */
  static String text(String value, Type from) {
    switch (from.getKind()) {
      case TYPE_STRING:
      case TYPE_BIGNUMERIC:
        return value;
      case TYPE_INT64:
      case TYPE_BOOL:
        return "CAST(" + value + " AS VARCHAR)";
      case TYPE_DOUBLE:
        return "bq_float_text(" + value + ")";
      case TYPE_NUMERIC:
        return "bq_numeric_text(" + value + ")";
      case TYPE_BYTES:
        return "bq_bytes_to_text(hex(" + value + "))";
      case TYPE_DATE:
        return "bq_day_text(" + days(value) + ")";
      case TYPE_TIME:
        return "bq_time_text(" + timeMicros(value) + ")";
      case TYPE_DATETIME:
        return "bq_datetime_text(epoch_us(" + value + "))";
      case TYPE_TIMESTAMP:
        return "bq_timestamp_text(epoch_us(" + value + "), 'UTC')";
      default:
        return null;
    }
  }

  private static String number(String value, Type from, Type to) {
    switch (from.getKind()) {
      case TYPE_INT64:
        return to.isDouble() || to.isNumeric()
            ? "CAST(" + value + " AS " + SqlTypes.duckdb(to) + ")"
            : to.isBigNumeric()
                ? "CAST(" + value + " AS VARCHAR)"
                : to.isBool() ? "(" + value + " <> 0)" : null;
      case TYPE_BOOL:
        return to.isInt64() ? "CAST(" + value + " AS BIGINT)" : null;
      case TYPE_DOUBLE:
        return to.isInt64()
            ? "bq_float_to_int(" + value + ")"
            : to.isNumeric()
                ? "bq_float_to_numeric(" + value + ")"
                : to.isBigNumeric() ? "bq_float_to_bignumeric(" + value + ")" : null;
      case TYPE_NUMERIC:
        return to.isInt64()
            ? "bq_numeric_to_int(" + value + ")"
            : to.isDouble()
                ? "bq_text_to_float(bq_numeric_text(" + value + "))"
                : to.isBigNumeric() ? "bq_numeric_text(" + value + ")" : null;
      case TYPE_BIGNUMERIC:
        return to.isInt64()
            ? "bq_bignumeric_to_int(" + value + ")"
            : to.isDouble()
                ? "bq_bignumeric_to_float(" + value + ")"
                : to.isNumeric() ? "bq_bignumeric_to_numeric(" + value + ")" : null;
      default:
        return null;
    }
  }

  private static String time(String value, Type from, Type to) {
    switch (from.getKind()) {
      case TYPE_DATE:
        return to.isDatetime()
            ? "CAST(" + value + " AS TIMESTAMP)"
            : to.isTimestamp() ? toTimestamp("CAST(" + value + " AS TIMESTAMP)") : null;
      case TYPE_DATETIME:
        return to.isTimestamp()
            ? toTimestamp(value)
            : to.isDate() || to.isTime()
                ? "CAST(" + value + " AS " + SqlTypes.duckdb(to) + ")"
                : null;
      case TYPE_TIMESTAMP:
        String local = toDatetime(value);
        return to.isDatetime()
            ? local
            : to.isDate() || to.isTime()
                ? "CAST(" + local + " AS " + SqlTypes.duckdb(to) + ")"
                : null;
      default:
        return null;
    }
  }

  /** A DATETIME that is meant in UTC. */
  static String toTimestamp(String datetime) {
    return "make_timestamptz(epoch_us(" + datetime + "))";
  }

  static String toDatetime(String timestamp) {
    return "make_timestamp(epoch_us(" + timestamp + "))";
  }

  /** The days of a DATE since 1970. */
  static String days(String date) {
    return "CAST(" + date + " - DATE '1970-01-01' AS BIGINT)";
  }

  static String fromDays(String days) {
    return "(DATE '1970-01-01' + CAST(" + days + " AS INTEGER))";
  }

  static String timeMicros(String time) {
    return "epoch_us(" + time + ")";
  }

  static String fromTimeMicros(String micros) {
    return "CAST(make_timestamp(" + micros + ") AS TIME)";
  }

  /** Applies the parameters of NUMERIC(P, S), STRING(L) and their like in a cast. */
  static String constrained(String value, Type type, TypeParameters parameters) {
    if (parameters.isNumericTypeParameters()) {
      var numeric = parameters.getNumericTypeParameters();
      return fits(value, type, numeric.getPrecision(), numeric.getScale(), "");
    } else if (parameters.isStringTypeParameters() && type.isString()) {
      long limit = parameters.getStringTypeParameters().getMaxLength();
      return lengthChecked(value, limit, "STRING", "");
    }
    throw BigQueryError.unsupported("type parameters of " + SqlTypes.name(type));
  }

  /** Rounds to a scale and fails beyond a precision. */
  static String fits(String value, Type type, long precision, long scale, String column) {
    String function = type.isNumeric() ? "bq_numeric_fits(" : "bq_bignumeric_fits(";
    return function
        + value
        + ", '"
        + SqlTypes.name(type)
        + "', "
        + precision
        + "::BIGINT, "
        + scale
        + "::BIGINT, "
        + SqlLiteral.string(column)
        + ")";
  }

  static String lengthChecked(String value, long limit, String type, String column) {
    String length = type.equals("STRING") ? "length(" + value + ")" : "octet_length(" + value + ")";
    String message =
        "'"
            + type
            + "("
            + limit
            + ") has maximum length "
            + limit
            + " but got a value with length ', "
            + length
            + (column.isEmpty()
                ? ""
                : ", " + SqlLiteral.string("; error in writing field " + column));
    return "CASE WHEN "
        + length
        + " > "
        + limit
        + " THEN "
        + SqlErrors.raise(message, type.equals("STRING") ? "VARCHAR" : "BLOB")
        + " ELSE "
        + value
        + " END";
  }
}
