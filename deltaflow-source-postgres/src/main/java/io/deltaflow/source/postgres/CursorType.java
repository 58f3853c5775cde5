package io.deltaflow.source.postgres;

import io.deltaflow.spi.CursorKind;

/** The types that a cursor column may have. */
enum CursorType {
  TIMESTAMPTZ(CursorKind.TIMESTAMP),
  /** Local times, which a time zone turns into instants. */
  TIMESTAMP(CursorKind.TIMESTAMP),
  DATE(CursorKind.DATE),
  INTEGER(CursorKind.INTEGER);

  private final CursorKind kind;

  CursorType(CursorKind kind) {
    this.kind = kind;
  }

  /** The kind of its positions outside of this connector. */
  CursorKind kind() {
    return kind;
  }

  /** Null when the type cannot be a cursor's. */
  static CursorType of(PgType type) {
    if (!type.isBuiltIn()) {
      return null;
    }
    switch (type.name()) {
      case "timestamptz":
        return TIMESTAMPTZ;
      case "timestamp":
        return TIMESTAMP;
      case "date":
        return DATE;
      case "int2":
      case "int4":
      case "int8":
        return INTEGER;
      default:
        return null;
    }
  }
}
