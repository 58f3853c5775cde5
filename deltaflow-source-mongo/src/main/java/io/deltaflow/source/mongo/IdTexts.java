package io.deltaflow.source.mongo;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Keeps {@code _id}s of different types from becoming one text, which would make two documents one
 * row.
 */
final class IdTexts {
  private static final Pattern OBJECT_ID = Pattern.compile("[0-9a-f]{24}");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\d+(\\.\\d*)?([Ee][-+]?\\d+)?|Infinity)|NaN");
  private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private static final Pattern DATE = Pattern.compile("[-+]?\\d{4,}-\\d\\d-\\d\\dT.*Z");

  private IdTexts() {}

  /**
   * Throws when the text could be that of another of the types.
   *
   * @param text an {@code _id} that is a string
   * @param types that the collection's {@code _id}s have
   */
  static void check(String text, List<String> types) {
    for (String type : types) {
      boolean same =
          switch (type) {
            case "string" -> false;
            case "objectId" -> OBJECT_ID.matcher(text).matches();
            case IdTypes.NUMBER -> NUMBER.matcher(text).matches();
            case "date" -> DATE.matcher(text).matches();
            case "bool" -> text.equals("true") || text.equals("false");
            case "binData" -> UUID.matcher(text).matches() || text.startsWith("{");
            default -> text.startsWith("{");
          };
      if (same) {
        throw new BadField(
            "the string reads like an _id of the type "
                + type
                + ", which the collection has too, and both would become one row; read the types in"
                + " syncs of their own, with query {\"_id\": {\"$type\": \"string\"}} and {\"_id\":"
                + " {\"$type\": \""
                + type
                + "\"}}");
      }
    }
  }
}
