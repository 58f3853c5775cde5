package io.deltaflow.transform;

import static io.deltaflow.spi.FieldTypes.Kind;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.NullableType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import io.deltaflow.spi.FieldTypes;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;

/**
 * Values of rows in CEL and back. Dates and times without a zone are ISO texts there, which compare
 * as they should; JSON is its maps, lists and scalars; records are maps.
 */
final class CelValues {
  static final Object NULL = NullValue.NULL_VALUE;

  private CelValues() {}

  static boolean isNull(Object result) {
    return result == null || result instanceof NullValue;
  }

  /** How a field is declared; it may be compared with null. */
  static CelType type(FieldType type) {
    return switch (FieldTypes.kind(type)) {
      case BOOL -> NullableType.create(SimpleType.BOOL);
      case INT64 -> NullableType.create(SimpleType.INT);
      case FLOAT64 -> NullableType.create(SimpleType.DOUBLE);
      case STRING, GEOGRAPHY, DATE, TIME, DATETIME -> NullableType.create(SimpleType.STRING);
      case BYTES -> NullableType.create(SimpleType.BYTES);
      case TIMESTAMP -> SimpleType.TIMESTAMP;
      case NUMERIC -> CelDecimals.TYPE;
      case JSON -> SimpleType.DYN;
      case ARRAY -> ListType.create(element(type.getCollectionElementType()));
      case RECORD -> MapType.create(SimpleType.STRING, SimpleType.DYN);
    };
  }

  private static CelType element(FieldType type) {
    CelType element = type(type);
    return element instanceof NullableType nullable ? nullable.targetType() : element;
  }

  /** Null when values are the same there. */
  static Function<Object, Object> toCel(FieldType type) {
    Kind kind = FieldTypes.kind(type);
    return switch (kind) {
      case BOOL, INT64, FLOAT64, STRING, GEOGRAPHY, TIMESTAMP -> null;
      case DATE, TIME, DATETIME -> Conversions.text(kind).orElseThrow()::apply;
      case BYTES -> v -> CelByteString.of((byte[]) v);
      case NUMERIC -> v -> new CelDecimals.Decimal((BigDecimal) v);
      case JSON -> v -> tree(StrictJson.value((String) v));
      case ARRAY -> array(type.getCollectionElementType());
      case RECORD -> v -> record((Row) v);
    };
  }

  private static Function<Object, Object> array(FieldType elements) {
    Function<Object, Object> element = toCel(elements);
    return value -> {
      List<Object> list = new ArrayList<>();
      ((Collection<?>) value).forEach(v -> list.add(present(v, element)));
      return list;
    };
  }

  private static Object present(Object value, Function<Object, Object> toCel) {
    if (value == null) {
      return NULL;
    }
    return toCel == null ? value : toCel.apply(value);
  }

  private static Map<String, Object> record(Row row) {
    Map<String, Object> map = new LinkedHashMap<>();
    List<Schema.Field> fields = row.getSchema().getFields();
    for (int i = 0; i < fields.size(); i++) {
      map.put(fields.get(i).getName(), present(row.getValue(i), toCel(fields.get(i).getType())));
    }
    return map;
  }

  private static Object tree(JsonNode node) {
    if (node.isNull()) {
      return NULL;
    } else if (node.isTextual()) {
      return node.textValue();
    } else if (node.isBoolean()) {
      return node.booleanValue();
    } else if (node.isIntegralNumber() && node.canConvertToLong()) {
      return node.longValue();
    } else if (node.isNumber()) {
      return number(node.decimalValue());
    } else if (node.isArray()) {
      List<Object> list = new ArrayList<>(node.size());
      node.forEach(element -> list.add(tree(element)));
      return list;
    }
    Map<String, Object> map = new LinkedHashMap<>();
    node.fields().forEachRemaining(entry -> map.put(entry.getKey(), tree(entry.getValue())));
    return map;
  }

  /** A double where it prints the same, else exact. */
  private static Object number(BigDecimal number) {
    double nearest = number.doubleValue();
    boolean same =
        !Double.isInfinite(nearest) && BigDecimal.valueOf(nearest).compareTo(number) == 0;
    return same ? (Object) nearest : new CelDecimals.Decimal(number);
  }

