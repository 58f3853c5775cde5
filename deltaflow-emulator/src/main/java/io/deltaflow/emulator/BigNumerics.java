package io.deltaflow.emulator;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/** NUMERIC and BIGNUMERIC as BigQuery bounds and rounds them; BIGNUMERIC also as text. */
final class BigNumerics {
  private static final int NUMERIC_SCALE = 9;
  private static final int BIG_SCALE = 38;
  private static final BigInteger NUMERIC_LIMIT = BigInteger.TEN.pow(38);
  private static final BigInteger BIG_MAX = BigInteger.TWO.pow(255).subtract(BigInteger.ONE);
  private static final BigInteger BIG_MIN = BigInteger.TWO.pow(255).negate();
  private static final int KEY_DIGITS = 77;

  private BigNumerics() {}

  /** The one text form of a value, in which equal values are equal texts. */
  static String text(BigDecimal value) {
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }

  /** Rounds to NUMERIC's scale, half away from zero; null when it overflows. */
  static BigDecimal toNumeric(BigDecimal value) {
    BigDecimal rounded = value.setScale(NUMERIC_SCALE, RoundingMode.HALF_UP);
    return rounded.unscaledValue().abs().compareTo(NUMERIC_LIMIT) < 0 ? rounded : null;
  }

  /** Rounds to BIGNUMERIC's scale, half away from zero; null when it overflows. */
  static BigDecimal toBigNumeric(BigDecimal value) {
    BigDecimal rounded = value.setScale(BIG_SCALE, RoundingMode.HALF_UP);
    BigInteger unscaled = rounded.unscaledValue();
    return unscaled.compareTo(BIG_MAX) <= 0 && unscaled.compareTo(BIG_MIN) >= 0 ? rounded : null;
  }

  /** A text that sorts as the number does. */
  static String sortKey(String text) {
    BigInteger unscaled = new BigDecimal(text).setScale(BIG_SCALE).unscaledValue();
    // Shifted by the largest magnitude, so that all keys are of one sign and one width.
    String digits = unscaled.add(BigInteger.TEN.pow(KEY_DIGITS)).toString();
    return "0".repeat(KEY_DIGITS + 1 - digits.length()) + digits;
  }
}
