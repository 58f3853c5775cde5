package io.deltaflow.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType;
import io.deltaflow.destination.LoadFile;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;

/**
 * Rows that are too large for an Avro block, one JSON object a line, made from their Avro encoding.
 */
final class JsonLinesFile implements AutoCloseable {
  private final String path;
  private final List<Column> columns;
  private final CountingOutputStream out;
  private final GenericDatumReader<GenericRecord> decoder;
  private final JsonFactory factory = new JsonFactory();
  private long rows;

  JsonLinesFile(String path, Schema schema, List<Column> columns) throws IOException {
    this.path = path;
    this.columns = columns;
    this.out = CountingOutputStream.create(path);
    this.decoder = new GenericDatumReader<>(schema);
  }

  void write(byte[] row, int length) throws IOException {
    GenericRecord record =
        decoder.read(null, DecoderFactory.get().binaryDecoder(row, 0, length, null));
    long before = out.count();
    try (JsonGenerator json = factory.createGenerator(out)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
      writeRecord(json, columns, record);
    }
    out.write('\n');
    LoadFileWriter.checkJsonRow(columns.get(0), out.count() - before);
    rows++;
  }

  private static void writeRecord(JsonGenerator json, List<Column> columns, GenericRecord record)
      throws IOException {
    json.writeStartObject();
    for (int i = 0; i < columns.size(); i++) {
      Object value = record.get(i);
      if (value == null) {
        continue;
      }
      Column column = columns.get(i);
      json.writeFieldName(column.loadName());
      if (column.type().repeated()) {
        json.writeStartArray();
        for (Object element : (List<?>) value) {
          writeValue(json, column.type(), element);
        }
        json.writeEndArray();
      } else {
        writeValue(json, column.type(), value);
      }
    }
    json.writeEndObject();
  }

  private static void writeValue(JsonGenerator json, ColumnType type, Object value)
      throws IOException {
    switch (type.kind()) {
      case BOOL -> json.writeBoolean((Boolean) value);
      // As texts, so that no reader takes them for doubles.
      case INT64 -> json.writeString(value.toString());
      case FLOAT64 -> writeDouble(json, (Double) value);
      case NUMERIC, BIGNUMERIC ->
          json.writeString(
              new BigDecimal(new BigInteger(array((ByteBuffer) value)), type.scale())
                  .toPlainString());
      case BYTES -> json.writeString(Base64.getEncoder().encodeToString(array((ByteBuffer) value)));
      case DATE -> json.writeString(LocalDate.ofEpochDay((Integer) value).toString());
      case TIME -> json.writeString(LocalTime.ofNanoOfDay((Long) value * 1000).toString());
      case DATETIME -> json.writeString(local((Long) value).toString());
      case TIMESTAMP -> json.writeString(local((Long) value) + "Z");
      case STRUCT -> writeRecord(json, type.fields(), (GenericRecord) value);
      default -> json.writeString(value.toString());
    }
  }

  private static void writeDouble(JsonGenerator json, double value) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumber(value);
    } else {
      json.writeString(Double.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }
  }

  private static LocalDateTime local(long micros) {
    return LocalDateTime.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L),
        (int) Math.floorMod(micros, 1_000_000L) * 1000,
        ZoneOffset.UTC);
  }

  private static byte[] array(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  LoadFile finish(int source, int split) throws IOException {
    out.close();
    return new LoadFile(path, LoadFile.Format.JSON_LINES, source, split, rows, out.count());
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
