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
}
