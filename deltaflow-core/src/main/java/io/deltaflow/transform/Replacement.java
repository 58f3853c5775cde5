package io.deltaflow.transform;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A pattern and what replaces its matches, with {@code \1}, {@code \g<1>} and {@code \g<name>} for
 * groups as in Python and BigQuery; a dollar sign is a dollar sign.
 */
final class Replacement {
  private final Pattern pattern;
  private final List<Part> parts;

  private Replacement(Pattern pattern, List<Part> parts) {
    this.pattern = pattern;
    this.parts = parts;
  }

  /** A text, or a group by number, or a group by name. */
  private record Part(String text, int group, String name) {}

  /**
   * @throws IllegalArgumentException when either is wrong
   */
  static Replacement of(String pattern, String replacement) {
    Pattern compiled = pattern(pattern);
    List<Part> parts = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    int i = 0;
    while (i < replacement.length()) {
      char c = replacement.charAt(i++);
      if (c != '\\') {
        text.append(c);
      } else if (i == replacement.length()) {
        throw wrong(replacement, "it ends with a single \\; write \\\\ for one");
      } else {
        i = escape(compiled, replacement, i, text, parts);
      }
    }
    flush(text, parts);
    return new Replacement(compiled, parts);
  }

  /**
   * Java's syntax, and Python's for the name of a group.
   *
   * @throws IllegalArgumentException that says what is wrong and where
   */
  static Pattern pattern(String pattern) {
    try {
      return Pattern.compile(pattern.replace("(?P<", "(?<"));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "the pattern '"
              + pattern
              + "' is no regular expression: "
              + e.getDescription()
              + " near position "
              + e.getIndex(),
          e);
    }
  }

  private static int escape(
      Pattern pattern, String replacement, int at, StringBuilder text, List<Part> parts) {
    char c = replacement.charAt(at);
    if (c == '\\') {
      text.append('\\');
      return at + 1;
    } else if (c == 'n' || c == 't') {
      text.append(c == 'n' ? '\n' : '\t');
      return at + 1;
    } else if (c >= '0' && c <= '9') {
      flush(text, parts);
      parts.add(group(pattern, replacement, String.valueOf(c)));
      return at + 1;
    }
    int end = replacement.indexOf('>', at);
    if (c != 'g' || !replacement.startsWith("g<", at) || end < 0) {
      throw wrong(replacement, "\\" + c + " means nothing; write \\\\ for a \\");
    }
    flush(text, parts);
    parts.add(group(pattern, replacement, replacement.substring(at + 2, end)));
    return end + 1;
  }

  private static Part group(Pattern pattern, String replacement, String reference) {
    Matcher matcher = pattern.matcher("");
    if (reference.matches("[0-9]{1,4}")) {
      int group = Integer.parseInt(reference);
      if (group > matcher.groupCount()) {
        throw wrong(
            replacement,
            "it uses group " + group + ", and the pattern has " + matcher.groupCount());
      }
      return new Part(null, group, null);
    }
    // Until Java 20 a pattern does not tell its names.
    if (!pattern.pattern().contains("(?<" + reference + ">")) {
      throw wrong(replacement, "the pattern has no group named '" + reference + "'");
    }
    return new Part(null, -1, reference);
  }

  private static void flush(StringBuilder text, List<Part> parts) {
    if (text.length() > 0) {
      parts.add(new Part(text.toString(), -1, null));
      text.setLength(0);
    }
  }

  private static IllegalArgumentException wrong(String replacement, String problem) {
    return new IllegalArgumentException("the replacement '" + replacement + "': " + problem);
  }

  String replaceAll(String value) {
    Matcher matcher = pattern.matcher(value);
    if (!matcher.find()) {
      return value;
    }
    StringBuilder out = new StringBuilder(value.length() + 16);
    int end = 0;
    do {
      out.append(value, end, matcher.start());
      for (Part part : parts) {
        append(out, matcher, part);
      }
      end = matcher.end();
    } while (matcher.find());
    return out.append(value, end, value.length()).toString();
  }

  private static void append(StringBuilder out, Matcher matcher, Part part) {
    String text = part.text;
    if (text == null) {
      text = part.name == null ? matcher.group(part.group) : matcher.group(part.name);
    }
    if (text != null) {
      out.append(text);
    }
  }
}