  /**
   * What type a result has as a column; empty when that shows only in each row.
   *
   * @throws IllegalArgumentException when no column holds it
   */
  static Optional<FieldType> fieldType(CelType type) {
    if (type instanceof NullableType nullable) {
      return fieldType(nullable.targetType());
    } else if (type.equals(CelDecimals.TYPE)) {
      return Optional.of(FieldTypes.numeric());
    }
    return switch (type.kind()) {
      case BOOL -> Optional.of(FieldTypes.BOOL);
      case INT -> Optional.of(FieldTypes.INT64);
      case DOUBLE -> Optional.of(FieldTypes.FLOAT64);
      case STRING -> Optional.of(FieldTypes.STRING);
      case BYTES -> Optional.of(FieldTypes.BYTES);
      case TIMESTAMP -> Optional.of(FieldTypes.TIMESTAMP);
      case MAP -> Optional.of(FieldTypes.JSON);
      case LIST -> {
        Optional<FieldType> element = fieldType(((ListType) type).elemType());
        boolean scalar =
            element.isPresent()
                && FieldTypes.kind(element.get()) != Kind.ARRAY
                && FieldTypes.kind(element.get()) != Kind.JSON;
        yield Optional.of(scalar ? FieldType.array(element.get()) : FieldTypes.JSON);
      }
      case DYN, ANY -> Optional.empty();
      case DURATION ->
          throw new IllegalArgumentException(
              "it gives a duration, which is no column; take its getSeconds()");
      case UINT ->
          throw new IllegalArgumentException("it gives a uint, which is no column; write int(...)");
      default ->
          throw new IllegalArgumentException("it gives a " + type.name() + ", which is no column");
    };
  }

  /** Makes a result, which is not null, a value of its column. */
  static Function<Object, Object> fromCel(CelType type) {
    if (type instanceof NullableType nullable) {
      return fromCel(nullable.targetType());
    }
    Optional<FieldType> known = fieldType(type);
    if (known.isEmpty()) {
      return CelValues::any;
    } else if (type.kind() == CelKind.LIST && FieldTypes.kind(known.get()) == Kind.ARRAY) {
      Function<Object, Object> element = fromCel(((ListType) type).elemType());
      return value -> {
        List<Object> list = new ArrayList<>();
        ((Collection<?>) value).forEach(v -> list.add(isNull(v) ? null : element.apply(v)));
        return list;
      };
    }
    return switch (FieldTypes.kind(known.get())) {
      case JSON -> value -> StrictJson.text(json(value));
      case BYTES -> value -> ((CelByteString) value).toByteArray();
      case TIMESTAMP -> value -> whole((Instant) value);
      case NUMERIC -> value -> ((CelDecimals.Decimal) value).plain();
      default -> value -> value;
    };
  }

  private static Object any(Object value) {
    if (value instanceof CelByteString bytes) {
      return bytes.toByteArray();
    } else if (value instanceof Instant instant) {
      return whole(instant);
    } else if (value instanceof CelDecimals.Decimal decimal) {
      return decimal.plain();
    } else if (value instanceof Collection || value instanceof Map) {
      return StrictJson.value(StrictJson.text(json(value)));
    }
    return value;
  }

  private static Instant whole(Instant value) {
    int year = value.atOffset(ZoneOffset.UTC).getYear();
    if (value.getNano() % 1000 != 0 || year < 1 || year > 9999) {
      throw new IllegalArgumentException(
          value + " is finer than a microsecond, or not in the years 1 to 9999");
    }
    return value;
  }

  private static Object json(Object value) {
    if (isNull(value)) {
      return null;
    } else if (value instanceof Collection<?> values) {
      List<Object> list = new ArrayList<>(values.size());
      values.forEach(v -> list.add(json(v)));
      return list;
    } else if (value instanceof Map<?, ?> entries) {
      Map<String, Object> map = new LinkedHashMap<>();
      entries.forEach((key, v) -> map.put(String.valueOf(key), json(v)));
      return map;
    } else if (value instanceof Instant instant) {
      return TimeText.of(instant);
    } else if (value instanceof CelDecimals.Decimal decimal) {
      return decimal.value();
    } else if (value instanceof Boolean || value instanceof Number || value instanceof String) {
      return value;
    }
    throw new IllegalArgumentException(
        "a " + value.getClass().getSimpleName() + " cannot be written as JSON");
  }
}
