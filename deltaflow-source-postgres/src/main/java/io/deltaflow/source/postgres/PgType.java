package io.deltaflow.source.postgres;

import java.util.List;

/**
 * A row of pg_type.
 *
 * @param kind typtype: b base, c composite, d domain, e enum, r range, m multirange, p pseudo
 * @param element of an array, else 0
 * @param base of a domain, else 0
 * @param attributes of a composite type, in order
 */
record PgType(
    int oid,
    String schema,
    String name,
    char kind,
    int element,
    int base,
    int baseModifier,
    int baseDimensions,
    boolean notNull,
    List<Attribute> attributes) {

  /** A field of a composite type. */
  record Attribute(String name, int type, int modifier, int dimensions) {}

  boolean isBuiltIn() {
    return schema.equals("pg_catalog");
  }

  boolean isArray() {
    return element != 0;
  }

  /** For a cast. */
  String sql() {
    return Sql.identifier(schema) + "." + Sql.identifier(name);
  }

  /** For messages. */
  @Override
  public String toString() {
    return isBuiltIn() || schema.equals("public") ? name : schema + "." + name;
  }
}
