package io.deltaflow.transform;

import static io.deltaflow.spi.FieldTypes.Kind;

import com.fasterxml.jackson.databind.JsonNode;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.FieldTypes.Precision;
import io.deltaflow.spi.error.BadValueException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/**
 * Values of one type as values of another. A value that has no exact counterpart is a {@link
 * BadValueException}; only parts that a type has not at all (the time of day in a date) and digits
 * of fractions that a FLOAT64 cannot hold are left out.
 */
final class Conversions {
  private static final BigDecimal EXACT_DOUBLE = BigDecimal.valueOf(1L << 53);
  private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]+");
  // Without the x and d that Java takes too.
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?");

  private final String column;
  private final FieldType from;
  private final FieldType to;

  private Conversions(String column, FieldType from, FieldType to) {
    this.column = column;
    this.from = from;
    this.to = to;
  }

  /**
   * @param column for messages about a value
   * @return empty when every value stays as it is
   * @throws IllegalArgumentException when no value can be converted, with the reason
   */
  static Optional<Step> between(String column, FieldType from, FieldType to) {
    Kind source = FieldTypes.kind(from);
    Kind target = FieldTypes.kind(to);
    Conversions conversions = new Conversions(column, from, to);
    if (source == target && source != Kind.NUMERIC) {
      if (source == Kind.ARRAY || source == Kind.RECORD) {
        throw conversions.impossible("");
      }
      return Optional.empty();
    }
    return conversions.step(source, target);
  }

  /** Of values that show their type only when they are there, a {@link JsonNode} among them. */
  static Step ofAny(String column, FieldType to) {
    if (FieldTypes.kind(to) == Kind.JSON) {
      return StrictJson::text;
    }
    Map<Class<?>, FieldType> types =
        Map.of(
            Boolean.class, FieldTypes.BOOL,
            Long.class, FieldTypes.INT64,
            Double.class, FieldTypes.FLOAT64,
            BigDecimal.class, FieldTypes.numeric(),
            String.class, FieldTypes.STRING,
            byte[].class, FieldTypes.BYTES,
            Instant.class, FieldTypes.TIMESTAMP);
    Map<Class<?>, Step> steps = new HashMap<>();
    types.forEach(
        (type, from) ->
            new Conversions(column, from, to).find(from).ifPresent(step -> steps.put(type, step)));
    types.forEach(
        (type, from) -> {
          if (FieldTypes.kind(from) == FieldTypes.kind(to)) {
            steps.putIfAbsent(type, value -> value);
          }
        });
    boolean text = FieldTypes.kind(to) == Kind.STRING;
    return value -> {
      if (text && value instanceof JsonNode) {
        return value.toString();
      }
      Step step = steps.get(value.getClass());
      if (step == null) {
        throw new BadValueException(column, Shown.of(value) + " cannot become " + TypeNames.of(to));
      }
      return step.apply(value);
    };
  }

  private Optional<Step> step(Kind source, Kind target) {
    if (source == Kind.JSON && target != Kind.STRING) {
      return Optional.of(fromJson(target));
    }
    return switch (target) {
      case STRING -> Optional.of(toText(source));
      case INT64 -> Optional.of(toInteger(source));
      case FLOAT64 -> Optional.of(toFloat(source));
      case BOOL -> Optional.of(toBoolean(source));
      case NUMERIC -> toNumeric(source);
      case TIMESTAMP -> Optional.of(toTimestamp(source));
      case DATETIME -> Optional.of(toDateTime(source));
      case DATE -> Optional.of(toDate(source));
      case TIME -> Optional.of(toTime(source));
      case BYTES -> Optional.of(toBytes(source));
      case JSON -> Optional.of(toJson(source));
      default -> throw impossible("");
    };
  }

  /** The text of a value, as a STRING column gets it; empty for arrays and records. */
  static Optional<Function<Object, String>> text(Kind kind) {
    return Optional.ofNullable(
        switch (kind) {
          case STRING, JSON, GEOGRAPHY -> v -> (String) v;
          case BOOL, INT64, FLOAT64 -> Object::toString;
          case NUMERIC -> v -> ((BigDecimal) v).toPlainString();
          case DATE -> v -> TimeText.of((LocalDate) v);
          case TIME -> v -> TimeText.of((LocalTime) v);
          case DATETIME -> v -> TimeText.of((LocalDateTime) v);
          case TIMESTAMP -> v -> TimeText.of((Instant) v);
          default -> null;
        });
  }

  private Step toText(Kind source) {
    if (source == Kind.BYTES) {
      return this::utf8;
    }
    Function<Object, String> text =
        text(source).orElseThrow(() -> impossible("; it can become json"));
    return text::apply;
  }

  private String utf8(Object value) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap((byte[]) value)).toString();
    } catch (CharacterCodingException e) {
      throw bad(value, "are no UTF-8 text", e);
    }
  }

  private Step toInteger(Kind source) {
    return switch (source) {
      case STRING -> v -> integer((String) v);
      case BOOL -> v -> (Boolean) v ? 1L : 0L;
      case FLOAT64 -> this::wholeFloat;
      case NUMERIC -> v -> whole((BigDecimal) v);
      case TIMESTAMP, DATETIME, DATE, TIME ->
          throw impossible(
              "; a calculated field can: int(" + column + ") has a TIMESTAMP's seconds");
      default -> throw impossible("");
    };
  }

  private Long integer(String value) {
    String text = value.strip();
    if (!WHOLE.matcher(text).matches()) {
      throw bad(value, "is no whole number");
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw bad(value, "does not fit the 64 bits of an INT64", e);
    }
  }

  private Long wholeFloat(Object value) {
    double number = (Double) value;
    if (number != Math.rint(number) || Double.isInfinite(number)) {
      throw bad(value, "is no whole number");
    }
    // 2^63 itself is a double, and one too large.
    if (number < -0x1p63 || number >= 0x1p63) {
      throw bad(value, "does not fit the 64 bits of an INT64");
    }
    return (long) number;
  }

  private Long whole(BigDecimal value) {
    // A huge exponent would be expanded digit by digit.
    if ((long) value.precision() - value.scale() > 19) {
      throw bad(value, "does not fit the 64 bits of an INT64");
    }
    BigDecimal whole;
    try {
      whole = value.setScale(0, RoundingMode.UNNECESSARY);
    } catch (ArithmeticException e) {
      throw bad(value, "is no whole number", e);
    }
    try {
      return whole.longValueExact();
    } catch (ArithmeticException e) {
      throw bad(value, "does not fit the 64 bits of an INT64", e);
    }
  }

  private Step toFloat(Kind source) {
    return switch (source) {
      case STRING -> v -> parseFloat((String) v);
      case INT64 -> this::floatOfInteger;
      case NUMERIC -> v -> floatOf((BigDecimal) v);
      default -> throw impossible("");
    };
  }

  private Double floatOfInteger(Object value) {
    long whole = (Long) value;
    if (whole > 1L << 53 || whole < -(1L << 53)) {
      throw bad(value, "is not exact as a FLOAT64");
    }
    return (double) whole;
  }

  private Double floatOf(BigDecimal value) {
    double nearest = value.doubleValue();
    if (Double.isInfinite(nearest)
        || Math.abs(nearest) >= 0x1p53
            && value.abs().compareTo(EXACT_DOUBLE) > 0
            && new BigDecimal(nearest).compareTo(value) != 0) {
      throw bad(value, "is not exact as a FLOAT64");
    }
    return nearest;
  }

  private Double parseFloat(String value) {
    String text = value.strip();
    if (!DECIMAL.matcher(text).matches()) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "nan" -> Double.NaN;
        case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
        case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
        default -> throw bad(value, "is no number");
      };
    }
    double number = Double.parseDouble(text);
    if (Double.isInfinite(number) || number == 0 && hasDigit(text)) {
      throw bad(value, "is out of the range of a FLOAT64");
    }
    return number;
  }

  /** Whether a digit before the exponent is not zero. */
  private static boolean hasDigit(String number) {
    for (int i = 0; i < number.length(); i++) {
      char c = number.charAt(i);
      if (c == 'e' || c == 'E') {
        return false;
      } else if (c >= '1' && c <= '9') {
        return true;
      }
    }
    return false;
  }

  private Step toBoolean(Kind source) {
    return switch (source) {
      case STRING -> v -> parseBoolean((String) v);
      case INT64 -> v -> zeroOrOne(v, BigDecimal.valueOf((Long) v));
      case NUMERIC -> v -> zeroOrOne(v, (BigDecimal) v);
      default -> throw impossible("");
    };
  }

  private Boolean zeroOrOne(Object value, BigDecimal number) {
    if (number.signum() == 0) {
      return false;
    } else if (number.compareTo(BigDecimal.ONE) == 0) {
      return true;
    }
    throw bad(value, "is neither 0 nor 1");
  }

  private Boolean parseBoolean(String value) {
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "true", "t", "yes", "y", "on", "1" -> true;
      case "false", "f", "no", "n", "off", "0" -> false;
      default ->
          throw bad(value, "is no boolean (true, t, yes, y, on, 1; false, f, no, n, off, 0)");
    };
  }

  private Optional<Step> toNumeric(Kind source) {
    Step number =
        switch (source) {
          case STRING -> v -> parseDecimal((String) v);
          case INT64 -> v -> BigDecimal.valueOf((Long) v);
          case FLOAT64 -> this::decimalOfFloat;
          case NUMERIC -> null;
          default -> throw impossible("");
        };
    Optional<Precision> precision = FieldTypes.precision(to);
    if (precision.isEmpty()) {
      return Optional.ofNullable(number);
    } else if (number == null) {
      return FieldTypes.precision(from).equals(precision)
          ? Optional.empty()
          : Optional.of(v -> fit((BigDecimal) v, precision.get()));
    }
    return Optional.of(v -> fit((BigDecimal) number.apply(v), precision.get()));
  }

  private BigDecimal parseDecimal(String value) {
    String text = value.strip();
    if (!DECIMAL.matcher(text).matches()) {
      throw bad(value, "is no decimal number");
    }
    return new BigDecimal(text);
  }

  private BigDecimal decimalOfFloat(Object value) {
    double number = (Double) value;
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      throw bad(value, "is no decimal number");
    }
    // The shortest decimal that is this double, which is how it is printed everywhere.
    return BigDecimal.valueOf(number);
  }

  private BigDecimal fit(BigDecimal value, Precision precision) {
    boolean large =
        (long) value.precision() - value.scale() > precision.precision() - precision.scale();
    if (large && value.signum() != 0) {
      throw bad(value, "does not fit " + TypeNames.of(to));
    }
    try {
      return value.setScale(precision.scale(), RoundingMode.UNNECESSARY);
    } catch (ArithmeticException e) {
      throw bad(value, "has more than " + precision.scale() + " digits after the point", e);
    }
  }

  private Step toTimestamp(Kind source) {
    return switch (source) {
      case STRING -> v -> parse((String) v, TimeText::timestamp);
      case DATETIME -> v -> ((LocalDateTime) v).toInstant(ZoneOffset.UTC);
      case DATE -> v -> ((LocalDate) v).atStartOfDay().toInstant(ZoneOffset.UTC);
      case INT64, FLOAT64, NUMERIC ->
          throw impossible(
              ", since a number does not say its unit; a calculated field can: timestamp("
                  + column
                  + ") from an INT64 of seconds, timestamp("
                  + column
                  + " / 1000) from milliseconds");
      default -> throw impossible("");
    };
  }

  private Step toDateTime(Kind source) {
    return switch (source) {
      case STRING -> v -> parse((String) v, TimeText::dateTime);
      case TIMESTAMP -> v -> utc(v);
      case DATE -> v -> ((LocalDate) v).atStartOfDay();
      default -> throw impossible("");
    };
  }

  private Step toDate(Kind source) {
    return switch (source) {
      case STRING -> v -> parse((String) v, TimeText::date);
      case TIMESTAMP -> v -> utc(v).toLocalDate();
      case DATETIME -> v -> ((LocalDateTime) v).toLocalDate();
      default -> throw impossible("");
    };
  }

  private Step toTime(Kind source) {
    return switch (source) {
      case STRING -> v -> parse((String) v, TimeText::time);
      case TIMESTAMP -> v -> utc(v).toLocalTime();
      case DATETIME -> v -> ((LocalDateTime) v).toLocalTime();
      default -> throw impossible("");
    };
  }

  private static LocalDateTime utc(Object instant) {
    return LocalDateTime.ofInstant((Instant) instant, ZoneOffset.UTC);
  }

  private <T> T parse(String value, Function<String, T> parser) {
    try {
      return parser.apply(value);
    } catch (DateTimeException e) {
      throw bad(value, "is " + e.getMessage(), e);
    }
  }

  private Step toBytes(Kind source) {
    if (source != Kind.STRING) {
      throw impossible("");
    }
    return v -> ((String) v).getBytes(StandardCharsets.UTF_8);
  }

  private Step toJson(Kind source) {
    if (source == Kind.STRING) {
      return v -> {
        try {
          StrictJson.value((String) v);
        } catch (IllegalArgumentException e) {
          throw bad(v, "is no valid JSON", e);
        }
        return v;
      };
    }
    JsonTree.checkWritable(from);
    return v -> {
      try {
        return StrictJson.text(JsonTree.of(v, from));
      } catch (IllegalArgumentException e) {
        throw new BadValueException(column, e.getMessage(), e);
      }
    };
  }

  /** A scalar in JSON is converted like the same scalar outside. */
  private Step fromJson(Kind target) {
    Optional<Step> ofText = find(FieldTypes.STRING);
    Optional<Step> ofNumber = find(FieldTypes.numeric());
    Optional<Step> ofBoolean = find(FieldTypes.BOOL);
    if (ofText.isEmpty()) {
      throw impossible("");
    }
    return v -> {
      JsonNode node;
      try {
        node = StrictJson.value((String) v);
      } catch (IllegalArgumentException e) {
        throw bad(v, "is no valid JSON", e);
      }
      if (node.isNull()) {
        return null;
      } else if (node.isTextual()) {
        return ofText.get().apply(node.textValue());
      } else if (node.isNumber() && target == Kind.NUMERIC && ofNumber.isEmpty()) {
        return node.decimalValue();
      } else if (node.isNumber() && ofNumber.isPresent()) {
        return ofNumber.get().apply(node.decimalValue());
      } else if (node.isBoolean() && target == Kind.BOOL) {
        return node.booleanValue();
      } else if (node.isBoolean() && ofBoolean.isPresent()) {
        return ofBoolean.get().apply(node.booleanValue());
      }
      throw bad(v, "is not JSON of one value that can become " + TypeNames.of(to));
    };
  }

  private Optional<Step> find(FieldType scalar) {
    try {
      return between(column, scalar, to);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private IllegalArgumentException impossible(String hint) {
    return new IllegalArgumentException(
        "its type " + TypeNames.of(from) + " cannot become " + TypeNames.of(to) + hint);
  }

  private BadValueException bad(Object value, String problem) {
    return bad(value, problem, null);
  }

  private BadValueException bad(Object value, String problem, Throwable cause) {
    return new BadValueException(
        column,
        Shown.of(value)
            + " "
            + problem
            + ", and cannot become "
            + TypeNames.of(to)
            + " from "
            + TypeNames.of(from),
        cause);
  }
}
