package io.deltaflow.emulator;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.util.Locale;

/** FORMAT_TIMESTAMP, PARSE_TIMESTAMP and their like, for the common format elements. */
final class TimeFormats {
  private TimeFormats() {}

  /**
   * @param zone empty for a value without one
   */
  static String format(String format, long micros, String zone) {
    ZonedDateTime time =
        SqlLiteral.instant(micros).atZone(zone.isEmpty() ? ZoneOffset.UTC : TextCasts.zone(zone));
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      if (format.charAt(i) != '%') {
        out.append(format.charAt(i));
        continue;
      }
      String element = elementAt(format, i);
      i += element.length();
      out.append(formatted(element, time, format));
    }
    return out.toString();
  }

  /** The element after a percent sign: a letter, or E and what belongs to it. */
  private static String elementAt(String format, int percent) {
    int end = percent + 2;
    if (end > format.length()) {
      throw BigQueryError.unsupported("the time format " + format);
    }
    if (format.charAt(percent + 1) == 'E') {
      end = Math.min(percent + 4, format.length());
      if (end - percent > 3
          && format.charAt(percent + 2) != '*'
          && !Character.isDigit(format.charAt(percent + 2))) {
        end--;
      }
    }
    return format.substring(percent + 1, end);
  }

  private static String formatted(String element, ZonedDateTime time, String format) {
    switch (element) {
      case "%":
        return "%";
      case "Y":
        return String.valueOf(time.getYear());
      case "E4Y":
        return String.format("%04d", time.getYear());
      case "y":
        return String.format("%02d", Math.floorMod(time.getYear(), 100));
      case "m":
        return String.format("%02d", time.getMonthValue());
      case "d":
        return String.format("%02d", time.getDayOfMonth());
      case "e":
        return String.format("%2d", time.getDayOfMonth());
      case "j":
        return String.format("%03d", time.getDayOfYear());
      case "H":
        return String.format("%02d", time.getHour());
      case "I":
        return String.format("%02d", (time.getHour() + 11) % 12 + 1);
      case "p":
        return time.getHour() < 12 ? "AM" : "PM";
      case "M":
        return String.format("%02d", time.getMinute());
      case "S":
        return String.format("%02d", time.getSecond());
      case "E*S":
        return TextCasts.text(time.toLocalTime()).substring(6).replaceAll("(\\.[0-9]*?)0+$", "$1");
      case "E3S":
        return String.format("%02d.%03d", time.getSecond(), time.getNano() / 1_000_000);
      case "E6S":
        return String.format("%02d.%06d", time.getSecond(), time.getNano() / 1_000);
      case "F":
        return format("%E4Y-%m-%d", time);
      case "T":
      case "X":
        return format("%H:%M:%S", time);
      case "R":
        return format("%H:%M", time);
      case "D":
      case "x":
        return format("%m/%d/%y", time);
      case "b":
      case "h":
        return time.getMonth().getDisplayName(TextStyle.SHORT, Locale.ROOT);
      case "B":
        return time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case "a":
        return time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
      case "A":
        return time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case "s":
        return String.valueOf(time.toEpochSecond());
      case "Z":
        return time.getOffset().getTotalSeconds() == 0 ? "UTC" : "UTC" + offset(time, "");
      case "z":
        return offset(time, "");
      case "Ez":
        return offset(time, ":");
      default:
        throw BigQueryError.unsupported(
            "the element %" + element + " of the time format " + format);
    }
  }

  private static String format(String format, ZonedDateTime time) {
    return format(format, SqlLiteral.micros(time.toLocalDateTime().toInstant(ZoneOffset.UTC)), "");
  }

  private static String offset(ZonedDateTime time, String separator) {
    int minutes = time.getOffset().getTotalSeconds() / 60;
    return String.format(
        "%s%02d%s%02d",
        minutes < 0 ? "-" : "+", Math.abs(minutes) / 60, separator, Math.abs(minutes) % 60);
  }

  /**
   * The microseconds since 1970 of a text; what the format leaves out is that of 1970-01-01
   * 00:00:00.
   */
  static long parse(String format, String text, String zone) {
    return new Parsing(format, text, TextCasts.zone(zone)).micros();
  }

  private static final class Parsing {
    private final String format;
    private final String text;
    private ZoneId zone;
    private int at;
    private int year = 1970;
    private int month = 1;
    private int day = 1;
    private int hour;
    private int minute;
    private int second;
    private int nanos;

    Parsing(String format, String text, ZoneId zone) {
      this.format = format;
      this.text = text;
      this.zone = zone;
    }

    long micros() {
      elements(format);
      if (at != text.length()) {
        throw mismatch();
      }
      try {
        LocalDateTime local =
            LocalDateTime.of(
                LocalDate.of(year, month, day), LocalTime.of(hour, minute, second, nanos));
        Instant instant = local.atZone(zone).toInstant();
        return SqlLiteral.micros(TextCasts.checked(instant));
      } catch (java.time.DateTimeException e) {
        throw mismatch();
      }
    }

    private BigQueryError mismatch() {
      return BigQueryError.invalidQuery("Failed to parse input string \"" + text + "\"");
    }

    private void elements(String format) {
      for (int i = 0; i < format.length(); i++) {
        if (format.charAt(i) != '%') {
          literal(format.charAt(i));
          continue;
        }
        String element = elementAt(format, i);
        i += element.length();
        element(element);
      }
    }

    private void literal(char c) {
      if (Character.isWhitespace(c)) {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
          at++;
        }
      } else if (at < text.length() && text.charAt(at) == c) {
        at++;
      } else {
        throw mismatch();
      }
    }

    private void element(String element) {
      switch (element) {
        case "Y":
        case "E4Y":
          year = number(4);
          break;
        case "m":
          month = number(2);
          break;
        case "d":
          day = number(2);
          break;
        case "H":
          hour = number(2);
          break;
        case "M":
          minute = number(2);
          break;
        case "S":
          second = number(2);
          break;
        case "E*S":
        case "E3S":
        case "E6S":
          second = number(2);
          fraction();
          break;
        case "F":
          elements("%Y-%m-%d");
          break;
        case "T":
          elements("%H:%M:%S");
          break;
        case "R":
          elements("%H:%M");
          break;
        case "z":
        case "Ez":
        case "Z":
          zone();
          break;
        default:
          throw BigQueryError.unsupported(
              "the element %" + element + " of the time format " + format);
      }
    }

    private int number(int digits) {
      int start = at;
      while (at < text.length() && at - start < digits && Character.isDigit(text.charAt(at))) {
        at++;
      }
      if (start == at) {
        throw mismatch();
      }
      return Integer.parseInt(text.substring(start, at));
    }

    private void fraction() {
      if (at < text.length() && text.charAt(at) == '.') {
        int start = ++at;
        int value = number(9);
        nanos = value * (int) Math.pow(10, 9 - (at - start)) / 1000 * 1000;
      }
    }

    private void zone() {
      int start = at;
      while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      String name = text.substring(start, at);
      zone = name.equals("Z") ? ZoneOffset.UTC : TextCasts.zone(name);
    }
  }
}
