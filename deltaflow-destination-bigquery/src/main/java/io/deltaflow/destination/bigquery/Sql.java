package io.deltaflow.destination.bigquery;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Names and literals of GoogleSQL. Every text that does not come from this module's own source
 * passes here.
 */
final class Sql {
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS'+00'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Sql() {}

  /** A quoted identifier. */
  static String name(String name) {
    return '`' + escape(name, '`') + '`';
  }

  /** A string literal, or NULL. */
  static String string(String text) {
    return text == null ? "NULL" : '\'' + escape(text, '\'') + '\'';
  }

  /** A string literal whose lines stay lines. */
  static String text(String text) {
    return "\"\"\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"\"\"";
  }

  static String timestamp(Instant instant) {
    return "TIMESTAMP '" + TIMESTAMP.format(instant) + "'";
  }

  private static String escape(String text, char quote) {
    StringBuilder out = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == quote || c == '\\') {
        out.append('\\').append(c);
      } else if (c == '\n') {
        out.append("\\n");
      } else if (c < ' ' || c == 0x7f || c == '\u2028' || c == '\u2029') {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
