package io.deltaflow.source.postgres;

import io.deltaflow.spi.ValueSink;

/** Decodes one value that is not NULL from PostgreSQL's binary form. */
interface Codec {
  /**
   * Makes the sink's call or calls for one value.
   *
   * @param at where the value starts in the buffer
   * @param length in bytes
   * @throws io.deltaflow.spi.error.BadValueException when the value has no counterpart
   */
  void decode(byte[] buffer, int at, int length, ValueSink sink);
}
