package io.deltaflow.source.postgres;

import io.deltaflow.source.postgres.SqlText.Kind;
import io.deltaflow.source.postgres.SqlText.Part;
import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.Window;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A query with the placeholders {start_timestamp} and {end_timestamp}. Inside strings they become
 * plain digits in the cursor's form, elsewhere a typed literal; inside comments and quoted names
 * they stay.
 *
 * @param text checked to be one SELECT
 * @param flag the option that holds it, as typed
 */
record WindowedQuery(String text, String flag) implements Serializable {
  private static final String START = "{start_timestamp}";
  private static final String END = "{end_timestamp}";
  private static final String COLUMN = "((?:\\w+\\.)*\\w+)";
  private static final Pattern AFTER_START =
      Pattern.compile(COLUMN + "\\s*>\\s*'?\\{start_timestamp\\}'?(?!\\w)");
  private static final Pattern UNTIL_END =
      Pattern.compile(COLUMN + "\\s*<=\\s*'?\\{end_timestamp\\}'?(?!\\w)");

  /**
   * The rows of a window and some more: one unit before it, and all up to its end. As this and the
   * other forms that return several: the first that the server understands is meant, since the type
   * that the query compares is unknown.
   */
  List<Target.Query> around(Window window) {
    return starts(window).map(start -> with(start, window.hi())).toList();
  }

  /**
   * Exactly a window's rows, for a query that {@link #isOpenClosedPair compares} {@code > start}
   * and {@code <= end}.
   */
  List<Target.Query> exactly(Window window) {
    return starts(window).map(start -> with(start, window.hi().plus(-1))).toList();
  }

  private static Stream<CursorPosition> starts(Window window) {
    if (window.lo().isPresent()) {
      return Stream.of(window.lo().get().plus(-1));
    }
    CursorKind kind = window.hi().kind();
    return kind == CursorKind.INTEGER
        ? CursorLiteral.unbounded().stream()
            .map(CursorLiteral.Unbounded::first)
            .filter(p -> p.kind() == kind)
        : Stream.of(CursorLiteral.first(kind));
  }

  /** Without any window. */
  List<Target.Query> everything() {
    return CursorLiteral.unbounded().stream().map(u -> with(u.first(), u.last())).toList();
  }

  boolean hasPlaceholders() {
    return SqlText.parts(text).stream()
        .anyMatch(
            p ->
                (p.kind() == Kind.CODE || p.kind() == Kind.STRING)
                    && (p.text().contains(START) || p.text().contains(END)));
  }

  /** Whether each placeholder stands once, as {@code cursor > start} and {@code cursor <= end}. */
  boolean isOpenClosedPair(String cursor) {
    String code =
        SqlText.parts(text).stream()
            .map(p -> p.kind() == Kind.COMMENT ? " " : p.text())
            .collect(Collectors.joining());
    return compares(AFTER_START, code, START, cursor) && compares(UNTIL_END, code, END, cursor);
  }

  private static boolean compares(
      Pattern comparison, String code, String placeholder, String cursor) {
    Matcher match = comparison.matcher(code);
    return code.indexOf(placeholder) == code.lastIndexOf(placeholder)
        && match.find()
        && lastPart(match.group(1)).equals(cursor);
  }

  private static String lastPart(String column) {
    return column.substring(column.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private Target.Query with(CursorPosition start, CursorPosition end) {
    List<Part> parts = SqlText.parts(text);
    StringBuilder sql = new StringBuilder();
    for (Part part : parts) {
      switch (part.kind()) {
        case CODE:
          sql.append(
              part.text()
                  .replace(START, CursorLiteral.typed(start))
                  .replace(END, CursorLiteral.typed(end)));
          break;
        case STRING:
          sql.append(
              part.text()
                  .replace(START, CursorLiteral.digits(start))
                  .replace(END, CursorLiteral.digits(end)));
          break;
        default:
          sql.append(part.text());
      }
    }
    return new Target.Query(sql.toString(), flag);
  }
}
