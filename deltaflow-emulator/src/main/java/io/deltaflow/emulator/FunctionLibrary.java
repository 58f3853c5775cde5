package io.deltaflow.emulator;

import static io.deltaflow.emulator.NativeFunctions.Kind.BOOL;
import static io.deltaflow.emulator.NativeFunctions.Kind.FLOAT;
import static io.deltaflow.emulator.NativeFunctions.Kind.INT;
import static io.deltaflow.emulator.NativeFunctions.Kind.NUMERIC;
import static io.deltaflow.emulator.NativeFunctions.Kind.TEXT;

import com.google.common.hash.Hashing;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;

/**
 * The functions that translated SQL calls where DuckDB's own differ from GoogleSQL's. Dates travel
 * as days and times as microseconds since 1970.
 */
final class FunctionLibrary {
  private static final MathContext QUOTIENT = new MathContext(120, RoundingMode.HALF_UP);

  private FunctionLibrary() {}

  static void install(Connection connection) throws SQLException {
    NativeFunctions functions = new NativeFunctions(connection);
    functions.add(
        "bq_raise",
        TEXT,
        a -> {
          throw BigQueryError.invalidQuery((String) a[0]);
        },
        TEXT);
    floats(functions);
    numerics(functions);
    bigNumerics(functions);
    fromText(functions);
    toText(functions);
    functions.add("bq_json_parse", TEXT, a -> JsonText.normalized((String) a[0]), TEXT);
    functions.add(
        "bq_farm",
        INT,
        a ->
            Hashing.farmHashFingerprint64()
                .hashBytes(HexFormat.of().parseHex((String) a[0]))
                .asLong(),
        TEXT);
    DateFunctions.install(functions);
    TextFunctions.install(functions);
    JsonFunctions.install(functions);
  }

  private static void floats(NativeFunctions functions) throws SQLException {
    addFloat(functions, "bq_float_add", "+", Double::sum);
    addFloat(functions, "bq_float_subtract", "-", (a, b) -> a - b);
    addFloat(functions, "bq_float_multiply", "*", (a, b) -> a * b);
    functions.add(
        "bq_float_divide", FLOAT, a -> divide((Double) a[0], (Double) a[1]), FLOAT, FLOAT);
    functions.add("bq_float_to_int", INT, a -> toInt((Double) a[0]), FLOAT);
    functions.add("bq_float_to_numeric", NUMERIC, a -> toNumeric((Double) a[0]), FLOAT);
    functions.add("bq_float_text", TEXT, a -> TextCasts.text((Double) a[0]), FLOAT);
    functions.add(
        "bq_int_div",
        INT,
        a -> {
          long divisor = (Long) a[1];
          if (divisor == 0) {
            throw BigQueryError.invalidQuery("division by zero: " + a[0] + " / 0");
          }
          if (divisor == -1 && (Long) a[0] == Long.MIN_VALUE) {
            throw BigQueryError.invalidQuery("int64 overflow: " + a[0] + " / -1");
          }
          return (Long) a[0] / divisor;
        },
        INT,
        INT);
    functions.add(
        "bq_int_mod",
        INT,
        a -> {
          if ((Long) a[1] == 0) {
            throw BigQueryError.invalidQuery("division by zero: MOD(" + a[0] + ", 0)");
          }
          return (Long) a[0] % (Long) a[1];
        },
        INT,
        INT);
  }

  private static void addFloat(
      NativeFunctions functions, String name, String sign, DoubleBinaryOperator operator)
      throws SQLException {
    functions.add(
        name,
        FLOAT,
        a -> {
          double left = (Double) a[0];
          double right = (Double) a[1];
          double result = operator.applyAsDouble(left, right);
          return finite(result, left, right, sign);
        },
        FLOAT,
        FLOAT);
  }

  private static double finite(double result, double left, double right, String sign) {
    if (!Double.isFinite(result) && Double.isFinite(left) && Double.isFinite(right)) {
      throw BigQueryError.invalidQuery(
          "double overflow: " + TextCasts.text(left) + " " + sign + " " + TextCasts.text(right));
    }
    return result;
  }

  private static double divide(double left, double right) {
    if (right == 0) {
      throw BigQueryError.invalidQuery("division by zero: " + TextCasts.text(left) + " / 0");
    }
    return finite(left / right, left, right, "/");
  }

  private static long toInt(double value) {
    double rounded = Math.copySign(Math.floor(Math.abs(value) + 0.5), value);
    if (Math.abs(value) >= 0x1p52) {
      rounded = value;
    }
    if (Double.isNaN(value) || rounded < -0x1p63 || rounded >= 0x1p63) {
      throw BigQueryError.invalidQuery("int64 out of range: " + TextCasts.text(value));
    }
    return (long) rounded;
  }

