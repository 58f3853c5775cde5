package io.deltaflow.source.postgres;

/**
 * Big-endian numbers in a buffer. Put together byte by byte: the quick compiler, whose code most
 * runs on one machine read with, makes ten calls of a VarHandle.
 */
final class Bytes {
  private Bytes() {}

  static short int16(byte[] buffer, int at) {
    return (short) (buffer[at] << 8 | buffer[at + 1] & 0xFF);
  }

  static int int32(byte[] buffer, int at) {
    return int16(buffer, at) << 16 | int16(buffer, at + 2) & 0xFFFF;
  }

  static long int64(byte[] buffer, int at) {
    return (long) int32(buffer, at) << 32 | int32(buffer, at + 4) & 0xFFFF_FFFFL;
  }
}
