package io.deltaflow.source.postgres;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Big-endian numbers in a buffer. */
final class Bytes {
  private static final VarHandle INT16 =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT32 =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Bytes() {}

  static short int16(byte[] buffer, int at) {
    return (short) INT16.get(buffer, at);
  }

  static int int32(byte[] buffer, int at) {
    return (int) INT32.get(buffer, at);
  }

  static long int64(byte[] buffer, int at) {
    return (long) INT64.get(buffer, at);
  }
}
