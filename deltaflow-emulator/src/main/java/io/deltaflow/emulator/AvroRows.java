package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableSchema;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.avro.JsonProperties;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.io.Encoder;

/**
 * Rows as BigQuery writes them to Avro, with logical types: in the Storage Read API and in extract
 * jobs.
 */
final class AvroRows {
  private static final DateTimeFormatter DATE_TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
          .optionalStart()
          .appendFraction(ChronoField.MICRO_OF_SECOND, 6, 6, true)
          .optionalEnd()
          .toFormatter(Locale.ROOT);

  private final List<TableFieldSchema> fields;
  private final Schema schema;
  private int records;

  /**
   * @param name of the record
   */
  AvroRows(TableSchema table, String name) {
    this.fields = table.getFields();
    this.schema = record(fields, name);
  }

  Schema schema() {
    return schema;
  }

  private Schema record(List<TableFieldSchema> columns, String name) {
    List<Schema.Field> made = new ArrayList<>();
    for (TableFieldSchema column : columns) {
      Schema type = type(column);
      Object fallback = null;
      if ("REPEATED".equals(column.getMode())) {
        type = Schema.createArray(type);
      } else if (!"REQUIRED".equals(column.getMode())) {
        type = Schema.createUnion(Schema.create(Schema.Type.NULL), type);
        fallback = JsonProperties.NULL_VALUE;
      }
      made.add(new Schema.Field(column.getName(), type, column.getDescription(), fallback));
    }
    return Schema.createRecord(name, null, null, false, made);
  }

  private Schema type(TableFieldSchema column) {
    switch (column.getType()) {
      case "INTEGER":
        return Schema.create(Schema.Type.LONG);
      case "FLOAT":
        return Schema.create(Schema.Type.DOUBLE);
      case "BOOLEAN":
        return Schema.create(Schema.Type.BOOLEAN);
      case "STRING":
        return Schema.create(Schema.Type.STRING);
      case "JSON":
      case "GEOGRAPHY":
        return with(Schema.create(Schema.Type.STRING), "sqlType", column.getType());
      case "BYTES":
        return Schema.create(Schema.Type.BYTES);
      case "NUMERIC":
      case "BIGNUMERIC":
        return LogicalTypes.decimal(precision(column), scale(column))
            .addToSchema(Schema.create(Schema.Type.BYTES));
      case "DATE":
        return LogicalTypes.date().addToSchema(Schema.create(Schema.Type.INT));
      case "TIME":
        return LogicalTypes.timeMicros().addToSchema(Schema.create(Schema.Type.LONG));
      case "DATETIME":
        return with(Schema.create(Schema.Type.STRING), "logicalType", "datetime");
      case "TIMESTAMP":
        return LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
      case "RECORD":
        return record(column.getFields(), "__s_" + records++);
      default:
        throw BigQueryError.unsupported("Avro of the column type " + column.getType());
    }
  }

  private static Schema with(Schema schema, String property, String value) {
    schema.addProp(property, value);
    return schema;
  }

  private static int precision(TableFieldSchema column) {
    boolean numeric = column.getType().equals("NUMERIC");
    return column.getPrecision() == null ? numeric ? 38 : 77 : column.getPrecision().intValue();
  }

  private static int scale(TableFieldSchema column) {
    if (column.getPrecision() != null) {
      return column.getScale() == null ? 0 : column.getScale().intValue();
    }
    return column.getType().equals("NUMERIC") ? 9 : 38;
  }

  /** Appends a row of {@link CellValues}. */
  void write(List<Object> row, Encoder out) throws IOException {
    write(fields, row, out);
  }

  private static void write(List<TableFieldSchema> columns, List<?> row, Encoder out)
      throws IOException {
    for (int i = 0; i < columns.size(); i++) {
      TableFieldSchema column = columns.get(i);
      Object value = row.get(i);
      if ("REPEATED".equals(column.getMode())) {
        array(column, value == null ? List.of() : (List<?>) value, out);
        continue;
      }
      if (!"REQUIRED".equals(column.getMode())) {
        out.writeIndex(value == null ? 0 : 1);
      }
      if (value != null) {
        element(column, value, out);
      }
    }
  }

  private static void array(TableFieldSchema column, List<?> elements, Encoder out)
      throws IOException {
    out.writeArrayStart();
    out.setItemCount(elements.size());
    for (Object element : elements) {
      out.startItem();
      element(column, element, out);
    }
    out.writeArrayEnd();
  }

  private static void element(TableFieldSchema column, Object value, Encoder out)
      throws IOException {
    switch (column.getType()) {
      case "INTEGER":
        out.writeLong((Long) value);
        break;
      case "FLOAT":
        out.writeDouble((Double) value);
        break;
      case "BOOLEAN":
        out.writeBoolean((Boolean) value);
        break;
      case "BYTES":
        out.writeBytes((byte[]) value);
        break;
      case "NUMERIC":
      case "BIGNUMERIC":
        BigDecimal exact = ((BigDecimal) value).setScale(scale(column), RoundingMode.UNNECESSARY);
        out.writeBytes(ByteBuffer.wrap(exact.unscaledValue().toByteArray()));
        break;
      case "DATE":
        out.writeInt(Math.toIntExact(((LocalDate) value).toEpochDay()));
        break;
      case "TIME":
        out.writeLong(((LocalTime) value).toNanoOfDay() / 1000);
        break;
      case "DATETIME":
        LocalDateTime local = (LocalDateTime) value;
        out.writeString(
            local.getNano() == 0
                ? local.withNano(0).format(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
                : local.format(DATE_TIME));
        break;
      case "TIMESTAMP":
        out.writeLong(JsonRow.micros((Instant) value));
        break;
      case "RECORD":
        write(column.getFields(), (List<?>) value, out);
        break;
      default:
        out.writeString((String) value);
    }
  }
}
