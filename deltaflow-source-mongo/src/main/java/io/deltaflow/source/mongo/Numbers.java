package io.deltaflow.source.mongo;

/** Which number is which. */
final class Numbers {
  private static final double TWO_TO_63 = 0x1p63;

  private Numbers() {}

  /** Whether the number as a double is the same number. */
  static boolean isExactDouble(long value) {
    double d = value;
    return d != TWO_TO_63 && (long) d == value;
  }

  /** Whether the number is a whole one that a long can hold. */
  static boolean isExactLong(double value) {
    return value >= -TWO_TO_63 && value < TWO_TO_63 && value == Math.rint(value);
  }
}
