package io.deltaflow.emulator;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * GoogleSQL's casts between text and other types. A text that does not fit is an invalidQuery
 * error.
 */
final class TextCasts {
  private static final Pattern INTEGER = Pattern.compile("[+-]?(0[xX][0-9a-fA-F]+|[0-9]+)");
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");
  private static final Pattern DATE = Pattern.compile("([0-9]{1,5})-([0-9]{1,2})-([0-9]{1,2})");
  private static final String CLOCK = "([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:\\.([0-9]{1,9}))?";
  private static final Pattern TIME = Pattern.compile(CLOCK);
  private static final Pattern DATE_TIME =
      Pattern.compile("([0-9]{1,5}-[0-9]{1,2}-[0-9]{1,2})(?:[ Tt](" + CLOCK + "))?(.*)");
  private static final Pattern OFFSET = Pattern.compile("([+-])([0-9]{1,2})(?::?([0-9]{2}))?");

  private TextCasts() {}

  static long int64(String text) {
    String trimmed = text.strip();
    if (INTEGER.matcher(trimmed).matches()) {
      boolean hex = trimmed.contains("x") || trimmed.contains("X");
      BigInteger value =
          hex ? new BigInteger(trimmed.replaceFirst("0[xX]", ""), 16) : new BigInteger(trimmed);
      if (value.bitLength() < 64) {
        return value.longValue();
      }
    }
    throw bad("int64", text);
  }

  static double float64(String text) {
    String trimmed = text.strip();
    switch (trimmed.toLowerCase(Locale.ROOT)) {
      case "nan":
      case "+nan":
      case "-nan":
        return Double.NaN;
      case "inf":
      case "+inf":
      case "infinity":
      case "+infinity":
        return Double.POSITIVE_INFINITY;
      case "-inf":
      case "-infinity":
        return Double.NEGATIVE_INFINITY;
      default:
        double value = NUMBER.matcher(trimmed).matches() ? Double.parseDouble(trimmed) : Double.NaN;
        if (Double.isNaN(value) || Double.isInfinite(value)) {
          throw bad("double", text);
        }
        return value;
    }
  }

  static BigDecimal numeric(String text) {
    BigDecimal value = decimal(text, "NUMERIC");
    BigDecimal fits = BigNumerics.toNumeric(value);
    if (fits == null) {
      throw BigQueryError.invalidQuery("Invalid NUMERIC value: " + text);
    }
    return fits;
  }

  static BigDecimal bigNumeric(String text) {
    BigDecimal fits = BigNumerics.toBigNumeric(decimal(text, "BIGNUMERIC"));
    if (fits == null) {
      throw BigQueryError.invalidQuery("Invalid BIGNUMERIC value: " + text);
    }
    return fits;
  }

  private static BigDecimal decimal(String text, String type) {
    String trimmed = text.strip();
    if (!NUMBER.matcher(trimmed).matches()) {
      throw BigQueryError.invalidQuery("Invalid " + type + " value: " + text);
    }
    BigDecimal value = new BigDecimal(trimmed);
    if (value.precision() - (long) value.scale() > 100) {
      throw BigQueryError.invalidQuery("Invalid " + type + " value: " + text);
    }
    return value;
  }

