package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.TableFieldSchema;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType;
import io.deltaflow.destination.ColumnType.Kind;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.ValueSink;
import io.deltaflow.spi.error.DestinationException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/** Turns the cells of one record of a table into values of the types in which they were loaded. */
final class CellReader {
  private final List<Column> columns;
  private final int[] positions;
  private final CellReader[] nested;
  private final Schema schema;

  /**
   * @param fields in the order of the cells
   */
  CellReader(List<Column> columns, List<TableFieldSchema> fields) {
    this.columns = columns;
    this.positions = new int[columns.size()];
    this.nested = new CellReader[columns.size()];
    Schema.Builder builder = Schema.builder();
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      positions[i] = position(column.name(), fields);
      TableFieldSchema field = fields.get(positions[i]);
      if (column.type().kind() == Kind.STRUCT) {
        nested[i] = new CellReader(column.type().fields(), field.getFields());
      }
      builder.addField(
          Schema.Field.of(column.field(), fieldType(i).withNullable(!column.required())));
    }
    this.schema = builder.build();
  }

  private static int position(String name, List<TableFieldSchema> fields) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).getName().equalsIgnoreCase(name)) {
        return i;
      }
    }
    throw new DestinationException("the table has lost its column '" + name + "'; run again");
  }

  private FieldType fieldType(int i) {
    ColumnType type = columns.get(i).type();
    FieldType element =
        switch (type.kind()) {
          case BOOL -> FieldTypes.BOOL;
          case INT64 -> FieldTypes.INT64;
          case FLOAT64 -> FieldTypes.FLOAT64;
          case NUMERIC, BIGNUMERIC -> FieldTypes.numeric(type.precision(), type.scale());
          case STRING -> FieldTypes.STRING;
          case BYTES -> FieldTypes.BYTES;
          case DATE -> FieldTypes.DATE;
          case TIME -> FieldTypes.TIME;
          case DATETIME -> FieldTypes.DATETIME;
          case TIMESTAMP -> FieldTypes.TIMESTAMP;
          case JSON -> FieldTypes.JSON;
          case GEOGRAPHY -> FieldTypes.GEOGRAPHY;
          case STRUCT -> FieldType.row(nested[i].schema);
        };
    return type.repeated() ? FieldType.array(element) : element;
  }

  /** Of the values, with the source's field names. */
  Schema schema() {
    return schema;
  }

  void append(List<Object> cells, ValueSink sink) {
    for (int i = 0; i < columns.size(); i++) {
      Object cell = cells.get(positions[i]);
      if (!columns.get(i).type().repeated()) {
        appendOne(i, cell, sink);
        continue;
      }
      List<?> elements = cell == null ? List.of() : (List<?>) cell;
      sink.startArray(elements.size());
      for (Object element : elements) {
        appendOne(i, element, sink);
      }
      sink.endArray();
    }
  }

  @SuppressWarnings("unchecked")
  private void appendOne(int i, Object cell, ValueSink sink) {
    if (cell == null) {
      sink.appendNull();
    } else if (nested[i] != null) {
      sink.startRecord();
      nested[i].append((List<Object>) cell, sink);
      sink.endRecord();
    } else {
      append(columns.get(i).type().kind(), cell.toString(), sink);
    }
  }

  private static void append(Kind kind, String text, ValueSink sink) {
    switch (kind) {
      case BOOL -> sink.appendBoolean(Boolean.parseBoolean(text));
      case INT64 -> sink.appendInt64(Long.parseLong(text));
      case FLOAT64 -> sink.appendFloat64(Double.parseDouble(text));
      case NUMERIC, BIGNUMERIC -> sink.appendNumeric(new BigDecimal(text));
      case BYTES -> {
        byte[] bytes = Base64.getDecoder().decode(text);
        sink.appendBytes(bytes, 0, bytes.length);
      }
      // The column may be a DATETIME, written from dates.
      case DATE -> sink.appendDate(LocalDate.parse(text.substring(0, 10)).toEpochDay());
      case TIME -> sink.appendTime(LocalTime.parse(text).toNanoOfDay() / 1000);
      case DATETIME -> sink.appendDateTime(micros(LocalDateTime.parse(text)));
      case TIMESTAMP -> sink.appendTimestamp(Long.parseLong(text));
      default -> sink.appendString(text);
    }
  }

  /** From microseconds, as requests here ask for TIMESTAMPs. */
  static Instant instant(String micros) {
    return Instant.EPOCH.plus(Long.parseLong(micros), ChronoUnit.MICROS);
  }

  private static long micros(LocalDateTime local) {
    return local.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + local.getNano() / 1000;
  }
}
