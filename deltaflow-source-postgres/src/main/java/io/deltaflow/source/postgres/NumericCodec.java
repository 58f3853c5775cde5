package io.deltaflow.source.postgres;

import io.deltaflow.spi.ValueSink;
import java.math.BigDecimal;

/**
 * numeric: groups of four decimal digits, the power of 10,000 of the first group, a sign, and how
 * many digits after the point are shown. Exact, trailing zeros included.
 */
record NumericCodec(String column) implements Codec {
  private static final int NEGATIVE = 0x4000;
  private static final int NAN = 0xC000;
  private static final int INFINITY = 0xD000;
  private static final int NEGATIVE_INFINITY = 0xF000;
  private static final long[] TEN = powersOfTen();

  @Override
  public void decode(byte[] b, int at, int length, ValueSink sink) {
    int groups = Bytes.int16(b, at);
    int weight = Bytes.int16(b, at + 2);
    int sign = Bytes.int16(b, at + 4) & 0xFFFF;
    int scale = Bytes.int16(b, at + 6);
    Codecs.expect(column, length, 8 + 2 * groups);
    if (sign != 0 && sign != NEGATIVE) {
      sink.appendUnfit(
          column, special(sign), special(sign) + " is not a number that NUMERIC can hold");
      return;
    }
    boolean negative = sign == NEGATIVE;
    if (groups == 0) {
      sink.appendNumeric(0, scale);
    } else if (fitsLong(groups, weight, scale)) {
      long value = small(b, at + 8, groups, weight, scale);
      sink.appendNumeric(negative ? -value : value, scale);
    } else {
      sink.appendNumeric(large(b, at + 8, groups, weight, scale, negative));
    }
  }

  private static String special(int sign) {
    switch (sign) {
      case NAN:
        return "NaN";
      case INFINITY:
        return "Infinity";
      case NEGATIVE_INFINITY:
        return "-Infinity";
      default:
        return "a numeric with sign bits " + Integer.toHexString(sign);
    }
  }

  /** Whether all groups, and the value with its scale applied, have at most 18 digits. */
  private static boolean fitsLong(int groups, int weight, int scale) {
    return groups <= 4 && 4 * (weight + 1) + scale <= 18;
  }

  private static long small(byte[] b, int at, int groups, int weight, int scale) {
    long value = 0;
    for (int i = 0; i < groups; i++) {
      value = value * 10_000 + Bytes.int16(b, at + 2 * i);
    }
    int surplus = 4 * (groups - 1 - weight) - scale;
    return surplus >= 0 ? value / power(surplus) : value * TEN[-surplus];
  }

  private static long power(int exponent) {
    return exponent < TEN.length ? TEN[exponent] : Long.MAX_VALUE;
  }

  private static BigDecimal large(
      byte[] b, int at, int groups, int weight, int scale, boolean negative) {
    StringBuilder digits = new StringBuilder(4 * groups + 20);
    if (negative) {
      digits.append('-');
    }
    for (int i = 0; i < groups; i++) {
      int group = Bytes.int16(b, at + 2 * i);
      digits
          .append((char) ('0' + group / 1000))
          .append((char) ('0' + group / 100 % 10))
          .append((char) ('0' + group / 10 % 10))
          .append((char) ('0' + group % 10));
    }
    digits.append('E').append(4 * (weight + 1 - groups));
    // The digits beyond the scale are the padding of the last group.
    return new BigDecimal(digits.toString()).setScale(scale);
  }

  private static long[] powersOfTen() {
    long[] powers = new long[19];
    powers[0] = 1;
    for (int i = 1; i < powers.length; i++) {
      powers[i] = 10 * powers[i - 1];
    }
    return powers;
  }
}
