package io.deltaflow.source.postgres;

import io.deltaflow.spi.ValueSink;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;

/** Makes a {@link Row} of one row's values. */
final class RowSink implements ValueSink {
  private final Schema schema;
  private final Deque<Frame> outer = new ArrayDeque<>();
  private Frame current;

  /** What is being filled: a record, or an array whose elements all have one type. */
  private record Frame(Schema record, FieldType element, List<Object> values) {
    FieldType nextType() {
      return element != null ? element : record.getField(values.size()).getType();
    }
  }

  RowSink(Schema schema) {
    this.schema = schema;
    this.current = new Frame(schema, null, new ArrayList<>(schema.getFieldCount()));
  }

  Row row() {
    return Row.withSchema(schema).attachValues(current.values);
  }

  @Override
  public void appendNull() {
    current.values.add(null);
  }

  @Override
  public void appendBoolean(boolean value) {
    current.values.add(value);
  }

  @Override
  public void appendInt64(long value) {
    current.values.add(value);
  }

  @Override
  public void appendFloat64(double value) {
    current.values.add(value);
  }

  @Override
  public void appendNumeric(BigDecimal value) {
    current.values.add(value);
  }

  @Override
  public void appendUtf8(byte[] buffer, int offset, int length) {
    current.values.add(new String(buffer, offset, length, StandardCharsets.UTF_8));
  }

  @Override
  public void appendString(String value) {
    current.values.add(value);
  }

  @Override
  public void appendBytes(byte[] buffer, int offset, int length) {
    current.values.add(Arrays.copyOfRange(buffer, offset, offset + length));
  }

  @Override
  public void appendDate(long epochDay) {
    current.values.add(LocalDate.ofEpochDay(epochDay));
  }

  @Override
  public void appendTime(long microsOfDay) {
    current.values.add(LocalTime.ofNanoOfDay(microsOfDay * 1000));
  }

  @Override
  public void appendDateTime(long localMicros) {
    current.values.add(
        LocalDateTime.ofEpochSecond(
            Math.floorDiv(localMicros, 1_000_000L), nanos(localMicros), ZoneOffset.UTC));
  }

  @Override
  public void appendTimestamp(long epochMicros) {
    current.values.add(
        Instant.ofEpochSecond(Math.floorDiv(epochMicros, 1_000_000L), nanos(epochMicros)));
  }

  private static int nanos(long micros) {
    return (int) Math.floorMod(micros, 1_000_000L) * 1000;
  }

  @Override
  public void startArray(int size) {
    FieldType element = current.nextType().getCollectionElementType();
    outer.push(current);
    current = new Frame(null, element, new ArrayList<>(size));
  }

  @Override
  public void endArray() {
    List<Object> values = current.values;
    current = outer.pop();
    current.values.add(values);
  }

  @Override
  public void startRecord() {
    Schema record = current.nextType().getRowSchema();
    outer.push(current);
    current = new Frame(record, null, new ArrayList<>(record.getFieldCount()));
  }

  @Override
  public void endRecord() {
    Row row = Row.withSchema(current.record).attachValues(current.values);
    current = outer.pop();
    current.values.add(row);
  }
}
