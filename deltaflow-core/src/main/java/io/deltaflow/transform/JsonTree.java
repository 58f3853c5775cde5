package io.deltaflow.transform;

import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.FieldTypes.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;

/** Values as the maps, lists and scalars of JSON: numbers exact, times as ISO texts. */
final class JsonTree {
  private JsonTree() {}

  /**
   * @throws IllegalArgumentException for bytes, which JSON cannot hold
   */
  static void checkWritable(FieldType type) {
    switch (FieldTypes.kind(type)) {
      case BYTES -> throw new IllegalArgumentException("BYTES cannot become JSON");
      case ARRAY -> checkWritable(type.getCollectionElementType());
      case RECORD ->
          type.getRowSchema().getFields().forEach(field -> checkWritable(field.getType()));
      default -> {
        // Writable.
      }
    }
  }

  /**
   * @throws IllegalArgumentException for a number that JSON has not: NaN, infinity
   */
  static Object of(Object value, FieldType type) {
    if (value == null) {
      return null;
    }
    Kind kind = FieldTypes.kind(type);
    return switch (kind) {
      case BOOL, INT64, NUMERIC, STRING, GEOGRAPHY -> value;
      case FLOAT64 -> finite((Double) value);
      case JSON -> StrictJson.value((String) value);
      case ARRAY -> array((Collection<?>) value, type.getCollectionElementType());
      case RECORD -> record((Row) value);
      default -> Conversions.text(kind).orElseThrow().apply(value);
    };
  }

  private static Double finite(Double value) {
    if (value.isNaN() || value.isInfinite()) {
      throw new IllegalArgumentException(value + " is no number of JSON");
    }
    return value;
  }

  private static List<Object> array(Collection<?> values, FieldType type) {
    List<Object> list = new ArrayList<>(values.size());
    values.forEach(value -> list.add(of(value, type)));
    return list;
  }

  private static Map<String, Object> record(Row row) {
    Map<String, Object> map = new LinkedHashMap<>();
    List<Schema.Field> fields = row.getSchema().getFields();
    for (int i = 0; i < fields.size(); i++) {
      map.put(fields.get(i).getName(), of(row.getValue(i), fields.get(i).getType()));
    }
    return map;
  }
}
