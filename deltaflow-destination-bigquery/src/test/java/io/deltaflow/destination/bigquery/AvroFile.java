package io.deltaflow.destination.bigquery;

import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType;
import io.deltaflow.destination.LoadFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.beam.sdk.io.FileSystems;

/** Writes load files the way the engine does, with plain Avro. */
final class AvroFile {
  private AvroFile() {}

  static LoadFile write(String path, List<Column> columns, List<List<Object>> rows) {
    Schema schema = record("row", columns);
    try (OutputStream out =
            Channels.newOutputStream(
                FileSystems.create(
                    FileSystems.matchNewResource(path, false), "application/octet-stream"));
        DataFileWriter<GenericRecord> writer =
            new DataFileWriter<>(new GenericDatumWriter<GenericRecord>(schema))) {
      writer.setCodec(CodecFactory.snappyCodec()).create(schema, out);
      for (List<Object> row : rows) {
        writer.append(record(schema, columns, row));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new LoadFile(path, LoadFile.Format.AVRO, 0, 0, rows.size(), 1000);
  }

  static void writeText(String path, String text) {
    try (OutputStream out =
        Channels.newOutputStream(
            FileSystems.create(FileSystems.matchNewResource(path, false), "text/plain"))) {
      out.write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Schema record(String name, List<Column> columns) {
    List<Schema.Field> fields = new ArrayList<>();
    for (Column c : columns) {
      Schema value = type(name + "_" + c.loadName(), c.type());
      Schema field =
          c.type().repeated()
              ? Schema.createArray(value)
              : c.required() ? value : Schema.createUnion(Schema.create(Schema.Type.NULL), value);
      fields.add(new Schema.Field(c.loadName(), field, null, (Object) null));
    }
    return Schema.createRecord(name, null, "test", false, fields);
  }

  private static Schema type(String name, ColumnType type) {
    Schema text = Schema.create(Schema.Type.STRING);
    return switch (type.kind()) {
      case BOOL -> Schema.create(Schema.Type.BOOLEAN);
      case INT64 -> Schema.create(Schema.Type.LONG);
      case FLOAT64 -> Schema.create(Schema.Type.DOUBLE);
      case NUMERIC, BIGNUMERIC ->
          LogicalTypes.decimal(type.precision(), type.scale())
              .addToSchema(Schema.create(Schema.Type.BYTES));
      case BYTES -> Schema.create(Schema.Type.BYTES);
      case DATE -> LogicalTypes.date().addToSchema(Schema.create(Schema.Type.INT));
      case TIME -> LogicalTypes.timeMicros().addToSchema(Schema.create(Schema.Type.LONG));
      case DATETIME ->
          LogicalTypes.localTimestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
      case TIMESTAMP -> LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
      case JSON, GEOGRAPHY -> {
        text.addProp("sqlType", type.kind().name());
        yield text;
      }
      case STRUCT -> record(name, type.fields());
      default -> text;
    };
  }

  private static GenericRecord record(Schema schema, List<Column> columns, List<?> values) {
    GenericRecord record = new GenericData.Record(schema);
    for (int i = 0; i < columns.size(); i++) {
      ColumnType type = columns.get(i).type();
      Schema field = schema.getFields().get(i).schema();
      Object value = values.get(i);
      if (type.repeated()) {
        List<Object> elements = new ArrayList<>();
        ((List<?>) value).forEach(e -> elements.add(value(field.getElementType(), type, e)));
        record.put(i, elements);
      } else if (value != null) {
        Schema element = field.getType() == Schema.Type.UNION ? field.getTypes().get(1) : field;
        record.put(i, value(element, type, value));
      }
    }
    return record;
  }

  private static Object value(Schema schema, ColumnType type, Object value) {
    return switch (type.kind()) {
      case NUMERIC, BIGNUMERIC ->
          ByteBuffer.wrap(
              ((BigDecimal) value).setScale(type.scale()).unscaledValue().toByteArray());
      case BYTES -> ByteBuffer.wrap((byte[]) value);
      case DATE -> (int) ((LocalDate) value).toEpochDay();
      case TIME -> ((LocalTime) value).toNanoOfDay() / 1000;
      case DATETIME -> micros(((LocalDateTime) value).toInstant(ZoneOffset.UTC));
      case TIMESTAMP -> micros((Instant) value);
      case STRUCT -> record(schema, type.fields(), (List<?>) value);
      default -> value;
    };
  }

  private static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
  }
}
