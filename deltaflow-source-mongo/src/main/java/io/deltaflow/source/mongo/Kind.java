package io.deltaflow.source.mongo;

import java.util.Locale;

/** What a value is, as far as its column's type is concerned. */
enum Kind {
  NULL,
  INTEGER,
  DOUBLE,
  DECIMAL,
  BOOLEAN,
  STRING,
  OBJECT_ID,
  UUID,
  BINARY,
  DATE,
  DOCUMENT,
  ARRAY,
  /** Regular expressions, code, timestamps and what else only Extended JSON can show. */
  OTHER;

  static Kind of(byte type, byte[] b, int at) {
    return switch (type) {
      case Elements.NULL, Elements.UNDEFINED -> NULL;
      case Elements.INT32, Elements.INT64 -> INTEGER;
      case Elements.DOUBLE -> DOUBLE;
      case Elements.DECIMAL128 -> DECIMAL;
      case Elements.BOOLEAN -> BOOLEAN;
      case Elements.STRING, Elements.SYMBOL -> STRING;
      case Elements.OBJECT_ID -> OBJECT_ID;
      case Elements.BINARY -> isUuid(b, at) ? UUID : BINARY;
      case Elements.DATE -> DATE;
      case Elements.DOCUMENT -> DOCUMENT;
      case Elements.ARRAY -> ARRAY;
      default -> OTHER;
    };
  }

  private static boolean isUuid(byte[] b, int at) {
    return (b[at + 4] == 3 || b[at + 4] == 4) && Elements.int32(b, at) == 16;
  }

  /** For messages. */
  String text() {
    return switch (this) {
      case OBJECT_ID -> "ObjectId";
      case UUID -> "UUID";
      case OTHER -> "a special type";
      default -> name().toLowerCase(Locale.ROOT);
    };
  }
}
