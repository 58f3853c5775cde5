package io.deltaflow.source.postgres;

import io.deltaflow.spi.error.SourceException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;

/**
 * The statement that reads a part of a relation, and how to decode it.
 *
 * @param columns the projected expressions
 * @param rest from FROM on
 */
record Select(List<String> columns, String rest, List<Codec> codecs) {

  /**
   * @param conditions may hold nulls, which are none
   * @throws SourceException when the relation has changed since the schema was detected
   */
  static Select of(
      Relation relation, Schema schema, String timeZone, List<String> conditions, String what) {
    TypeMapper mapper = new TypeMapper(relation, timeZone);
    List<String> columns = new ArrayList<>();
    List<Codec> codecs = new ArrayList<>();
    for (Schema.Field field : schema.getFields()) {
      Column column =
          relation
              .column(field.getName())
              .orElseThrow(() -> changed(what, field.getName(), "is gone"));
      Mapping mapping = mapper.mapAs(column, field.getType());
      if (mapping == null) {
        throw changed(what, field.getName(), "has another type");
      }
      columns.add(mapping.projection().apply(relation.expression(column.name())));
      codecs.add(mapping.codec());
    }
    List<String> given = conditions.stream().filter(c -> c != null).toList();
    String where = given.isEmpty() ? "" : " WHERE " + String.join(" AND ", given);
    return new Select(columns, " FROM " + relation.from() + where, codecs);
  }

  private static SourceException changed(String what, String column, String how) {
    return SourceException.permanent(
        what + ": column '" + column + "' " + how + " since the schema was detected; run again",
        null);
  }

  String rows() {
    return "SELECT " + String.join(", ", columns) + rest;
  }

  /** Each row as one value of type bytea. */
  String records() {
    return "SELECT pg_catalog.record_send(ROW(" + String.join(", ", columns) + "))" + rest;
  }
}
