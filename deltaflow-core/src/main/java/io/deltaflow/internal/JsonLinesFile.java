package io.deltaflow.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType;
import io.deltaflow.destination.LoadFile;
import io.deltaflow.spi.error.BadValueException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
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
  private static final JsonFactory FACTORY = new JsonFactory();

  private final String path;
  private final List<Column> columns;
  private final CountingOutputStream out;
  private final GenericDatumReader<GenericRecord> decoder;
  private long rows;

  JsonLinesFile(String path, Schema schema, List<Column> columns) throws IOException {
    this.path = path;
    this.columns = columns;
    this.out = CountingOutputStream.create(path);
    this.decoder = new GenericDatumReader<>(schema);
  }

  void write(byte[] encoded, int offset, int length) throws IOException {
    GenericRecord record =
        decoder.read(null, DecoderFactory.get().binaryDecoder(encoded, offset, length, null));
    long before = out.count();
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
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
          writeValue(json, column, element);
        }
        json.writeEndArray();
      } else {
        writeValue(json, column, value);
      }
    }
    json.writeEndObject();
  }

  private static void writeValue(JsonGenerator json, Column column, Object value)
      throws IOException {
    ColumnType type = column.type();
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
      case DATE -> json.writeString(IsoTimes.date((Integer) value));
      case TIME -> json.writeString(IsoTimes.time((Long) value));
      case DATETIME -> json.writeString(IsoTimes.dateTime((Long) value));
      case TIMESTAMP -> json.writeString(IsoTimes.dateTime((Long) value) + "Z");
      case JSON -> json.writeRawValue(onOneLine(column, value.toString()));
      case STRUCT -> writeRecord(json, type.fields(), (GenericRecord) value);
      default -> json.writeString(value.toString());
    }
  }

  /**
   * The value as it is, since a string would load as a JSON string. Line ends stand between tokens
   * only.
   */
  private static String onOneLine(Column column, String text) throws IOException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() == null) {
        throw new BadValueException(column.field(), "an empty text is no valid JSON");
      }
      parser.skipChildren();
      if (parser.nextToken() != null) {
        throw new BadValueException(column.field(), "the text is more than one JSON value");
      }
    } catch (JsonParseException e) {
      throw new BadValueException(column.field(), "the text is no valid JSON", e);
    }
    return text.replace('\n', ' ').replace('\r', ' ');
  }

  private static void writeDouble(JsonGenerator json, double value) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumber(value);
    } else {
      json.writeString(Double.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }
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
