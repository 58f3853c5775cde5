package io.deltaflow.emulator;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAdjusters;

/**
 * Calendar arithmetic on days and microseconds since 1970, by the names of GoogleSQL's date parts.
 */
final class DateMath {
  private DateMath() {}

  static long day(long year, long month, long day) {
    try {
      return TextCasts.checked(
              LocalDate.of(Math.toIntExact(year), Math.toIntExact(month), Math.toIntExact(day)))
          .toEpochDay();
    } catch (ArithmeticException | java.time.DateTimeException | BigQueryError e) {
      throw BigQueryError.invalidQuery(
          "Input calculates to invalid date: " + year + "-" + month + "-" + day);
    }
  }

  static long clock(long hour, long minute, long second) {
    try {
      return LocalTime.of(Math.toIntExact(hour), Math.toIntExact(minute), Math.toIntExact(second))
              .toNanoOfDay()
          / 1000;
    } catch (ArithmeticException | java.time.DateTimeException e) {
      throw BigQueryError.invalidQuery(
          "Input calculates to invalid time: " + hour + ":" + minute + ":" + second);
    }
  }

  static long addDay(long day, long amount, String part) {
    try {
      return TextCasts.checked(
              shifted(LocalDate.ofEpochDay(day).atStartOfDay(), amount, part).toLocalDate())
          .toEpochDay();
    } catch (ArithmeticException | java.time.DateTimeException | BigQueryError e) {
      throw overflow("date " + LocalDate.ofEpochDay(day), amount, part);
    }
  }

  /** Adds to a TIMESTAMP, for which a day has 24 hours. */
  static long addMicros(long micros, long amount, String part) {
    try {
      long sum = Math.addExact(micros, Math.multiplyExact(amount, micros(part)));
      return SqlLiteral.micros(TextCasts.checked(SqlLiteral.instant(sum)));
    } catch (ArithmeticException | BigQueryError e) {
      throw overflow(
          "timestamp " + TextCasts.text(SqlLiteral.instant(micros), ZoneOffset.UTC), amount, part);
    }
  }

  static long addLocal(long micros, long amount, String part) {
    try {
      Instant sum = shifted(local(micros), amount, part).toInstant(ZoneOffset.UTC);
      return SqlLiteral.micros(TextCasts.checked(sum));
    } catch (ArithmeticException | java.time.DateTimeException | BigQueryError e) {
      throw overflow("datetime " + TextCasts.text(local(micros)), amount, part);
    }
  }

  private static BigQueryError overflow(String value, long amount, String part) {
    return BigQueryError.invalidQuery(
        "Adding " + amount + " " + part + " to " + value + " causes overflow");
  }

  private static LocalDateTime shifted(LocalDateTime value, long amount, String part) {
    switch (part) {
      case "YEAR":
        return value.plusYears(amount);
      case "QUARTER":
        return value.plusMonths(Math.multiplyExact(amount, 3));
      case "MONTH":
        return value.plusMonths(amount);
      case "WEEK":
        return value.plusWeeks(amount);
      case "DAY":
        return value.plusDays(amount);
      default:
        return value.plus(Math.multiplyExact(amount, micros(part)), ChronoUnit.MICROS);
    }
  }

  private static long micros(String part) {
    switch (part) {
      case "MICROSECOND":
        return 1;
      case "MILLISECOND":
        return 1_000;
      case "SECOND":
        return 1_000_000;
      case "MINUTE":
        return 60_000_000L;
      case "HOUR":
        return 3_600_000_000L;
      case "DAY":
        return 86_400_000_000L;
      default:
        throw BigQueryError.unsupported("the date part " + part + " here");
    }
  }

  private static LocalDateTime local(long micros) {
    return SqlLiteral.instant(micros).atOffset(ZoneOffset.UTC).toLocalDateTime();
  }

  private static long micros(LocalDateTime local) {
    return SqlLiteral.micros(local.toInstant(ZoneOffset.UTC));
  }

  static long microsDifference(long later, long earlier, String part) {
    return Math.subtractExact(later, earlier) / micros(part);
  }

  /** The boundaries of the part between two days. */
  static long dayDifference(long later, long earlier, String part) {
    LocalDate to = LocalDate.ofEpochDay(truncateDay(later, part));
    LocalDate from = LocalDate.ofEpochDay(truncateDay(earlier, part));
    switch (part) {
      case "YEAR":
        return to.getYear() - from.getYear();
      case "ISOYEAR":
        return to.get(IsoFields.WEEK_BASED_YEAR) - from.get(IsoFields.WEEK_BASED_YEAR);
      case "QUARTER":
        return ChronoUnit.MONTHS.between(from, to) / 3;
      case "MONTH":
        return ChronoUnit.MONTHS.between(from, to);
      case "DAY":
        return later - earlier;
      default:
        return ChronoUnit.DAYS.between(from, to) / 7;
    }
  }

