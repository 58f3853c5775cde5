package io.deltaflow.source.postgres;

import java.util.function.UnaryOperator;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/**
 * How the values of one column travel.
 *
 * @param type what they become
 * @param projection from the column's expression to the one that is selected; its cast fixes the
 *     binary form even if the column's type has changed since
 * @param codec decodes what is selected
 * @param raw whether {@code codec} also decodes the type's own binary form, as it stands inside
 *     arrays and records
 * @param arrayProjection as {@code projection} for arrays of the type; null when there is none
 * @param warning null for none
 */
record Mapping(
    FieldType type,
    UnaryOperator<String> projection,
    Codec codec,
    boolean raw,
    UnaryOperator<String> arrayProjection,
    String warning) {

  static Mapping raw(FieldType type, PgType source, Codec codec) {
    return new Mapping(type, e -> e + "::" + source.sql(), codec, true, null, null);
  }

  static Mapping cast(FieldType type, String to, Codec codec) {
    return new Mapping(
        type,
        e -> e + "::pg_catalog." + to,
        codec,
        false,
        e -> e + "::pg_catalog." + to + "[]",
        null);
  }

  static Mapping function(FieldType type, UnaryOperator<String> projection, Codec codec) {
    return new Mapping(type, projection, codec, false, null, null);
  }

  Mapping withArrayProjection(UnaryOperator<String> of) {
    return new Mapping(type, projection, codec, raw, of, warning);
  }

  Mapping withWarning(String text) {
    return new Mapping(type, projection, codec, raw, arrayProjection, text);
  }
}
