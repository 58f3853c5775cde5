package io.deltaflow.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.ValueSink;
import io.deltaflow.spi.error.InternalException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.function.Supplier;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/**
 * One row as a JSON object, whatever its values are. What JSON numbers cannot hold everywhere
 * (decimals, NaN, infinities) is text, as are times, bytes (base64) and JSON values, so that the
 * object can be loaded wherever JSON can. Of a text that is no UTF-8 the bytes are told, {@code
 * {"base64": "..."}}, which cannot be read back as a text.
 */
final class JsonRow implements ValueSink {
  private static final JsonFactory JSON = new JsonFactory();

  private final StringWriter text = new StringWriter();
  private final JsonGenerator json;
  private final Deque<Level> outer = new ArrayDeque<>();
  private Level level;

  /** Where values go: the fields of a record, or the elements of an array. */
  private static final class Level {
    private final Schema record;
    private final FieldType element;
    private int next;

    Level(Schema record, FieldType element) {
      this.record = record;
      this.element = element;
    }

    FieldType type() {
      return record == null ? element : record.getField(next).getType();
    }
  }

  JsonRow(Schema schema) {
    this.level = new Level(schema, null);
    try {
      this.json = JSON.createGenerator(text);
      json.writeStartObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The object. */
  String finish() {
    try {
      json.close();
      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Writing {
    void write() throws IOException;
  }

  private void value(Writing writing) {
    try {
      name();
      writing.write();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void name() throws IOException {
    if (level.record != null) {
      if (level.next == level.record.getFieldCount()) {
        throw new InternalException("the reader appended more values than a row has fields");
      }
      json.writeFieldName(level.record.getField(level.next).getName());
      level.next++;
    }
  }

  private void text(String value) {
    // Halves of surrogate pairs are no UTF-8.
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    value(() -> json.writeString(new String(utf8, StandardCharsets.UTF_8)));
  }

  @Override
  public void appendNull() {
    value(json::writeNull);
  }

  @Override
  public void appendBoolean(boolean value) {
    value(() -> json.writeBoolean(value));
  }

  @Override
  public void appendInt64(long value) {
    value(() -> json.writeNumber(value));
  }

  @Override
  public void appendFloat64(double value) {
    if (Double.isFinite(value)) {
      value(() -> json.writeNumber(value));
    } else {
      text(Double.toString(value));
    }
  }

  @Override
  public void appendNumeric(BigDecimal value) {
    text(value.toString());
  }

  @Override
  public void appendUtf8(byte[] buffer, int offset, int length) {
    try {
      ByteBuffer utf8 = ByteBuffer.wrap(buffer, offset, length);
      text(StandardCharsets.UTF_8.newDecoder().decode(utf8).toString());
    } catch (CharacterCodingException e) {
      noText(Arrays.copyOfRange(buffer, offset, offset + length));
    }
  }

  /** Bytes that are no UTF-8, in a form that nobody takes for a value of the field. */
  private void noText(byte[] bytes) {
    if (FieldTypes.kind(level.type()) == FieldTypes.Kind.JSON) {
      text("base64 " + Base64.getEncoder().encodeToString(bytes));
      return;
    }
    value(
        () -> {
          json.writeStartObject();
          json.writeBinaryField("base64", bytes);
          json.writeEndObject();
        });
  }

  @Override
  public void appendString(String value) {
    text(value);
  }

  @Override
  public void appendBytes(byte[] buffer, int offset, int length) {
    byte[] bytes = Arrays.copyOfRange(buffer, offset, offset + length);
    value(() -> json.writeBinary(bytes));
  }

  @Override
  public void appendDate(long epochDay) {
    time(() -> IsoTimes.date(epochDay), epochDay);
  }

  @Override
  public void appendTime(long microsOfDay) {
    time(() -> IsoTimes.time(microsOfDay), microsOfDay);
  }

  @Override
  public void appendDateTime(long localMicros) {
    time(() -> IsoTimes.dateTime(localMicros), localMicros);
  }

  @Override
  public void appendTimestamp(long epochMicros) {
    time(() -> IsoTimes.dateTime(epochMicros) + "Z", epochMicros);
  }

  /** Those that Java's calendar does not know are shown as the number that they are. */
  private void time(Supplier<String> shown, long number) {
    String value;
    try {
      value = shown.get();
    } catch (DateTimeException e) {
      value = Long.toString(number);
    }
    text(value);
  }

  @Override
  public void appendUnfit(String column, String value, String problem) {
    text(value);
  }

  @Override
  public void startArray(int size) {
    FieldType element = level.type().getCollectionElementType();
    value(json::writeStartArray);
    outer.push(level);
    level = new Level(null, element);
  }

  @Override
  public void endArray() {
    level = outer.pop();
    end(json::writeEndArray);
  }

  @Override
  public void startRecord() {
    Schema record = level.type().getRowSchema();
    value(json::writeStartObject);
    outer.push(level);
    level = new Level(record, null);
  }

  @Override
  public void endRecord() {
    level = outer.pop();
    end(json::writeEndObject);
  }

  private static void end(Writing writing) {
    try {
      writing.write();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
