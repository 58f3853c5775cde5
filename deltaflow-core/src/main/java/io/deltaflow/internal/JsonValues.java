package io.deltaflow.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.deltaflow.NearNames;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.BadValueException;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;

/** Rows of a schema out of JSON objects: the inverse of {@link JsonRow}. */
final class JsonValues {
  private final Schema schema;

  JsonValues(Schema schema) {
    this.schema = schema;
  }

  /**
   * A field that is left out is NULL.
   *
   * @throws BadValueException naming the field, when it is none of the schema's or its value is not
   *     of its type
   */
  Row row(JsonNode object) {
    if (!object.isObject()) {
      throw new BadValueException("row", "a dead letter is a JSON object, not " + kind(object));
    }
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!schema.hasField(name)) {
        throw new BadValueException(
            name, "the source has no such column" + NearNames.hint(name, schema.getFieldNames()));
      }
    }
    List<Object> values = new ArrayList<>(schema.getFieldCount());
    for (Schema.Field field : schema.getFields()) {
      values.add(value(field.getName(), field.getType(), object.path(field.getName())));
    }
    return Row.withSchema(schema).attachValues(values);
  }

  private static Object value(String field, FieldType type, JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    try {
      return present(field, type, node);
    } catch (DateTimeException | ArithmeticException | IllegalArgumentException | IOException e) {
      throw new BadValueException(
          field, kind(node) + " is no " + FieldTypeText.of(type) + ": " + e.getMessage(), e);
    }
  }

  private static Object present(String field, FieldType type, JsonNode node) throws IOException {
    return switch (FieldTypes.kind(type)) {
      case BOOL -> {
        require(node.isBoolean());
        yield node.booleanValue();
      }
      case INT64 -> decimal(node).longValueExact();
      case FLOAT64 -> node.isTextual() ? Double.valueOf(node.textValue()) : (Object) number(node);
      case NUMERIC -> decimal(node);
      case STRING, GEOGRAPHY -> text(node);
      // Corrected by hand it may be the value itself.
      case JSON -> node.isTextual() ? node.textValue() : node.toString();
      case BYTES -> {
        require(node.isTextual());
        yield node.binaryValue();
      }
      case DATE -> LocalDate.parse(text(node));
      case TIME -> LocalTime.parse(text(node));
      case DATETIME -> LocalDateTime.parse(text(node).replace(' ', 'T'));
      case TIMESTAMP -> instant(text(node));
      case ARRAY -> {
        require(node.isArray());
        List<Object> elements = new ArrayList<>();
        node.forEach(e -> elements.add(value(field, type.getCollectionElementType(), e)));
        yield elements;
      }
      case RECORD -> new JsonValues(type.getRowSchema()).row(node);
    };
  }

  private static BigDecimal decimal(JsonNode node) {
    if (node.isTextual()) {
      return new BigDecimal(node.textValue().strip());
    }
    require(node.isNumber());
    return node.decimalValue();
  }

  private static double number(JsonNode node) {
    require(node.isNumber());
    return node.doubleValue();
  }

  private static String text(JsonNode node) {
    require(node.isTextual());
    return node.textValue();
  }

  private static Instant instant(String text) {
    return OffsetDateTime.parse(text.strip().replace(' ', 'T')).toInstant();
  }

  private static void require(boolean fits) {
    if (!fits) {
      throw new IllegalArgumentException("expected another kind of JSON value");
    }
  }

  private static String kind(JsonNode node) {
    return "a JSON " + node.getNodeType().name().toLowerCase(java.util.Locale.ROOT);
  }
}
