package io.deltaflow.source.postgres;

import io.deltaflow.spi.ValueSink;
import io.deltaflow.spi.error.InternalException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** The codecs of scalar types. Each names its column in what it refuses. */
final class Codecs {
  private static final long DAYS_TO_2000 = 10_957;
  private static final long MICROS_PER_DAY = 86_400_000_000L;
  private static final long MICROS_TO_2000 = DAYS_TO_2000 * MICROS_PER_DAY;
  private static final long FIRST_DAY = LocalDate.of(1, 1, 1).toEpochDay();
  private static final long LAST_DAY = LocalDate.of(9999, 12, 31).toEpochDay();
  private static final long FIRST_MICRO = FIRST_DAY * MICROS_PER_DAY - MICROS_TO_2000;
  private static final long LAST_MICRO = (LAST_DAY + 1) * MICROS_PER_DAY - 1 - MICROS_TO_2000;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private Codecs() {}

  static Codec bool(String column) {
    return (b, at, n, sink) -> {
      expect(column, n, 1);
      sink.appendBoolean(b[at] != 0);
    };
  }

  static Codec int16(String column) {
    return (b, at, n, sink) -> {
      expect(column, n, 2);
      sink.appendInt64(Bytes.int16(b, at));
    };
  }

  static Codec int32(String column) {
    return (b, at, n, sink) -> {
      expect(column, n, 4);
      sink.appendInt64(Bytes.int32(b, at));
    };
  }

  static Codec int64(String column) {
    return (b, at, n, sink) -> {
      expect(column, n, 8);
      sink.appendInt64(Bytes.int64(b, at));
    };
  }

  /** oid, the one unsigned number. */
  static Codec unsigned32(String column) {
    return (b, at, n, sink) -> {
      expect(column, n, 4);
      sink.appendInt64(Integer.toUnsignedLong(Bytes.int32(b, at)));
    };
  }

  static Codec float32(String column) {
    return (b, at, n, sink) -> {
      expect(column, n, 4);
      sink.appendFloat64(Float.intBitsToFloat(Bytes.int32(b, at)));
    };
  }

  static Codec float64(String column) {
    return (b, at, n, sink) -> {
      expect(column, n, 8);
      sink.appendFloat64(Double.longBitsToDouble(Bytes.int64(b, at)));
    };
  }

  /** The server has checked it, since it converts to the client's encoding. */
  static Codec utf8() {
    return (b, at, n, sink) -> sink.appendUtf8(b, at, n);
  }

  /** A version byte, then the text. */
  static Codec jsonb(String column) {
    return (b, at, n, sink) -> {
      if (n < 1 || b[at] != 1) {
        throw new InternalException(
            "column '"
                + column
                + "': jsonb of version "
                + (n < 1 ? "none" : b[at])
                + ", expected 1");
      }
      sink.appendUtf8(b, at + 1, n - 1);
    };
  }

  static Codec bytes() {
    return (b, at, n, sink) -> sink.appendBytes(b, at, n);
  }

  static Codec uuid(String column) {
    byte[] text = new byte[36];
    return (b, at, n, sink) -> {
      expect(column, n, 16);
      int to = 0;
      for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
          text[to++] = '-';
        }
        text[to++] = HEX[(b[at + i] >> 4) & 15];
        text[to++] = HEX[b[at + i] & 15];
      }
      sink.appendUtf8(text, 0, 36);
    };
  }

  static Codec date(String column) {
    return (b, at, n, sink) -> {
      expect(column, n, 4);
      int days = Bytes.int32(b, at);
      long epochDay = days + DAYS_TO_2000;
      if (epochDay < FIRST_DAY || epochDay > LAST_DAY) {
        String value =
            days == Integer.MAX_VALUE
                ? "infinity"
                : days == Integer.MIN_VALUE
                    ? "-infinity"
                    : LocalDate.ofEpochDay(epochDay).toString();
        outOfRange(column, value, sink);
      } else {
        sink.appendDate(epochDay);
      }
    };
  }

  static Codec time(String column) {
    return (b, at, n, sink) -> {
      expect(column, n, 8);
      long micros = Bytes.int64(b, at);
      if (micros >= MICROS_PER_DAY) {
        sink.appendUnfit(
            column, "24:00:00", "24:00:00 is not a time of day; the last one is 23:59:59.999999");
      } else {
        sink.appendTime(micros);
      }
    };
  }

  static Codec dateTime(String column) {
    return (b, at, n, sink) -> {
      expect(column, n, 8);
      long since2000 = Bytes.int64(b, at);
      if (isInRange(column, since2000, sink)) {
        sink.appendDateTime(since2000 + MICROS_TO_2000);
      }
    };
  }

  static Codec timestamp(String column) {
    return (b, at, n, sink) -> {
      expect(column, n, 8);
      long since2000 = Bytes.int64(b, at);
      if (isInRange(column, since2000, sink)) {
        sink.appendTimestamp(since2000 + MICROS_TO_2000);
      }
    };
  }

  private static boolean isInRange(String column, long since2000, ValueSink sink) {
    if (since2000 >= FIRST_MICRO && since2000 <= LAST_MICRO) {
      return true;
    }
    String value =
        since2000 == Long.MAX_VALUE
            ? "infinity"
            : since2000 == Long.MIN_VALUE ? "-infinity" : year2000Plus(since2000);
    outOfRange(column, value, sink);
    return false;
  }

  private static String year2000Plus(long micros) {
    return LocalDateTime.of(LocalDate.of(2000, 1, 1), LocalTime.MIDNIGHT)
        .atOffset(ZoneOffset.UTC)
        .toLocalDateTime()
        .plus(micros, ChronoUnit.MICROS)
        .toString();
  }

  private static void outOfRange(String column, String value, ValueSink sink) {
    sink.appendUnfit(
        column, value, value + " is outside 0001-01-01 to 9999-12-31 (ISO 8601 years: 0 is 1 BC)");
  }

  static void expect(String column, int found, int expected) {
    if (found != expected) {
      throw new InternalException(
          "column '" + column + "': a value of " + found + " bytes, expected " + expected);
    }
  }
}
