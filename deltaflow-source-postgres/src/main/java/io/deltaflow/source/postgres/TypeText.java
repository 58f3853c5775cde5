package io.deltaflow.source.postgres;

import java.util.Set;

/** A column's type as its declaration says it, for people: {@code numeric(12,2)}. */
final class TypeText {
  private static final Set<String> SIZED = Set.of("varchar", "bpchar");

  /** What modifiers of varchar and numeric count besides the size. */
  private static final int HEADER = 4;

  private TypeText() {}

  static String of(Column column, PgTypes types) {
    PgType type = types.get(column.type());
    if (type.isArray()) {
      return sized(types.get(type.element()), column.modifier()) + "[]";
    }
    return sized(type, column.modifier());
  }

  private static String sized(PgType type, int modifier) {
    if (!type.isBuiltIn() || modifier < HEADER) {
      return type.toString();
    }
    if (SIZED.contains(type.name())) {
      return type + "(" + (modifier - HEADER) + ")";
    }
    if (type.name().equals("numeric")) {
      int size = modifier - HEADER;
      // Eleven bits with a sign.
      int scale = ((size & 0x7FF) ^ 1024) - 1024;
      return type + "(" + ((size >> 16) & 0xFFFF) + "," + scale + ")";
    }
    return type.toString();
  }
}
