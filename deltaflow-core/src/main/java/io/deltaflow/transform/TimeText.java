package io.deltaflow.transform;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Dates and times as ISO 8601 texts. Read strictly: nothing is guessed from a locale or from this
 * machine's time zone, and no digit is lost.
 */
final class TimeText {
  private static final DateTimeFormatter DATE = formatter("uuuu-MM-dd");
  private static final DateTimeFormatter TIME = formatter("HH:mm:ss.SSSSSS");
  private static final DateTimeFormatter DATE_TIME = formatter("uuuu-MM-dd'T'HH:mm:ss.SSSSSS");

  private final String text;
  private final String expected;
  private int at;

  private TimeText(String text, String expected) {
    this.text = text.strip();
    this.expected = expected;
  }

  private static DateTimeFormatter formatter(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ROOT);
  }

  static String of(LocalDate value) {
    return DATE.format(value);
  }

  static String of(LocalTime value) {
    return TIME.format(value);
  }

  static String of(LocalDateTime value) {
    return DATE_TIME.format(value);
  }

  static String of(Instant value) {
    return DATE_TIME.format(LocalDateTime.ofInstant(value, ZoneOffset.UTC)) + "Z";
  }

  /**
   * @throws DateTimeException that says what is expected; so all of these
   */
  static LocalDate date(String text) {
    TimeText in = new TimeText(text, "date such as 2024-01-31");
    LocalDate date = in.date();
    in.end();
    return date;
  }

  static LocalTime time(String text) {
    TimeText in = new TimeText(text, "time such as 13:45:00.123456");
    LocalTime time = in.time();
    in.end();
    return time;
  }

  static LocalDateTime dateTime(String text) {
    TimeText in =
        new TimeText(text, "date and time without a zone, such as 2024-01-31T13:45:00.123456");
    LocalDateTime value = in.dateTime();
    in.end();
    return value;
  }

  /** Without a zone or offset it is UTC, as in BigQuery. */
  static Instant timestamp(String text) {
    TimeText in =
        new TimeText(
            text, "timestamp such as 2024-01-31T13:45:00.123456+01:00 (without an offset: UTC)");
    LocalDateTime local = in.dateTime();
    ZoneOffset offset = in.offset();
    in.end();
    Instant value = local.toInstant(offset);
    int year = offset == ZoneOffset.UTC ? 1 : value.atOffset(ZoneOffset.UTC).getYear();
    if (year < 1 || year > 9999) {
      throw in.wrong();
    }
    return value;
  }

  private LocalDateTime dateTime() {
    LocalDate date = date();
    if (at == text.length()) {
      return date.atStartOfDay();
    }
    if (text.charAt(at) != 'T' && text.charAt(at) != 't' && text.charAt(at) != ' ') {
      throw wrong();
    }
    at++;
    return date.atTime(time());
  }

  private LocalDate date() {
    int year = digits(4);
    take('-');
    int month = digits(2);
    take('-');
    int day = digits(2);
    if (year == 0) {
      throw wrong();
    }
    try {
      return LocalDate.of(year, month, day);
    } catch (DateTimeException e) {
      throw new DateTimeException("no " + expected + ": " + e.getMessage(), e);
    }
  }

  private LocalTime time() {
    int hour = digits(2);
    take(':');
    int minute = digits(2);
    int second = 0;
    int nano = 0;
    if (has(':')) {
      at++;
      second = digits(2);
      if (has('.')) {
        at++;
        nano = fraction();
      }
    }
    if (hour > 23 || minute > 59 || second > 59) {
      throw wrong();
    }
    return LocalTime.of(hour, minute, second, nano);
  }

  private int fraction() {
    int start = at;
    int micros = 0;
    while (at < text.length() && isDigit(text.charAt(at))) {
      int digit = text.charAt(at) - '0';
      if (at - start < 6) {
        micros = micros * 10 + digit;
      } else if (digit != 0) {
        throw new DateTimeException(
            "finer than a microsecond, which is the finest that BigQuery holds");
      }
      at++;
    }
    if (at == start) {
      throw wrong();
    }
    for (int i = at - start; i < 6; i++) {
      micros *= 10;
    }
    return micros * 1000;
  }

  private ZoneOffset offset() {
    if (at == text.length()) {
      return ZoneOffset.UTC;
    }
    if (has(' ')) {
      at++;
    }
    String rest = text.substring(at);
    if (rest.equalsIgnoreCase("Z") || rest.equals("UTC")) {
      at = text.length();
      return ZoneOffset.UTC;
    }
    if (!has('+') && !has('-')) {
      throw wrong();
    }
    int sign = text.charAt(at++) == '-' ? -1 : 1;
    int hours = digits(2);
    int minutes = 0;
    if (at < text.length()) {
      if (has(':')) {
        at++;
      }
      minutes = digits(2);
    }
    if (hours > 18 || minutes > 59 || hours == 18 && minutes > 0) {
      throw wrong();
    }
    return ZoneOffset.ofTotalSeconds(sign * (hours * 3600 + minutes * 60));
  }

  private int digits(int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      if (at == text.length() || !isDigit(text.charAt(at))) {
        throw wrong();
      }
      value = value * 10 + (text.charAt(at++) - '0');
    }
    return value;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private boolean has(char c) {
    return at < text.length() && text.charAt(at) == c;
  }

  private void take(char c) {
    if (!has(c)) {
      throw wrong();
    }
    at++;
  }

  private void end() {
    if (at != text.length()) {
      throw wrong();
    }
  }

  private DateTimeException wrong() {
    return new DateTimeException("no " + expected);
  }
}
