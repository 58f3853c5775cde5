package io.deltaflow.transform;

import com.fasterxml.jackson.databind.JsonNode;

/** Values in messages. */
final class Shown {
  private static final int LONGEST = 100;

  private Shown() {}

  /** In quotes when it is a text, and cut when it is long. */
  static String of(Object value) {
    if (value instanceof byte[] bytes) {
      return bytes.length + " bytes";
    }
    String text = cut(String.valueOf(value));
    return value instanceof String ? "'" + text + "'" : text;
  }

  /** Of a configuration; objects may hold the key of a hash in the wrong place. */
  static String json(JsonNode value) {
    return value.isContainerNode()
        ? "a JSON " + (value.isObject() ? "object" : "array")
        : of(StrictJson.text(value));
  }

  static String cut(String text) {
    if (text.length() <= LONGEST) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
    return text.substring(0, end) + "...";
  }
}
