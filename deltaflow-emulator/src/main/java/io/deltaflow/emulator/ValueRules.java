package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.TableFieldSchema;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What a column accepts, by its type and parameters. Each method throws {@link LoadError} on what
 * it refuses.
 */
final class ValueRules {
  static final long MIN_MICROS = -62_135_596_800_000_000L;
  static final long MAX_MICROS = 253_402_300_799_999_999L;
  private static final long MIN_DAYS = -719_162;
  private static final long MAX_DAYS = 2_932_896;
  static final long MICROS_PER_DAY = 86_400_000_000L;

  private ValueRules() {}

  /**
   * The value in the column's scale. A column with parameters rounds half away from zero, as
   * BigQuery does; one without refuses what would lose digits.
   */
  static BigDecimal decimal(TableFieldSchema field, BigDecimal value) {
    BigDecimal exact = value;
    if (field.getPrecision() != null) {
      int scale = field.getScale() == null ? 0 : field.getScale().intValue();
      exact = value.setScale(scale, RoundingMode.HALF_UP);
      if (exact.precision() - exact.scale() > field.getPrecision() - scale && exact.signum() != 0) {
        throw new LoadError(
            "Invalid "
                + field.getType()
                + " value: "
                + field.getName()
                + " has precision "
                + field.getPrecision()
                + " and scale "
                + scale
                + " but got a value that is not in range: "
                + value);
      }
    }
    boolean big = field.getType().equals("BIGNUMERIC");
    BigDecimal fitted = big ? BigNumerics.toBigNumeric(exact) : BigNumerics.toNumeric(exact);
    if (fitted == null || fitted.compareTo(exact) != 0) {
      throw new LoadError(
          "Invalid " + field.getType() + " value: " + value + " Field: " + field.getName());
    }
    return fitted;
  }

  static byte[] utf8(TableFieldSchema field, byte[] text) {
    int characters = characters(field, text);
    if (field.getMaxLength() != null && characters > field.getMaxLength()) {
      throw new LoadError(
          "Field "
              + field.getName()
              + ": Value has length "
              + characters
              + " which is larger than the maximum length "
              + field.getMaxLength());
    }
    return text;
  }

  private static int characters(TableFieldSchema field, byte[] text) {
    for (byte b : text) {
      if (b < 0) {
        try {
          CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
          return Character.codePointCount(decoded, 0, decoded.length());
        } catch (CharacterCodingException e) {
          throw new LoadError("Invalid UTF-8 in the value of field " + field.getName());
        }
      }
    }
    return text.length;
  }

  static byte[] geography(TableFieldSchema field, byte[] text) {
    Geographies.check(field.getName(), new String(utf8(field, text), StandardCharsets.UTF_8));
    return text;
  }

  static byte[] bytes(TableFieldSchema field, byte[] value) {
    if (field.getMaxLength() != null && value.length > field.getMaxLength()) {
      throw new LoadError(
          "Field "
              + field.getName()
              + ": Value has length "
              + value.length
              + " which is larger than the maximum length "
              + field.getMaxLength());
    }
    return value;
  }

  static byte[] json(TableFieldSchema field, String text) {
    try {
      return JsonText.normalized(text).getBytes(StandardCharsets.UTF_8);
    } catch (BigQueryError e) {
      throw new LoadError("Invalid JSON value in field " + field.getName() + ": " + e.getMessage());
    }
  }

  static long micros(TableFieldSchema field, long micros) {
    if (micros < MIN_MICROS || micros > MAX_MICROS) {
      throw new LoadError(
          "Invalid "
              + field.getType().toLowerCase(Locale.ROOT)
              + " value: "
              + micros
              + " microseconds are not in the years 1 to 9999. Field: "
              + field.getName());
    }
    return micros;
  }

  static int days(TableFieldSchema field, long days) {
    if (days < MIN_DAYS || days > MAX_DAYS) {
      throw new LoadError(
          "Invalid date value: "
              + days
              + " days are not in the years 1 to 9999. Field: "
              + field.getName());
    }
    return (int) days;
  }

  static long timeOfDay(TableFieldSchema field, long micros) {
    if (micros < 0 || micros >= MICROS_PER_DAY) {
      throw new LoadError(
          "Invalid time value: " + micros + " microseconds. Field: " + field.getName());
    }
    return micros;
  }
}
