package io.deltaflow.emulator;

import com.google.zetasql.ParseLocationRange;
import com.google.zetasql.parser.ASTNode;
import java.nio.charset.StandardCharsets;

/** The text of a request, of which the parser names parts by their bytes. */
final class ScriptText {
  private final String text;
  private final byte[] bytes;

  ScriptText(String text) {
    this.text = text;
    this.bytes = text.getBytes(StandardCharsets.UTF_8);
  }

  String text() {
    return text;
  }

  String of(ASTNode node) {
    ParseLocationRange range = node.getParseLocationRange();
    return new String(bytes, range.start(), range.end() - range.start(), StandardCharsets.UTF_8);
  }

  /**
   * A part at its own line and column, with blanks before it, so that the analyzer's positions are
   * right.
   */
  String inPlace(ASTNode node) {
    return before(node).replaceAll("[^\\n\\r\\t]", " ") + of(node);
  }

  /** The line and column of a part, as BigQuery writes them. */
  String position(ASTNode node) {
    String before = before(node);
    int line = before.length() - before.replace("\n", "").length() + 1;
    String start = before.substring(before.lastIndexOf('\n') + 1);
    return "at [" + line + ":" + (start.codePointCount(0, start.length()) + 1) + "]";
  }

  private String before(ASTNode node) {
    return new String(bytes, 0, node.getParseLocationRange().start(), StandardCharsets.UTF_8);
  }
}
