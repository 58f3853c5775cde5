package io.deltaflow.spi;

import java.io.IOException;
import org.apache.beam.sdk.values.Row;

/**
 * Reads one split, forwards only, in memory bounded by single rows and the fetch size. Used by one
 * thread.
 */
public interface RowReader extends AutoCloseable {
  /**
   * Moves to the next row.
   *
   * @return false at the end
   * @throws io.deltaflow.spi.error.SourceException passing when the split may be read again, else
   *     permanent
   */
  boolean advance() throws IOException;

  /** The current row, in the request's schema. */
  Row row() throws IOException;

  /** Frees the connection; called once, also after a failure and before the end. */
  @Override
  void close() throws IOException;
}
