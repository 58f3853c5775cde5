package io.deltaflow.source.postgres;

import java.util.ArrayList;
import java.util.List;

/**
 * A statement cut into its lexical parts, as the server's scanner cuts it with
 * standard_conforming_strings on.
 */
final class SqlText {
  /** What a part is. */
  enum Kind {
    CODE,
    STRING,
    IDENTIFIER,
    COMMENT
  }

  record Part(Kind kind, String text) {}

  private final String text;
  private final List<Part> parts = new ArrayList<>();
  private int codeStart;
  private int at;

  private SqlText(String text) {
    this.text = text;
  }

  /**
   * The parts, which joined are the text.
   *
   * @throws IllegalArgumentException with the reason when a string, name or comment does not end
   */
  static List<Part> parts(String text) {
    SqlText scanner = new SqlText(text);
    scanner.scan();
    return scanner.parts;
  }

  static String join(List<Part> parts) {
    StringBuilder joined = new StringBuilder();
    parts.forEach(p -> joined.append(p.text()));
    return joined.toString();
  }

  private void scan() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\'') {
        boolean escapes = isEscapePrefix();
        add(Kind.STRING, quoted('\'', escapes, "string"));
      } else if (c == '"') {
        add(Kind.IDENTIFIER, quoted('"', false, "quoted name"));
      } else if (text.startsWith("--", at)) {
        int end = text.indexOf('\n', at);
        add(Kind.COMMENT, end < 0 ? text.length() : end);
      } else if (text.startsWith("/*", at)) {
        add(Kind.COMMENT, blockComment());
      } else if (c == '$' && dollarTag() != null) {
        String tag = dollarTag();
        int end = text.indexOf(tag, at + tag.length());
        if (end < 0) {
          throw new IllegalArgumentException(
              "the string that starts with " + tag + " does not end");
        }
        add(Kind.STRING, end + tag.length());
      } else {
        at++;
      }
    }
    endCode(text.length());
  }

  private void add(Kind kind, int end) {
    endCode(at);
    parts.add(new Part(kind, text.substring(at, end)));
    at = end;
    codeStart = end;
  }

  private void endCode(int end) {
    if (end > codeStart) {
      parts.add(new Part(Kind.CODE, text.substring(codeStart, end)));
    }
  }

  /** E'...', where a backslash escapes. */
  private boolean isEscapePrefix() {
    return at > codeStart
        && Character.toUpperCase(text.charAt(at - 1)) == 'E'
        && (at - 1 == codeStart || !isWord(text.charAt(at - 2)));
  }

  private int quoted(char quote, boolean escapes, String what) {
    for (int i = at + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && escapes) {
        i++;
      } else if (c == quote) {
        if (i + 1 < text.length() && text.charAt(i + 1) == quote) {
          i++;
        } else {
          return i + 1;
        }
      }
    }
    throw new IllegalArgumentException("a " + what + " does not end: " + excerpt());
  }

  private int blockComment() {
    int depth = 0;
    for (int i = at; i + 1 < text.length(); i++) {
      if (text.startsWith("/*", i)) {
        depth++;
        i++;
      } else if (text.startsWith("*/", i)) {
        depth--;
        i++;
        if (depth == 0) {
          return i + 1;
        }
      }
    }
    throw new IllegalArgumentException("a comment does not end: " + excerpt());
  }

  /** The opening tag of a dollar-quoted string at this place, or null. */
  private String dollarTag() {
    if (at > 0 && isWord(text.charAt(at - 1))) {
      return null;
    }
    for (int i = at + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '$') {
        return text.substring(at, i + 1);
      }
      boolean allowed = i == at + 1 ? Character.isLetter(c) || c == '_' : isWord(c);
      if (!allowed) {
        return null;
      }
    }
    return null;
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c > 127;
  }

  private String excerpt() {
    return text.substring(at, Math.min(text.length(), at + 30));
  }
}