  private static BigDecimal toNumeric(double value) {
    if (!Double.isFinite(value)) {
      throw BigQueryError.invalidQuery(
          "Illegal conversion of non-finite floating point number to numeric: "
              + TextCasts.text(value));
    }
    return numeric(new BigDecimal(value), "numeric out of range: " + TextCasts.text(value));
  }

  private static BigDecimal numeric(BigDecimal value, String otherwise) {
    BigDecimal fits = BigNumerics.toNumeric(value);
    if (fits == null) {
      throw BigQueryError.invalidQuery(otherwise);
    }
    return fits;
  }

  private static void numerics(NativeFunctions functions) throws SQLException {
    addNumeric(functions, "bq_numeric_multiply", "*", BigDecimal::multiply);
    addNumeric(functions, "bq_numeric_divide", "/", FunctionLibrary::quotient);
    functions.add(
        "bq_numeric_check",
        NUMERIC,
        a -> numeric((BigDecimal) a[0], "numeric overflow: SUM"),
        NUMERIC);
    functions.add(
        "bq_numeric_round",
        NUMERIC,
        a ->
            numeric(
                ((BigDecimal) a[0]).setScale(Math.toIntExact((Long) a[1]), RoundingMode.HALF_UP),
                "numeric overflow: ROUND"),
        NUMERIC,
        INT);
    functions.add(
        "bq_numeric_to_int",
        INT,
        a -> {
          BigDecimal rounded = ((BigDecimal) a[0]).setScale(0, RoundingMode.HALF_UP);
          if (rounded.unscaledValue().bitLength() > 63) {
            throw BigQueryError.invalidQuery(
                "int64 out of range: " + BigNumerics.text((BigDecimal) a[0]));
          }
          return rounded.longValue();
        },
        NUMERIC);
    functions.add("bq_numeric_text", TEXT, a -> BigNumerics.text((BigDecimal) a[0]), NUMERIC);
    functions.add("bq_numeric_fits", NUMERIC, a -> fitting(a), NUMERIC, TEXT, INT, INT, TEXT);
    functions.add(
        "bq_bignumeric_fits",
        TEXT,
        a ->
            BigNumerics.text(
                fitting(new Object[] {new BigDecimal((String) a[0]), a[1], a[2], a[3], a[4]})),
        TEXT,
        TEXT,
        INT,
        INT,
        TEXT);
  }

  /**
   * Arguments: value, type name, precision, scale, column. Rounds to the scale; fails beyond the
   * precision.
   */
  private static BigDecimal fitting(Object[] a) {
    int scale = Math.toIntExact((Long) a[3]);
    BigDecimal rounded = ((BigDecimal) a[0]).setScale(scale, RoundingMode.HALF_UP);
    if (rounded.precision() > (Long) a[2] && rounded.signum() != 0) {
      BigDecimal largest =
          BigDecimal.ONE
              .movePointRight((int) (long) (Long) a[2])
              .subtract(BigDecimal.ONE)
              .movePointLeft(scale);
      throw BigQueryError.invalidQuery(
          a[1]
              + "("
              + a[2]
              + (scale == 0 ? "" : ", " + scale)
              + ") has precision "
              + a[2]
              + " and scale "
              + scale
              + " but got a value that is not in range of [-"
              + largest
              + ", "
              + largest
              + "]"
              + (((String) a[4]).isEmpty() ? "" : "; error in writing field " + a[4]));
    }
    return rounded.setScale(Math.max(scale, 9));
  }

  private static BigDecimal quotient(BigDecimal left, BigDecimal right) {
    if (right.signum() == 0) {
      throw BigQueryError.invalidQuery("division by zero: " + BigNumerics.text(left) + " / 0");
    }
    return left.divide(right, QUOTIENT);
  }

  private static void addNumeric(
      NativeFunctions functions, String name, String sign, BinaryOperator<BigDecimal> operator)
      throws SQLException {
    functions.add(
        name,
        NUMERIC,
        a -> {
          BigDecimal left = (BigDecimal) a[0];
          BigDecimal right = (BigDecimal) a[1];
          return numeric(operator.apply(left, right), overflow("numeric", left, sign, right));
        },
        NUMERIC,
        NUMERIC);
  }

  private static String overflow(String type, BigDecimal left, String sign, BigDecimal right) {
    return type
        + " overflow: "
        + BigNumerics.text(left)
        + " "
        + sign
        + " "
        + BigNumerics.text(right);
  }

