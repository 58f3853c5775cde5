package io.deltaflow.internal;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType;
import io.deltaflow.destination.LoadFile;
import io.deltaflow.spi.error.BadValueException;
import io.deltaflow.spi.error.InternalException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Rows that are too large for an Avro block, one JSON object a line, made from their Avro encoding
 * piece by piece, so that a large value is never in memory a second time.
 */
final class JsonLinesFile implements AutoCloseable {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final String path;
  private final List<Column> columns;
  private final CountingOutputStream file;
  private long rows;

  // The row in work.
  private byte[] encoded;
  private int at;
  private CountingOutputStream out;
  private JsonGenerator json;

  JsonLinesFile(String path, List<Column> columns) throws IOException {
    this.path = path;
    this.columns = columns;
    this.file = CountingOutputStream.create(path);
  }

  /**
   * Writes a row; changes line ends within its JSON values, where they mean nothing. Nothing of a
   * row that is refused is in the file, since others may follow it.
   */
  void write(byte[] row, int offset, int length) throws IOException {
    CountingOutputStream nowhere = CountingOutputStream.toNowhere();
    write(row, offset, length, nowhere);
    LoadFileWriter.checkJsonRow(columns.get(0), nowhere.count());
    write(row, offset, length, file);
    rows++;
  }

  private void write(byte[] row, int offset, int length, CountingOutputStream to)
      throws IOException {
    out = to;
    encoded = row;
    at = offset;
    try (JsonGenerator generator = FACTORY.createGenerator(out)) {
      json = generator;
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
      writeRecord(columns);
    } finally {
      encoded = null;
      json = null;
    }
    if (at != offset + length) {
      throw new InternalException("a row of " + length + " bytes was written only in part");
    }
    out.write('\n');
  }

  private void writeRecord(List<Column> fields) throws IOException {
    json.writeStartObject();
    for (Column column : fields) {
      boolean repeated = column.type().repeated();
      // The branch of the union with null.
      if (!repeated && !column.required() && nextLong() == 0) {
        continue;
      }
      json.writeFieldName(column.loadName());
      if (repeated) {
        writeArray(column);
      } else {
        writeValue(column);
      }
    }
    json.writeEndObject();
  }

  /** Avro has arrays in blocks, the last one empty. */
  private void writeArray(Column column) throws IOException {
    json.writeStartArray();
    for (long size = nextLong(); size > 0; size = nextLong()) {
      for (long i = 0; i < size; i++) {
        writeValue(column);
      }
    }
    json.writeEndArray();
  }

  private void writeValue(Column column) throws IOException {
    ColumnType type = column.type();
    switch (type.kind()) {
      case BOOL -> json.writeBoolean(encoded[at++] != 0);
      // As texts, so that no reader takes them for doubles.
      case INT64 -> json.writeString(Long.toString(nextLong()));
      case FLOAT64 -> writeDouble(nextDouble());
      case NUMERIC, BIGNUMERIC -> json.writeString(nextDecimal(type.scale()).toPlainString());
      case BYTES -> {
        int length = nextLength();
        json.writeBinary(Base64Variants.MIME_NO_LINEFEEDS, encoded, at, length);
        at += length;
      }
      case DATE -> json.writeString(IsoTimes.date(nextLong()));
      case TIME -> json.writeString(IsoTimes.time(nextLong()));
      case DATETIME -> json.writeString(IsoTimes.dateTime(nextLong()));
      case TIMESTAMP -> json.writeString(IsoTimes.dateTime(nextLong()) + "Z");
      case JSON -> writeJson(column);
      case STRUCT -> writeRecord(type.fields());
      default -> {
        int length = nextLength();
        json.writeUTF8String(encoded, at, length);
        at += length;
      }
    }
  }

  /**
   * The value as it is, since a string would load as a JSON string. Line ends stand between tokens
   * only.
   */
  private void writeJson(Column column) throws IOException {
    int length = nextLength();
    requireJson(column, length);
    for (int i = at; i < at + length; i++) {
      if (encoded[i] == '\n' || encoded[i] == '\r') {
        encoded[i] = ' ';
      }
    }
    json.writeRawValue("");
    json.flush();
    out.write(encoded, at, length);
    at += length;
  }

  private void requireJson(Column column, int length) throws IOException {
    try (JsonParser parser = FACTORY.createParser(encoded, at, length)) {
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
  }

  private void writeDouble(double value) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumber(value);
    } else {
      json.writeString(Double.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }
  }

  private BigDecimal nextDecimal(int scale) {
    int length = nextLength();
    BigInteger unscaled = new BigInteger(encoded, at, length);
    at += length;
    return new BigDecimal(unscaled, scale);
  }

  private double nextDouble() {
    double value = ByteBuffer.wrap(encoded, at, 8).order(ByteOrder.LITTLE_ENDIAN).getDouble();
    at += 8;
    return value;
  }

  private int nextLength() {
    return Math.toIntExact(nextLong());
  }

  /** Zigzag, seven bits a byte. */
  private long nextLong() {
    long n = 0;
    int shift = 0;
    byte next;
    do {
      next = encoded[at++];
      n |= (next & 0x7FL) << shift;
      shift += 7;
    } while (next < 0);
    return (n >>> 1) ^ -(n & 1);
  }

  LoadFile finish(int source, int split) throws IOException {
    file.close();
    return new LoadFile(path, LoadFile.Format.JSON_LINES, source, split, rows, file.count());
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
