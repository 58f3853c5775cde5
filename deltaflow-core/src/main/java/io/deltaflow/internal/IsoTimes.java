package io.deltaflow.internal;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Dates and times as text, always in one form: BigQuery takes no time without seconds. */
final class IsoTimes {
  private static final DateTimeFormatter DATE = formatter("uuuu-MM-dd");
  private static final DateTimeFormatter TIME = formatter("HH:mm:ss.SSSSSS");
  private static final DateTimeFormatter DATE_TIME = formatter("uuuu-MM-dd'T'HH:mm:ss.SSSSSS");

  private IsoTimes() {}

  private static DateTimeFormatter formatter(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ROOT);
  }

  static String date(long epochDay) {
    return LocalDate.ofEpochDay(epochDay).format(DATE);
  }

  static String time(long microsOfDay) {
    return LocalTime.ofNanoOfDay(microsOfDay * 1000).format(TIME);
  }

  static String dateTime(long localMicros) {
    return LocalDateTime.ofEpochSecond(
            Math.floorDiv(localMicros, 1_000_000L),
            (int) Math.floorMod(localMicros, 1_000_000L) * 1000,
            ZoneOffset.UTC)
        .format(DATE_TIME);
  }
}
