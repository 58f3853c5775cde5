package io.deltaflow.source.bigquery;

import java.io.IOException;
import org.apache.avro.Schema;

/** Rows in Avro's binary form, many at a time. */
interface AvroBlocks extends AutoCloseable {
  /** What the rows were written with; asked for after the first {@link #next}. */
  Schema schema();

  /**
   * The next block.
   *
   * @return null at the end
   */
  Block next() throws IOException;

  @Override
  void close() throws IOException;

  /**
   * Rows one after another.
   *
   * @param bytes valid until the next call
   */
  record Block(byte[] bytes, int start, int end, long rows) {}
}
