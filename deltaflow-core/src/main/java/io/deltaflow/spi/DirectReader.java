package io.deltaflow.spi;

import java.io.IOException;

/**
 * A reader that can skip the {@link org.apache.beam.sdk.values.Row}; used when no row-level step is
 * configured.
 */
public interface DirectReader extends RowReader {
  /**
   * Moves to the next row and appends its values to the sink, one per field of the request's
   * schema, in order. The sink may throw {@link io.deltaflow.spi.error.BadValueException}; the
   * reader lets it pass and can go on with the next row.
   *
   * @return false at the end, with nothing appended
   */
  boolean advanceInto(ValueSink sink) throws IOException;

  /**
   * Appends the values of the current row once more, after a sink or the reader itself has refused
   * one of them: so that the row can be shown as a dead letter. Values that their types cannot hold
   * go to {@link ValueSink#appendUnfit}.
   *
   * @return false, with nothing appended, when the reader cannot; {@link #row} is asked then
   */
  default boolean repeatInto(ValueSink sink) throws IOException {
    return false;
  }
}
