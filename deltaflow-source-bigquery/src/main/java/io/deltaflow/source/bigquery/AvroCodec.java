package io.deltaflow.source.bigquery;

import io.deltaflow.spi.ValueSink;

/** Reads values of one Avro type. */
interface AvroCodec {
  /** Moves over a value and appends it. */
  void append(AvroCursor in, ValueSink sink);

  /** Moves over a value. */
  void skip(AvroCursor in);
}
