package io.deltaflow.source.mongo;

import io.deltaflow.spi.error.InternalException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.bson.RawBsonDocument;

/**
 * Walks through the elements of a document or an array in BSON's own bytes, so that a value is
 * decoded once, into what it becomes, and bytes that are no text are seen.
 */
final class Elements {
  static final byte DOUBLE = 0x01;
  static final byte STRING = 0x02;
  static final byte DOCUMENT = 0x03;
  static final byte ARRAY = 0x04;
  static final byte BINARY = 0x05;
  static final byte UNDEFINED = 0x06;
  static final byte OBJECT_ID = 0x07;
  static final byte BOOLEAN = 0x08;
  static final byte DATE = 0x09;
  static final byte NULL = 0x0A;
  static final byte REGEX = 0x0B;
  static final byte DB_POINTER = 0x0C;
  static final byte JAVASCRIPT = 0x0D;
  static final byte SYMBOL = 0x0E;
  static final byte SCOPED_JAVASCRIPT = 0x0F;
  static final byte INT32 = 0x10;
  static final byte TIMESTAMP = 0x11;
  static final byte INT64 = 0x12;
  static final byte DECIMAL128 = 0x13;
  static final byte MIN_KEY = (byte) 0xFF;
  static final byte MAX_KEY = 0x7F;

  private final byte[] bytes;
  private final int end;
  private int next;
  private byte type;
  private int nameStart;
  private int nameEnd;
  private int valueStart;

  /** Of the document or array whose length stands at {@code start}. */
  Elements(byte[] bytes, int start) {
    this.bytes = bytes;
    this.next = start + 4;
    this.end = start + int32(bytes, start) - 1;
    if (end > bytes.length || end < next) {
      throw new InternalException("a BSON document that ends outside its bytes");
    }
  }

  static Elements of(RawBsonDocument document) {
    ByteBuffer buffer = document.getByteBuffer().asNIO();
    return new Elements(buffer.array(), buffer.arrayOffset() + buffer.position());
  }

  boolean advance() {
    if (next >= end) {
      return false;
    }
    type = bytes[next];
    nameStart = next + 1;
    nameEnd = cstringEnd(bytes, nameStart);
    valueStart = nameEnd + 1;
    next = valueStart + length(bytes, type, valueStart);
    return true;
  }

  byte[] bytes() {
    return bytes;
  }

  byte type() {
    return type;
  }

  int nameStart() {
    return nameStart;
  }

  int nameEnd() {
    return nameEnd;
  }

  /** Where the value begins. */
  int value() {
    return valueStart;
  }

  /** Behind the value. */
  int valueEnd() {
    return next;
  }

  String name() {
    return new String(bytes, nameStart, nameEnd - nameStart, StandardCharsets.UTF_8);
  }

  static boolean isNull(byte type) {
    return type == NULL || type == UNDEFINED;
  }

  static int int32(byte[] b, int at) {
    return (b[at] & 0xFF)
        | (b[at + 1] & 0xFF) << 8
        | (b[at + 2] & 0xFF) << 16
        | (b[at + 3] & 0xFF) << 24;
  }

  static long int64(byte[] b, int at) {
    return (int32(b, at) & 0xFFFFFFFFL) | (long) int32(b, at + 4) << 32;
  }

  static double float64(byte[] b, int at) {
    return Double.longBitsToDouble(int64(b, at));
  }

  static int cstringEnd(byte[] b, int at) {
    int i = at;
    while (b[i] != 0) {
      i++;
    }
    return i;
  }

  private static int length(byte[] b, byte type, int at) {
    return switch (type) {
      case DOUBLE, DATE, TIMESTAMP, INT64 -> 8;
      case STRING, JAVASCRIPT, SYMBOL -> 4 + int32(b, at);
      case DOCUMENT, ARRAY, SCOPED_JAVASCRIPT -> int32(b, at);
      case BINARY -> 5 + int32(b, at);
      case UNDEFINED, NULL, MIN_KEY, MAX_KEY -> 0;
      case OBJECT_ID -> 12;
      case BOOLEAN -> 1;
      case REGEX -> cstringEnd(b, cstringEnd(b, at) + 1) + 1 - at;
      case DB_POINTER -> 4 + int32(b, at) + 12;
      case INT32 -> 4;
      case DECIMAL128 -> 16;
      default -> throw new InternalException("a value of the unknown BSON type " + type);
    };
  }
}
