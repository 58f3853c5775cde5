package io.deltaflow.internal;

import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.ValueSink;
import io.deltaflow.spi.error.InternalException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;

/** Appends the values of Rows to a sink. */
final class RowValues {
  private final Schema schema;
  private final FieldType[] types;

  RowValues(Schema schema) {
    this.schema = schema;
    this.types = schema.getFields().stream().map(Schema.Field::getType).toArray(FieldType[]::new);
  }

  void append(Row row, ValueSink sink) {
    if (row.getFieldCount() != types.length) {
      throw new InternalException(
          "the reader gave a row of " + row.getFieldCount() + " fields, not " + types.length);
    }
    for (int i = 0; i < types.length; i++) {
      append(schema.getField(i).getName(), types[i], row.getValue(i), sink);
    }
  }

  private static void append(String field, FieldType type, Object value, ValueSink sink) {
    if (value == null) {
      sink.appendNull();
      return;
    }
    try {
      appendPresent(field, type, value, sink);
    } catch (ClassCastException e) {
      throw new InternalException(
          "field '" + field + "' has a " + value.getClass().getName() + " for " + type, e);
    }
  }

  private static void appendPresent(String field, FieldType type, Object value, ValueSink sink) {
    switch (FieldTypes.kind(type)) {
      case BOOL -> sink.appendBoolean((Boolean) value);
      case INT64 -> sink.appendInt64((Long) value);
      case FLOAT64 -> sink.appendFloat64((Double) value);
      case NUMERIC -> sink.appendNumeric((BigDecimal) value);
      case STRING, JSON, GEOGRAPHY -> sink.appendString((String) value);
      case BYTES -> sink.appendBytes((byte[]) value, 0, ((byte[]) value).length);
      case DATE -> sink.appendDate(((LocalDate) value).toEpochDay());
      case TIME -> sink.appendTime(((LocalTime) value).toNanoOfDay() / 1000);
      case DATETIME -> sink.appendDateTime(CursorPosition.dateTime((LocalDateTime) value).value());
      case TIMESTAMP -> sink.appendTimestamp(CursorPosition.timestamp((Instant) value).value());
      case ARRAY -> {
        List<Object> elements = new ArrayList<>((Collection<?>) value);
        sink.startArray(elements.size());
        elements.forEach(e -> append(field, type.getCollectionElementType(), e, sink));
        sink.endArray();
      }
      case RECORD -> {
        sink.startRecord();
        new RowValues(type.getRowSchema()).append((Row) value, sink);
        sink.endRecord();
      }
      default ->
          throw new InternalException("field '" + field + "' is of the unknown type " + type);
    }
  }
}