  private static void bigNumerics(NativeFunctions functions) throws SQLException {
    functions.add("bq_bignumeric_key", TEXT, a -> BigNumerics.sortKey((String) a[0]), TEXT);
    addBig(functions, "bq_bignumeric_add", "+", BigDecimal::add);
    addBig(functions, "bq_bignumeric_subtract", "-", BigDecimal::subtract);
    addBig(functions, "bq_bignumeric_multiply", "*", BigDecimal::multiply);
    addBig(functions, "bq_bignumeric_divide", "/", FunctionLibrary::quotient);
    functions.add("bq_bignumeric_sum", TEXT, a -> sum((String) a[0]), TEXT);
    functions.add(
        "bq_bignumeric_to_numeric",
        NUMERIC,
        a -> numeric(new BigDecimal((String) a[0]), "numeric out of range: " + a[0]),
        TEXT);
    functions.add(
        "bq_bignumeric_to_int",
        INT,
        a -> {
          BigDecimal rounded = new BigDecimal((String) a[0]).setScale(0, RoundingMode.HALF_UP);
          if (rounded.unscaledValue().bitLength() > 63) {
            throw BigQueryError.invalidQuery("int64 out of range: " + a[0]);
          }
          return rounded.longValue();
        },
        TEXT);
    functions.add("bq_bignumeric_to_float", FLOAT, a -> Double.parseDouble((String) a[0]), TEXT);
    functions.add(
        "bq_float_to_bignumeric",
        TEXT,
        a -> {
          double value = (Double) a[0];
          if (!Double.isFinite(value)) {
            throw BigQueryError.invalidQuery(
                "Illegal conversion of non-finite floating point number to BIGNUMERIC: "
                    + TextCasts.text(value));
          }
          return big(new BigDecimal(value), "BIGNUMERIC out of range: " + TextCasts.text(value));
        },
        FLOAT);
  }

  private static String big(BigDecimal value, String otherwise) {
    BigDecimal fits = BigNumerics.toBigNumeric(value);
    if (fits == null) {
      throw BigQueryError.invalidQuery(otherwise);
    }
    return BigNumerics.text(fits);
  }

  private static void addBig(
      NativeFunctions functions, String name, String sign, BinaryOperator<BigDecimal> operator)
      throws SQLException {
    functions.add(
        name,
        TEXT,
        a -> {
          BigDecimal left = new BigDecimal((String) a[0]);
          BigDecimal right = new BigDecimal((String) a[1]);
          return big(operator.apply(left, right), overflow("BIGNUMERIC", left, sign, right));
        },
        TEXT,
        TEXT);
  }

  private static String sum(String values) {
    BigDecimal sum = BigDecimal.ZERO;
    for (String value : values.split(",")) {
      sum = sum.add(new BigDecimal(value));
    }
    return big(sum, "BIGNUMERIC overflow: SUM");
  }

  private static void fromText(NativeFunctions functions) throws SQLException {
    functions.add("bq_text_to_int", INT, a -> TextCasts.int64((String) a[0]), TEXT);
    functions.add("bq_text_to_float", FLOAT, a -> TextCasts.float64((String) a[0]), TEXT);
    functions.add("bq_text_to_bool", BOOL, a -> TextCasts.bool((String) a[0]), TEXT);
    functions.add("bq_text_to_numeric", NUMERIC, a -> TextCasts.numeric((String) a[0]), TEXT);
    functions.add(
        "bq_text_to_bignumeric",
        TEXT,
        a -> BigNumerics.text(TextCasts.bigNumeric((String) a[0])),
        TEXT);
    functions.add("bq_text_to_day", INT, a -> TextCasts.date((String) a[0]).toEpochDay(), TEXT);
    functions.add(
        "bq_text_to_time", INT, a -> TextCasts.time((String) a[0]).toNanoOfDay() / 1000, TEXT);
    functions.add(
        "bq_text_to_datetime",
        INT,
        a -> SqlLiteral.micros(TextCasts.dateTime((String) a[0]).toInstant(ZoneOffset.UTC)),
        TEXT);
    functions.add(
        "bq_text_to_timestamp",
        INT,
        a -> SqlLiteral.micros(TextCasts.timestamp((String) a[0])),
        TEXT);
    functions.add(
        "bq_bytes_to_text", TEXT, a -> utf8(HexFormat.of().parseHex((String) a[0])), TEXT);
  }

  private static String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(bytes)).toString();
    } catch (java.nio.charset.CharacterCodingException e) {
      throw BigQueryError.invalidQuery("Invalid UTF-8 in BYTES that are cast to STRING");
    }
  }

  private static void toText(NativeFunctions functions) throws SQLException {
    functions.add("bq_day_text", TEXT, a -> LocalDate.ofEpochDay((Long) a[0]).toString(), INT);
    functions.add(
        "bq_time_text", TEXT, a -> TextCasts.text(LocalTime.ofNanoOfDay((Long) a[0] * 1000)), INT);
    functions.add(
        "bq_datetime_text",
        TEXT,
        a ->
            TextCasts.text(
                SqlLiteral.instant((Long) a[0]).atOffset(ZoneOffset.UTC).toLocalDateTime()),
        INT);
    functions.add(
        "bq_timestamp_text",
        TEXT,
        a -> TextCasts.text(SqlLiteral.instant((Long) a[0]), TextCasts.zone((String) a[1])),
        INT,
        TEXT);
  }
}
