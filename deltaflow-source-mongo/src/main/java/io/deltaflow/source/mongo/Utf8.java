package io.deltaflow.source.mongo;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Texts of BSON, which a careless driver may have filled with any bytes. */
final class Utf8 {
  private Utf8() {}

  /** The text of a string value. */
  static String string(byte[] b, int at) {
    return text(b, at + 4, Elements.int32(b, at) - 1);
  }

  /** Throws rather than replacing bytes that are no UTF-8. */
  static String text(byte[] b, int offset, int length) {
    if (isAscii(b, offset, length)) {
      return new String(b, offset, length, StandardCharsets.US_ASCII);
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(b, offset, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new BadField("a text is no valid UTF-8; mend it in the document");
    }
  }

  /** Throws when the bytes are no UTF-8. */
  static void check(byte[] b, int offset, int length) {
    if (!isAscii(b, offset, length)) {
      text(b, offset, length);
    }
  }

  private static boolean isAscii(byte[] b, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (b[i] < 0) {
        return false;
      }
    }
    return true;
  }
}
