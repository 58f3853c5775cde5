package io.deltaflow.spi;

import io.deltaflow.spi.error.BadValueException;
import java.math.BigDecimal;

/**
 * Takes the values of one row, typed, in the order of the schema's fields: exactly one call per
 * field, which matches the field's type in {@link FieldTypes}. An array is {@code startArray(n)}, n
 * element calls, {@code endArray()}; a nested record is {@code startRecord()}, one call per field,
 * {@code endRecord()}.
 *
 * <p>Arrays of bytes are read during the call only, so a reader may reuse its buffer.
 *
 * <p>Any call may throw {@link io.deltaflow.spi.error.BadValueException}; the row is then
 * abandoned.
 */
public interface ValueSink {
  void appendNull();

  void appendBoolean(boolean value);

  void appendInt64(long value);

  void appendFloat64(double value);

  /** For {@link FieldTypes#numeric}: exact. */
  void appendNumeric(BigDecimal value);

  /** As {@link #appendNumeric(BigDecimal)}, for {@code unscaled / 10^scale}. */
  default void appendNumeric(long unscaled, int scale) {
    appendNumeric(BigDecimal.valueOf(unscaled, scale));
  }

  /** For STRING, JSON and GEOGRAPHY: valid UTF-8. */
  void appendUtf8(byte[] buffer, int offset, int length);

  /** As {@link #appendUtf8}, for values that are Strings already. */
  void appendString(String value);

  void appendBytes(byte[] buffer, int offset, int length);

  /** Days since 1970-01-01. */
  void appendDate(long epochDay);

  /** Microseconds since midnight. */
  void appendTime(long microsOfDay);

  /** A local date and time: microseconds since 1970-01-01T00:00:00. */
  void appendDateTime(long localMicros);

  /** An instant: microseconds since 1970-01-01T00:00:00Z. */
  void appendTimestamp(long epochMicros);

  /**
   * A value that its field's type cannot hold, such as a date of the year 10000. A sink that shows
   * rows to people takes the text in its place.
   *
   * @param column the source's name
   * @param text as the source shows the value
   * @param problem what is wrong with it, and what to do
   * @throws io.deltaflow.spi.error.BadValueException unless the sink takes any text
   */
  default void appendUnfit(String column, String text, String problem) {
    throw new BadValueException(column, problem);
  }

  void startArray(int size);

  void endArray();

  void startRecord();

  void endRecord();
}