  static long localDifference(long later, long earlier, String part) {
    switch (part) {
      case "MICROSECOND":
      case "MILLISECOND":
      case "SECOND":
      case "MINUTE":
      case "HOUR":
        long unit = micros(part);
        return Math.floorDiv(later, unit) - Math.floorDiv(earlier, unit);
      default:
        long day = micros("DAY");
        return dayDifference(Math.floorDiv(later, day), Math.floorDiv(earlier, day), part);
    }
  }

  static long truncateDay(long day, String part) {
    LocalDate date = LocalDate.ofEpochDay(day);
    switch (part) {
      case "YEAR":
        return date.withDayOfYear(1).toEpochDay();
      case "QUARTER":
        return date.with(IsoFields.DAY_OF_QUARTER, 1).toEpochDay();
      case "MONTH":
        return date.withDayOfMonth(1).toEpochDay();
      case "DAY":
        return day;
      case "ISOYEAR":
        return LocalDate.of(date.get(IsoFields.WEEK_BASED_YEAR), 1, 4)
            .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
            .toEpochDay();
      default:
        return date.with(TemporalAdjusters.previousOrSame(weekStart(part))).toEpochDay();
    }
  }

  private static DayOfWeek weekStart(String part) {
    switch (part) {
      case "WEEK":
        return DayOfWeek.SUNDAY;
      case "ISOWEEK":
        return DayOfWeek.MONDAY;
      default:
        if (part.startsWith("WEEK_")) {
          return DayOfWeek.valueOf(part.substring(5));
        }
        throw BigQueryError.unsupported("the date part " + part + " here");
    }
  }

  /** Truncates in a time zone. */
  static long truncateLocal(long micros, String part, String zone) {
    long local = zone.equals("UTC") ? micros : toZone(micros, zone);
    long truncated;
    switch (part) {
      case "MICROSECOND":
      case "MILLISECOND":
      case "SECOND":
      case "MINUTE":
      case "HOUR":
        long unit = micros(part);
        // In the zone's offset, so that an hour that comes twice keeps its own start.
        return micros - Math.floorMod(local, unit);
      default:
        long day = Math.floorDiv(local, micros("DAY"));
        truncated = truncateDay(day, part) * micros("DAY");
        return zone.equals("UTC") ? truncated : fromZone(truncated, zone);
    }
  }

  static long toZone(long micros, String zone) {
    return micros(SqlLiteral.instant(micros).atZone(TextCasts.zone(zone)).toLocalDateTime());
  }

  static long fromZone(long micros, String zone) {
    return SqlLiteral.micros(local(micros).atZone(TextCasts.zone(zone)).toInstant());
  }

  static long extract(long micros, String part) {
    LocalDateTime value = local(micros);
    LocalDate date = value.toLocalDate();
    LocalTime time = value.toLocalTime();
    switch (part) {
      case "YEAR":
        return date.getYear();
      case "QUARTER":
        return date.get(IsoFields.QUARTER_OF_YEAR);
      case "MONTH":
        return date.getMonthValue();
      case "DAY":
        return date.getDayOfMonth();
      case "DAYOFWEEK":
        return date.getDayOfWeek().getValue() % 7 + 1;
      case "DAYOFYEAR":
        return date.getDayOfYear();
      case "ISOYEAR":
        return date.get(IsoFields.WEEK_BASED_YEAR);
      case "ISOWEEK":
        return date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
      case "WEEK":
        LocalDate firstSunday =
            LocalDate.of(date.getYear(), 1, 1).with(TemporalAdjusters.nextOrSame(DayOfWeek.SUNDAY));
        return date.isBefore(firstSunday) ? 0 : ChronoUnit.DAYS.between(firstSunday, date) / 7 + 1;
      case "HOUR":
        return time.getHour();
      case "MINUTE":
        return time.getMinute();
      case "SECOND":
        return time.getSecond();
      case "MILLISECOND":
        return time.getNano() / 1_000_000;
      case "MICROSECOND":
        return time.getNano() / 1_000;
      default:
        throw BigQueryError.unsupported("EXTRACT of " + part);
    }
  }
}
