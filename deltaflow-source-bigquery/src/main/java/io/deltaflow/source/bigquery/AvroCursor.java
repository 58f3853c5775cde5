package io.deltaflow.source.bigquery;

import io.deltaflow.spi.error.InternalException;

/** A place in Avro's binary form, which moves forwards over what is read. */
final class AvroCursor {
  private byte[] bytes;
  private int position;
  private int end;

  void start(byte[] buffer, int from, int until) {
    bytes = buffer;
    position = from;
    end = until;
  }

  byte[] bytes() {
    return bytes;
  }

  int position() {
    return position;
  }

  void position(int place) {
    position = place;
  }

  /** Avro's zig-zag number. */
  long number() {
    long raw = 0;
    int shift = 0;
    while (true) {
      byte next = bytes[advance(1)];
      raw |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return (raw >>> 1) ^ -(raw & 1);
      }
      shift += 7;
    }
  }

  boolean bool() {
    return bytes[advance(1)] != 0;
  }

  double float64() {
    int at = advance(8);
    long bits = 0;
    for (int i = 7; i >= 0; i--) {
      bits = bits << 8 | bytes[at + i] & 0xFF;
    }
    return Double.longBitsToDouble(bits);
  }

  /** Passes so many bytes and gives where they begin. */
  int advance(long count) {
    if (count < 0 || count > end - position) {
      throw new InternalException("Avro rows of BigQuery end within a value");
    }
    int at = position;
    position += (int) count;
    return at;
  }
}
