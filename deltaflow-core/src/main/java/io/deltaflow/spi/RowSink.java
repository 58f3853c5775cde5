package io.deltaflow.spi;

import io.deltaflow.spi.error.InternalException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;

/**
 * Makes Rows of appended values, so that a {@link DirectReader} needs to decode in one way only.
 */
public final class RowSink implements ValueSink {
  private final Schema schema;
  private final Deque<Level> levels = new ArrayDeque<>();
  private Level level;

  public RowSink(Schema schema) {
    this.schema = schema;
    start();
  }

  /** Forgets the row so far. */
  public void start() {
    levels.clear();
    level = new Level(schema, new ArrayList<>(schema.getFieldCount()), false);
  }

  /** The row that was appended. */
  public Row row() {
    if (!levels.isEmpty() || level.values.size() != schema.getFieldCount()) {
      throw new InternalException(
          level.values.size() + " of " + schema.getFieldCount() + " values were appended");
    }
    return Row.withSchema(schema).attachValues(level.values);
  }

  private void add(Object value) {
    level.values.add(value);
  }

  @Override
  public void appendNull() {
    add(null);
  }

  @Override
  public void appendBoolean(boolean value) {
    add(value);
  }

  @Override
  public void appendInt64(long value) {
    add(value);
  }

  @Override
  public void appendFloat64(double value) {
    add(value);
  }

  @Override
  public void appendNumeric(BigDecimal value) {
    add(value);
  }

  @Override
  public void appendUtf8(byte[] buffer, int offset, int length) {
    add(new String(buffer, offset, length, StandardCharsets.UTF_8));
  }

  @Override
  public void appendString(String value) {
    add(value);
  }

  @Override
  public void appendBytes(byte[] buffer, int offset, int length) {
    add(Arrays.copyOfRange(buffer, offset, offset + length));
  }

  @Override
  public void appendDate(long epochDay) {
    add(LocalDate.ofEpochDay(epochDay));
  }

  @Override
  public void appendTime(long microsOfDay) {
    add(LocalTime.ofNanoOfDay(Math.multiplyExact(microsOfDay, 1000L)));
  }

  @Override
  public void appendDateTime(long localMicros) {
    add(LocalDateTime.ofInstant(instant(localMicros), ZoneOffset.UTC));
  }

  @Override
  public void appendTimestamp(long epochMicros) {
    add(instant(epochMicros));
  }

  @Override
  public void startArray(int size) {
    Schema records = recordSchema(true);
    levels.push(level);
    level = new Level(records, new ArrayList<>(size), true);
  }

  @Override
  public void endArray() {
    List<Object> elements = level.values;
    level = levels.pop();
    add(elements);
  }

  @Override
  public void startRecord() {
    Schema record = level.isArray ? level.schema : recordSchema(false);
    levels.push(level);
    level = new Level(record, new ArrayList<>(record.getFieldCount()), false);
  }

  @Override
  public void endRecord() {
    Row record = Row.withSchema(level.schema).attachValues(level.values);
    level = levels.pop();
    add(record);
  }

  /**
   * Of the record, or of the array's records, that is next; null when its elements are no records.
   */
  private Schema recordSchema(boolean inArray) {
    Schema.FieldType type = level.schema.getField(level.values.size()).getType();
    return inArray ? type.getCollectionElementType().getRowSchema() : type.getRowSchema();
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private static final class Level {
    final Schema schema;
    final List<Object> values;
    final boolean isArray;

    Level(Schema schema, List<Object> values, boolean isArray) {
      this.schema = schema;
      this.values = values;
      this.isArray = isArray;
    }
  }
}
