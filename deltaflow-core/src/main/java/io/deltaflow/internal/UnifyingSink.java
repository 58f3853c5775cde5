package io.deltaflow.internal;

import io.deltaflow.spi.ValueSink;
import java.math.BigDecimal;

/** Takes rows of a source and hands on rows of the run: {@link #end} completes each. */
final class UnifyingSink implements ValueSink {
  private final SourceColumns columns;
  private ValueSink sink;
  private int next;
  private int depth;

  UnifyingSink(SourceColumns columns) {
    this.columns = columns;
  }

  /** Begins a row; forgets one that was not ended. */
  UnifyingSink start(ValueSink to) {
    sink = to;
    next = 0;
    depth = 0;
    return this;
  }

  /** Appends what the source's row does not hold. */
  void end() {
    appendMissing();
    columns.appendName(sink);
  }

  private void appendMissing() {
    while (next < columns.fields() && !columns.isPresent(next)) {
      sink.appendNull();
      next++;
    }
  }

  private ValueSink value() {
    if (depth == 0) {
      appendMissing();
      next++;
    }
    return sink;
  }

  @Override
  public void appendNull() {
    value().appendNull();
  }

  @Override
  public void appendBoolean(boolean value) {
    value().appendBoolean(value);
  }

  @Override
  public void appendInt64(long value) {
    value().appendInt64(value);
  }

  @Override
  public void appendFloat64(double value) {
    value().appendFloat64(value);
  }

  @Override
  public void appendNumeric(BigDecimal value) {
    value().appendNumeric(value);
  }

  @Override
  public void appendNumeric(long unscaled, int scale) {
    value().appendNumeric(unscaled, scale);
  }

  @Override
  public void appendUtf8(byte[] buffer, int offset, int length) {
    value().appendUtf8(buffer, offset, length);
  }

  @Override
  public void appendString(String value) {
    value().appendString(value);
  }

  @Override
  public void appendBytes(byte[] buffer, int offset, int length) {
    value().appendBytes(buffer, offset, length);
  }

  @Override
  public void appendDate(long epochDay) {
    value().appendDate(epochDay);
  }

  @Override
  public void appendTime(long microsOfDay) {
    value().appendTime(microsOfDay);
  }

  @Override
  public void appendDateTime(long localMicros) {
    value().appendDateTime(localMicros);
  }

  @Override
  public void appendTimestamp(long epochMicros) {
    value().appendTimestamp(epochMicros);
  }

  @Override
  public void startArray(int size) {
    value().startArray(size);
    depth++;
  }

  @Override
  public void endArray() {
    depth--;
    sink.endArray();
  }

  @Override
  public void startRecord() {
    value().startRecord();
    depth++;
  }

  @Override
  public void endRecord() {
    depth--;
    sink.endRecord();
  }
}
