package io.deltaflow.source.mongo;

import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.bson.types.Decimal128;

/**
 * Relaxed Extended JSON (version 2), written from BSON's bytes. Whole numbers keep all digits; keys
 * that are in a document twice are refused, since readers of JSON keep one of them only.
 */
final class JsonText {
  /** Twice what the server itself lets in; below what threads have stack for. */
  static final int DEEPEST = 200;

  private static final long FIRST_PLAIN_DATE = 0;
  private static final long LAST_PLAIN_DATE = 253_402_300_799_999L;
  private static final HexFormat HEX = HexFormat.of();

  private final StringBuilder out;
  private final byte[] b;

  private JsonText(StringBuilder out, byte[] b) {
    this.out = out;
    this.b = b;
  }

  /** The JSON of a value. */
  static String of(byte type, byte[] b, int at) {
    StringBuilder out = new StringBuilder();
    new JsonText(out, b).value(type, at, 0);
    return out.toString();
  }

  private void value(byte type, int at, int depth) {
    switch (type) {
      case Elements.DOUBLE -> number(Elements.float64(b, at));
      case Elements.STRING -> string(Utf8.string(b, at));
      case Elements.DOCUMENT -> document(at, depth);
      case Elements.ARRAY -> array(at, depth);
      case Elements.BINARY -> binary(at);
      case Elements.UNDEFINED -> out.append("{\"$undefined\":true}");
      case Elements.OBJECT_ID -> wrapped("$oid", hex(at));
      case Elements.BOOLEAN -> out.append(b[at] != 0);
      case Elements.DATE -> date(Elements.int64(b, at));
      case Elements.NULL -> out.append("null");
      case Elements.REGEX -> regex(at);
      case Elements.DB_POINTER -> pointer(at);
      case Elements.JAVASCRIPT -> wrapped("$code", Utf8.string(b, at));
      case Elements.SYMBOL -> wrapped("$symbol", Utf8.string(b, at));
      case Elements.SCOPED_JAVASCRIPT -> scoped(at, depth);
      case Elements.INT32 -> out.append(Elements.int32(b, at));
      case Elements.TIMESTAMP -> timestamp(at);
      case Elements.INT64 -> out.append(Elements.int64(b, at));
      case Elements.DECIMAL128 -> wrapped("$numberDecimal", decimal(b, at).toString());
      case Elements.MIN_KEY -> out.append("{\"$minKey\":1}");
      case Elements.MAX_KEY -> out.append("{\"$maxKey\":1}");
      default -> throw new BadField("the BSON type " + type + " is unknown");
    }
  }

  static Decimal128 decimal(byte[] b, int at) {
    return Decimal128.fromIEEE754BIDEncoding(Elements.int64(b, at + 8), Elements.int64(b, at));
  }

  private String hex(int at) {
    return HEX.formatHex(b, at, at + 12);
  }

  private void wrapped(String key, String text) {
    out.append("{\"").append(key).append("\":");
    string(text);
    out.append('}');
  }

  private void number(double value) {
    if (Double.isFinite(value)) {
      out.append(value);
    } else {
      wrapped("$numberDouble", Double.toString(value));
    }
  }

  private void document(int at, int depth) {
    checkDepth(depth);
    Elements elements = new Elements(b, at);
    Set<String> seen = new HashSet<>();
    out.append('{');
    while (elements.advance()) {
      String name = Utf8.text(b, elements.nameStart(), elements.nameEnd() - elements.nameStart());
      if (!seen.add(name)) {
        throw new BadField("the field '" + name + "' is in one document twice");
      }
      if (seen.size() > 1) {
        out.append(',');
      }
      string(name);
      out.append(':');
      value(elements.type(), elements.value(), depth + 1);
    }
    out.append('}');
  }

  private void array(int at, int depth) {
    checkDepth(depth);
    Elements elements = new Elements(b, at);
    out.append('[');
    for (boolean first = true; elements.advance(); first = false) {
      if (!first) {
        out.append(',');
      }
      value(elements.type(), elements.value(), depth + 1);
    }
    out.append(']');
  }

  private static void checkDepth(int depth) {
    if (depth >= DEEPEST) {
      throw new BadField(
          "documents and arrays are nested deeper than "
              + DEEPEST
              + " levels; leave the field out with the projection");
    }
  }

  private void binary(int at) {
    int length = Elements.int32(b, at);
    out.append("{\"$binary\":{\"base64\":\"")
        .append(
            Base64.getEncoder()
                .encodeToString(java.util.Arrays.copyOfRange(b, at + 5, at + 5 + length)))
        .append("\",\"subType\":\"")
        .append(HEX.toHexDigits(b[at + 4]))
        .append("\"}}");
  }

  private void date(long millis) {
    if (millis >= FIRST_PLAIN_DATE && millis <= LAST_PLAIN_DATE) {
      wrapped("$date", Instant.ofEpochMilli(millis).toString());
    } else {
      out.append("{\"$date\":{\"$numberLong\":\"").append(millis).append("\"}}");
    }
  }

  private void regex(int at) {
    int patternEnd = Elements.cstringEnd(b, at);
    int optionsEnd = Elements.cstringEnd(b, patternEnd + 1);
    out.append("{\"$regularExpression\":{\"pattern\":");
    string(Utf8.text(b, at, patternEnd - at));
    out.append(",\"options\":");
    string(Utf8.text(b, patternEnd + 1, optionsEnd - patternEnd - 1));
    out.append("}}");
  }

  private void pointer(int at) {
    out.append("{\"$dbPointer\":{\"$ref\":");
    string(Utf8.string(b, at));
    out.append(",\"$id\":");
    wrapped("$oid", hex(at + 4 + Elements.int32(b, at)));
    out.append("}}");
  }

  private void scoped(int at, int depth) {
    int code = at + 4;
    out.append("{\"$code\":");
    string(Utf8.string(b, code));
    out.append(",\"$scope\":");
    document(code + 4 + Elements.int32(b, code), depth + 1);
    out.append('}');
  }

  private void timestamp(int at) {
    out.append("{\"$timestamp\":{\"t\":")
        .append(Elements.int32(b, at + 4) & 0xFFFFFFFFL)
        .append(",\"i\":")
        .append(Elements.int32(b, at) & 0xFFFFFFFFL)
        .append("}}");
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append("\\u00").append(HEX.toHexDigits((byte) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