  static boolean bool(String text) {
    switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true":
        return true;
      case "false":
        return false;
      default:
        throw bad("bool", text);
    }
  }

  static LocalDate date(String text) {
    Matcher dateTime = DATE_TIME.matcher(text.strip());
    if (!dateTime.matches() || !dateTime.group(7).isEmpty()) {
      throw invalid("date", text);
    }
    return day(dateTime.group(1), "date", text);
  }

  private static LocalDate day(String day, String type, String text) {
    Matcher matcher = DATE.matcher(day);
    try {
      if (matcher.matches()) {
        return checked(
            LocalDate.of(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3))));
      }
    } catch (DateTimeException e) {
      throw invalid(type, text);
    }
    throw invalid(type, text);
  }

  /** Refuses days outside the years 1 to 9999. */
  static LocalDate checked(LocalDate day) {
    if (day.getYear() < 1 || day.getYear() > 9999) {
      throw BigQueryError.invalidQuery("Date " + day + " is out of range");
    }
    return day;
  }

  static LocalTime time(String text) {
    return clock(text.strip(), "time", text);
  }

  private static LocalTime clock(String clock, String type, String text) {
    Matcher matcher = TIME.matcher(clock);
    try {
      if (matcher.matches()) {
        return LocalTime.of(
            Integer.parseInt(matcher.group(1)),
            Integer.parseInt(matcher.group(2)),
            Integer.parseInt(matcher.group(3)),
            nanos(matcher.group(4)));
      }
    } catch (DateTimeException e) {
      throw invalid(type, text);
    }
    throw invalid(type, text);
  }

  private static int nanos(String fraction) {
    if (fraction == null) {
      return 0;
    }
    String micros = (fraction + "000000").substring(0, 6);
    return Integer.parseInt(micros) * 1000;
  }

  static LocalDateTime dateTime(String text) {
    Matcher matcher = DATE_TIME.matcher(text.strip());
    if (!matcher.matches() || !matcher.group(7).isEmpty()) {
      throw invalid("datetime", text);
    }
    return local(matcher, "datetime", text);
  }

  private static LocalDateTime local(Matcher matcher, String type, String text) {
    LocalTime clock =
        matcher.group(2) == null ? LocalTime.MIDNIGHT : clock(matcher.group(2), type, text);
    return LocalDateTime.of(day(matcher.group(1), type, text), clock);
  }

  static Instant timestamp(String text) {
    Matcher matcher = DATE_TIME.matcher(text.strip());
    if (!matcher.matches()) {
      throw invalid("timestamp", text);
    }
    return checked(
        local(matcher, "timestamp", text).atZone(zone(matcher.group(7), text)).toInstant());
  }

  /** Refuses instants outside the years 1 to 9999. */
  static Instant checked(Instant instant) {
    checked(instant.atOffset(ZoneOffset.UTC).toLocalDate());
    return instant;
  }

  private static ZoneId zone(String suffix, String text) {
    String zone = suffix.strip();
    if (zone.isEmpty() || zone.equalsIgnoreCase("Z")) {
      return ZoneOffset.UTC;
    }
    return zone(zone);
  }

  /** A time zone by its offset or name. */
  static ZoneId zone(String name) {
    Matcher offset = OFFSET.matcher(name);
    try {
      if (offset.matches()) {
        int sign = offset.group(1).equals("-") ? -1 : 1;
        int minutes = offset.group(3) == null ? 0 : Integer.parseInt(offset.group(3));
        return ZoneOffset.ofHoursMinutes(sign * Integer.parseInt(offset.group(2)), sign * minutes);
      }
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      throw BigQueryError.invalidQuery("Invalid time zone: " + name);
    }
  }

  private static BigQueryError bad(String type, String text) {
    return BigQueryError.invalidQuery("Bad " + type + " value: " + text);
  }

  private static BigQueryError invalid(String type, String text) {
    return BigQueryError.invalidQuery("Invalid " + type + ": '" + text + "'");
  }

  /**
   * The shortest of 15 and 17 significant digits that keeps the value, as C's {@code %g} prints it.
   */
  static String text(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    BigDecimal exact = new BigDecimal(value);
    BigDecimal digits = exact.round(new MathContext(15, RoundingMode.HALF_EVEN));
    if (digits.doubleValue() != value) {
      digits = exact.round(new MathContext(17, RoundingMode.HALF_EVEN));
      return general(digits, 17);
    }
    return general(digits, 15);
  }

  private static String general(BigDecimal rounded, int precision) {
    BigDecimal value = rounded.stripTrailingZeros();
    int exponent = value.precision() - value.scale() - 1;
    if (exponent >= -4 && exponent < precision) {
      return value.toPlainString();
    }
    String digits = value.unscaledValue().abs().toString();
    return (value.signum() < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + String.format("e%+03d", exponent);
  }

  static String text(LocalTime time) {
    int micros = time.getNano() / 1000;
    String seconds =
        String.format("%02d:%02d:%02d", time.getHour(), time.getMinute(), time.getSecond());
    if (micros == 0) {
      return seconds;
    }
    return seconds
        + (micros % 1000 == 0
            ? String.format(".%03d", micros / 1000)
            : String.format(".%06d", micros));
  }

  static String text(LocalDateTime value) {
    return String.format("%04d", value.getYear())
        + value.toLocalDate().toString().substring(4)
        + " "
        + text(value.toLocalTime());
  }

  static String text(Instant value, ZoneId zone) {
    var local = value.atZone(zone);
    int minutes = local.getOffset().getTotalSeconds() / 60;
    String offset = String.format("%s%02d", minutes < 0 ? "-" : "+", Math.abs(minutes) / 60);
    return text(local.toLocalDateTime())
        + offset
        + (minutes % 60 == 0 ? "" : String.format(":%02d", Math.abs(minutes) % 60));
  }
}
