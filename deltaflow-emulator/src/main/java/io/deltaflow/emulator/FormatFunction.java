package io.deltaflow.emulator;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** FORMAT() of the common specifiers; arguments come as {@code INT64:42}, or NULL. */
final class FormatFunction {
  private static final Pattern SPECIFIER =
      Pattern.compile("%([-+ 0']*)([0-9]+)?(?:\\.([0-9]+))?([a-zA-Z%])");

  private FormatFunction() {}

  static Object of(Object[] arguments) {
    String format = (String) arguments[0];
    if (format == null) {
      return null;
    }
    StringBuilder out = new StringBuilder();
    Matcher matcher = SPECIFIER.matcher(format);
    int end = 0;
    int next = 1;
    while (matcher.find(end)) {
      if (format.substring(end, matcher.start()).contains("%")) {
        throw BigQueryError.unsupported("the format string " + format);
      }
      out.append(format, end, matcher.start());
      end = matcher.end();
      if (matcher.group(4).equals("%")) {
        out.append('%');
        continue;
      }
      if (next >= arguments.length) {
        throw BigQueryError.invalidQuery(
            "Too few arguments to FORMAT for pattern \"" + format + "\"");
      }
      String argument = (String) arguments[next++];
      char conversion = matcher.group(4).charAt(0);
      if (argument == null && conversion != 't' && conversion != 'T') {
        return null;
      }
      out.append(padded(value(argument, conversion, matcher), matcher));
    }
    if (next < arguments.length) {
      throw BigQueryError.invalidQuery(
          "Too many arguments to FORMAT for pattern \"" + format + "\"");
    }
    String rest = format.substring(end);
    if (rest.contains("%")) {
      throw BigQueryError.unsupported("the format string " + format);
    }
    return out.append(rest).toString();
  }

  private static String value(String argument, char conversion, Matcher specifier) {
    String type = argument == null ? "" : argument.substring(0, argument.indexOf(':'));
    String text = argument == null ? "NULL" : argument.substring(argument.indexOf(':') + 1);
    switch (conversion) {
      case 'd':
      case 'i':
        String sign = specifier.group(1).contains("+") && !text.startsWith("-") ? "+" : "";
        return sign + (specifier.group(1).contains("'") ? grouped(text) : text);
      case 's':
        return specifier.group(3) == null
            ? text
            : text.substring(0, Math.min(text.length(), Integer.parseInt(specifier.group(3))));
      case 't':
        return type.equals("FLOAT64") ? floating(text) : text;
      case 'T':
        return literal(type, text);
      case 'f':
      case 'F':
        int scale = specifier.group(3) == null ? 6 : Integer.parseInt(specifier.group(3));
        BigDecimal number = new BigDecimal(text).setScale(scale, RoundingMode.HALF_EVEN);
        return specifier.group(1).contains("'")
            ? grouped(number.toPlainString())
            : number.toPlainString();
      case 'x':
        return Long.toHexString(Long.parseLong(text));
      default:
        throw BigQueryError.unsupported("the format specifier %" + conversion);
    }
  }

  /** A text that GoogleSQL reads as the value. */
  private static String literal(String type, String text) {
    switch (type) {
      case "":
      case "INT64":
      case "BOOL":
        return text;
      case "FLOAT64":
        return Character.isLetter(text.charAt(text.length() - 1))
            ? "CAST(\"" + text + "\" AS FLOAT64)"
            : floating(text);
      case "STRING":
        return quoted(text);
      case "JSON":
        return "JSON " + quoted(text);
      default:
        return type + " \"" + text + "\"";
    }
  }

  private static String floating(String text) {
    return text.matches("-?[0-9]+") ? text + ".0" : text;
  }

  private static String quoted(String text) {
    String quote = text.contains("\"") && !text.contains("'") ? "'" : "\"";
    StringBuilder out = new StringBuilder(quote);
    for (char c : text.toCharArray()) {
      if (c == '\\' || c == quote.charAt(0)) {
        out.append('\\').append(c);
      } else if (c == '\n' || c == '\r' || c == '\t') {
        out.append(c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
      } else if (c < 0x20) {
        out.append(String.format("\\x%02x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append(quote).toString();
  }

  private static String grouped(String number) {
    int point = number.indexOf('.') < 0 ? number.length() : number.indexOf('.');
    return number.substring(0, point).replaceAll("(?<=[0-9])(?=([0-9]{3})+$)", ",")
        + number.substring(point);
  }

  private static String padded(String value, Matcher specifier) {
    if (specifier.group(2) == null) {
      return value;
    }
    int missing = Integer.parseInt(specifier.group(2)) - value.codePointCount(0, value.length());
    if (missing <= 0) {
      return value;
    }
    if (specifier.group(1).contains("-")) {
      return value + " ".repeat(missing);
    }
    if (specifier.group(1).contains("0")) {
      int signs = value.startsWith("-") || value.startsWith("+") ? 1 : 0;
      return value.substring(0, signs) + "0".repeat(missing) + value.substring(signs);
    }
    return " ".repeat(missing) + value;
  }
}
