package io.deltaflow.transform;

import com.fasterxml.jackson.databind.JsonNode;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.FieldTypes.Kind;
import io.deltaflow.spi.error.BadValueException;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/** Values in a configuration, for columns of a type. */
final class Literals {
  private Literals() {}

  /**
   * @throws IllegalArgumentException when it is no value of the type
   */
  static Object of(JsonNode node, FieldType type) {
    Kind kind = FieldTypes.kind(type);
    if (kind == Kind.JSON) {
      return StrictJson.text(node);
    }
    FieldType written =
        switch (kind) {
          case BOOL -> node.isBoolean() ? FieldTypes.BOOL : null;
          case INT64 -> node.isNumber() ? FieldTypes.numeric() : null;
          case FLOAT64, NUMERIC ->
              node.isNumber() ? FieldTypes.numeric() : node.isTextual() ? FieldTypes.STRING : null;
          case STRING, GEOGRAPHY, DATE, TIME, DATETIME, TIMESTAMP, BYTES ->
              node.isTextual() ? FieldTypes.STRING : null;
          default -> null;
        };
    if (written == null) {
      throw new IllegalArgumentException(
          Shown.json(node) + " is no value of its type " + TypeNames.of(type));
    }
    Object value =
        switch (FieldTypes.kind(written)) {
          case BOOL -> node.booleanValue();
          case NUMERIC -> node.decimalValue();
          default -> node.textValue();
        };
    if (kind == Kind.GEOGRAPHY) {
      return value;
    }
    try {
      return Conversions.between("", written, type).map(step -> step.apply(value)).orElse(value);
    } catch (BadValueException e) {
      throw new IllegalArgumentException(e.problem(), e);
    }
  }
}
