package io.deltaflow.transform;

import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.FieldTypes.Kind;
import io.deltaflow.spi.error.BadValueException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/** One entry of {@code value_transformations}. */
sealed interface ValueChange {
  /** The type as it is written. */
  String name();

  /** The type of the changed values. */
  default FieldType type(FieldType before) {
    return before;
  }

  /**
   * @throws IllegalArgumentException when values of this type cannot be changed so
   */
  Step step(String column, FieldType type);

  private static void checkText(ValueChange change, FieldType type) {
    if (FieldTypes.kind(type) != Kind.STRING) {
      throw new IllegalArgumentException(
          change.name()
              + " changes texts, and its type is "
              + TypeNames.of(type)
              + "; convert it with type_conversions to string first");
    }
  }

  /** Leaves the column out. */
  record Drop() implements ValueChange {
    @Override
    public String name() {
      return "drop";
    }

    @Override
    public Step step(String column, FieldType type) {
      return value -> value;
    }
  }

  /** {@code upper}, {@code lower} or {@code trim}. */
  record Simple(String name) implements ValueChange {
    @Override
    public Step step(String column, FieldType type) {
      checkText(this, type);
      return switch (name) {
        case "upper" -> value -> ((String) value).toUpperCase(Locale.ROOT);
        case "lower" -> value -> ((String) value).toLowerCase(Locale.ROOT);
        default -> value -> trim((String) value);
      };
    }

    /** All that Unicode calls white space, at both ends. */
    private static String trim(String text) {
      int start = 0;
      int end = text.length();
      while (start < end && isSpace(text.charAt(start))) {
        start++;
      }
      while (end > start && isSpace(text.charAt(end - 1))) {
        end--;
      }
      return text.substring(start, end);
    }

    private static boolean isSpace(char c) {
      return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }
  }

  /** Replaces every match. */
  record RegexReplace(Replacement replacement) implements ValueChange {
    @Override
    public String name() {
      return "regex_replace";
    }

    @Override
    public Step step(String column, FieldType type) {
      checkText(this, type);
      return value -> {
        try {
          return replacement.replaceAll((String) value);
        } catch (StackOverflowError e) {
          // Java's matcher recurses for each turn of a repeated group.
          throw new BadValueException(
              column,
              "a text of "
                  + ((String) value).length()
                  + " characters is too long for the pattern of its regex_replace",
              e);
        }
      };
    }
  }

  /** Shows the first and last characters only. */
  record Mask(int first, int last, int character) implements ValueChange {
    @Override
    public String name() {
      return "mask";
    }

    @Override
    public Step step(String column, FieldType type) {
      checkText(this, type);
      return value -> mask((String) value);
    }

    private String mask(String text) {
      int[] codePoints = text.codePoints().toArray();
      // What is too short to hide anything is hidden whole.
      boolean hides = codePoints.length > first + last;
      int from = hides ? first : 0;
      int to = hides ? codePoints.length - last : codePoints.length;
      Arrays.fill(codePoints, from, to, character);
      return new String(codePoints, 0, codePoints.length);
    }
  }

  /** SHA-256, or HMAC-SHA-256 when there is a key, in hexadecimal digits. */
  record Hash(Optional<String> key) implements ValueChange {
    private static final HexFormat HEX = HexFormat.of();

    @Override
    public String name() {
      return "hash";
    }

    @Override
    public FieldType type(FieldType before) {
      return FieldTypes.STRING;
    }

    @Override
    public Step step(String column, FieldType type) {
      Kind kind = FieldTypes.kind(type);
      Function<byte[], byte[]> digest = digest();
      if (kind == Kind.BYTES) {
        return value -> HEX.formatHex(digest.apply((byte[]) value));
      }
      Function<Object, String> text =
          Conversions.text(kind)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "hash takes one value, and its type is " + TypeNames.of(type)));
      return value ->
          HEX.formatHex(digest.apply(text.apply(value).getBytes(StandardCharsets.UTF_8)));
    }

    private Function<byte[], byte[]> digest() {
      try {
        if (key.isEmpty()) {
          MessageDigest sha = MessageDigest.getInstance("SHA-256");
          return bytes -> copy(sha).digest(bytes);
        }
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.get().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return bytes -> copy(mac).doFinal(bytes);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this JVM has no SHA-256", e);
      }
    }

    // Neither is safe for threads; a copy is quicker than a new one.
    private static MessageDigest copy(MessageDigest digest) {
      try {
        return (MessageDigest) digest.clone();
      } catch (CloneNotSupportedException e) {
        throw new IllegalStateException("this JVM's SHA-256 cannot be copied", e);
      }
    }

    private static Mac copy(Mac mac) {
      try {
        return (Mac) mac.clone();
      } catch (CloneNotSupportedException e) {
        throw new IllegalStateException("this JVM's HMAC cannot be copied", e);
      }
    }

    @Override
    public String toString() {
      return key.isPresent() ? "hash with a key" : "hash";
    }
  }
}
