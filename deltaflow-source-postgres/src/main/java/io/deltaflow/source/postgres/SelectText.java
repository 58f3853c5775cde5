package io.deltaflow.source.postgres;

import io.deltaflow.source.postgres.SqlText.Kind;
import io.deltaflow.source.postgres.SqlText.Part;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks that a user's text is one SELECT that may stand in parentheses. */
final class SelectText {
  private static final Set<String> READS = Set.of("SELECT", "WITH", "VALUES", "TABLE");
  private static final Pattern WORD = Pattern.compile("[A-Za-z_]+");

  private SelectText() {}

  /**
   * The text without trailing semicolons.
   *
   * @param flag the option, as typed
   */
  static String check(String flag, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new ConfigurationException(flag + ": the query contains a NUL character");
    }
    List<Part> parts;
    try {
      parts = SqlText.parts(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(flag + ": " + e.getMessage(), e);
    }
    List<Part> kept = withoutTrailingSemicolons(parts);
    if (kept.stream().allMatch(p -> p.kind() == Kind.COMMENT || p.text().isBlank())) {
      throw new ConfigurationException(
          flag + ": Query cannot be empty; expected one SELECT, found " + found(text));
    }
    checkParentheses(flag, kept);
    checkFirstWord(flag, kept);
    return SqlText.join(kept).strip();
  }

  /**
   * A checked text with one space for every run of white space and comments; strings and quoted
   * names stay as they are.
   */
  static String normalised(String text) {
    StringBuilder all = new StringBuilder();
    for (Part part : SqlText.parts(text)) {
      String piece =
          switch (part.kind()) {
            case CODE -> part.text().replaceAll("\\s+", " ");
            case COMMENT -> " ";
            default -> part.text();
          };
      boolean spaced = all.length() > 0 && all.charAt(all.length() - 1) == ' ';
      all.append(spaced && piece.startsWith(" ") ? piece.substring(1) : piece);
    }
    return all.toString().strip();
  }

  private static String found(String text) {
    return text.isBlank() ? "nothing" : "'" + text.strip() + "'";
  }

  private static List<Part> withoutTrailingSemicolons(List<Part> parts) {
    int last = parts.size();
    for (int i = parts.size() - 1; i >= 0; i--) {
      Part part = parts.get(i);
      if (part.kind() == Kind.COMMENT) {
        continue;
      }
      if (part.kind() != Kind.CODE) {
        break;
      }
      String code = part.text().replaceFirst("[;\\s]+$", "");
      if (code.length() < part.text().stripTrailing().length()) {
        last = i;
      }
      if (!code.isEmpty()) {
        return last == i
            ? append(parts.subList(0, i), new Part(Kind.CODE, code))
            : parts.subList(0, last);
      }
    }
    return parts.subList(0, last);
  }

  private static List<Part> append(List<Part> parts, Part last) {
    List<Part> all = new java.util.ArrayList<>(parts);
    all.add(last);
    return all;
  }

  private static void checkParentheses(String flag, List<Part> parts) {
    int depth = 0;
    for (Part part : parts) {
      for (int i = 0; part.kind() == Kind.CODE && i < part.text().length(); i++) {
        char c = part.text().charAt(i);
        if (c == ';') {
          throw new ConfigurationException(
              flag + ": several statements; expected one SELECT, without ';' inside");
        }
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (depth < 0) {
          throw new ConfigurationException(flag + ": a ')' closes nothing");
        }
      }
    }
    if (depth > 0) {
      throw new ConfigurationException(flag + ": a '(' is not closed");
    }
  }

  private static void checkFirstWord(String flag, List<Part> parts) {
    for (Part part : parts) {
      Matcher word = WORD.matcher(part.text());
      if (part.kind() == Kind.CODE && word.find()) {
        if (!READS.contains(word.group().toUpperCase(Locale.ROOT))) {
          throw new ConfigurationException(
              flag + ": a query reads with SELECT; this one starts with " + word.group());
        }
        return;
      }
    }
    throw new ConfigurationException(
        flag + ": a query reads with SELECT; this one has no such word");
  }
}
