package io.deltaflow.emulator;

import com.google.zetasql.StructType;
import com.google.zetasql.Type;
import com.google.zetasql.Value;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Values as DuckDB expressions, and the analyzer's constants as values. */
final class SqlLiteral {
  private static final int MICROS_PER_SECOND = 1_000_000;

  private SqlLiteral() {}

  static String of(TypedValue value) {
    return of(value.type(), value.value());
  }

  /** A DuckDB expression of exactly the type in which the engine computes with {@code type}. */
  static String of(Type type, Object value) {
    if (value == null) {
      return "CAST(NULL AS " + SqlTypes.duckdb(type) + ")";
    }
    if (type.isArray()) {
      return array(type, (List<?>) value);
    }
    if (type.isStruct()) {
      return struct(type.asStruct(), (List<?>) value);
    }
    switch (type.getKind()) {
      case TYPE_INT64:
        return "(" + value + ")::BIGINT";
      case TYPE_DOUBLE:
        return "'" + value + "'::DOUBLE";
      case TYPE_BOOL:
        return value.toString();
      case TYPE_NUMERIC:
        return "'" + ((BigDecimal) value).toPlainString() + "'::DECIMAL(38,9)";
      case TYPE_BIGNUMERIC:
        return string(BigNumerics.text((BigDecimal) value));
      case TYPE_STRING:
      case TYPE_JSON:
      case TYPE_GEOGRAPHY:
        return string((String) value);
      case TYPE_BYTES:
        return "unhex('" + HexFormat.of().formatHex((byte[]) value) + "')";
      case TYPE_DATE:
        return "(DATE '1970-01-01' + (" + ((LocalDate) value).toEpochDay() + "))";
      case TYPE_TIME:
        return "TIME '"
            + value
            + (((LocalTime) value).getSecond() == 0 && value.toString().length() == 5 ? ":00" : "")
            + "'";
      case TYPE_DATETIME:
        return "make_timestamp(("
            + micros(((LocalDateTime) value).toInstant(ZoneOffset.UTC))
            + ")::BIGINT)";
      case TYPE_TIMESTAMP:
        return timestamp((Instant) value);
      default:
        throw BigQueryError.unsupported("a literal of type " + SqlTypes.name(type));
    }
  }

  static String timestamp(Instant value) {
    return "make_timestamptz((" + micros(value) + ")::BIGINT)";
  }

  static long micros(Instant value) {
    return Math.addExact(
        Math.multiplyExact(value.getEpochSecond(), MICROS_PER_SECOND), value.getNano() / 1000);
  }

  static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, MICROS_PER_SECOND), Math.floorMod(micros, MICROS_PER_SECOND) * 1000L);
  }

  static String string(String value) {
    String quoted = "'" + value.replace("'", "''") + "'";
    // DuckDB's parser stops at a NUL character.
    return value.indexOf('\0') < 0 ? quoted : "(" + quoted.replace("\0", "' || chr(0) || '") + ")";
  }

  private static String array(Type type, List<?> values) {
    List<String> elements = new ArrayList<>();
    values.forEach(v -> elements.add(of(type.asArray().getElementType(), v)));
    return "CAST([" + String.join(", ", elements) + "] AS " + SqlTypes.duckdb(type) + ")";
  }

  private static String struct(StructType type, List<?> values) {
    List<String> fields = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      fields.add(
          SqlTypes.structField(type, i) + ": " + of(type.getField(i).getType(), values.get(i)));
    }
    return "{" + String.join(", ", fields) + "}";
  }

  /** The Java value of a constant that the analyzer found. */
  static Object value(Value value) {
    if (value.isNull()) {
      return null;
    }
    Type type = value.getType();
    if (type.isArray()) {
      List<Object> elements = new ArrayList<>();
      value.getElementList().forEach(v -> elements.add(value(v)));
      return elements;
    }
    if (type.isStruct()) {
      List<Object> fields = new ArrayList<>();
      value.getFieldList().forEach(v -> fields.add(value(v)));
      return fields;
    }
    switch (type.getKind()) {
      case TYPE_INT64:
        return value.getInt64Value();
      case TYPE_DOUBLE:
        return value.getDoubleValue();
      case TYPE_BOOL:
        return value.getBoolValue();
      case TYPE_NUMERIC:
        return value.getNumericValue();
      case TYPE_BIGNUMERIC:
        return value.getBigNumericValue();
      case TYPE_STRING:
        return value.getStringValue();
      case TYPE_JSON:
        return JsonText.normalized(value.getJsonValue());
      case TYPE_BYTES:
        return value.getBytesValue().toByteArray();
      case TYPE_DATE:
        return LocalDate.ofEpochDay(value.getDateValue());
      case TYPE_TIME:
        return value.getLocalTimeValue();
      case TYPE_DATETIME:
        return value.getLocalDateTimeValue();
      case TYPE_TIMESTAMP:
        return instant(value.getTimestampUnixMicros());
      default:
        throw BigQueryError.unsupported("a literal of type " + SqlTypes.name(type));
    }
  }
}
