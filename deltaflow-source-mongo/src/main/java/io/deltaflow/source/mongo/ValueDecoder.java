package io.deltaflow.source.mongo;

import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.ValueSink;
import io.deltaflow.spi.error.BadValueException;
import io.deltaflow.spi.error.InternalException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.bson.internal.UuidHelper;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;

/** Appends values, null aside, to columns of one type; refuses those that would change. */
@FunctionalInterface
interface ValueDecoder {
  /** Throws {@link BadField} for a value that the column cannot hold. */
  void append(byte type, byte[] b, int at, ValueSink sink);

  /** Milliseconds of the years 1 to 9999. */
  long FIRST_DATE = -62_135_596_800_000L;

  long LAST_DATE = 253_402_300_799_999L;

  static ValueDecoder of(FieldType type, LegacyUuid legacy) {
    return switch (FieldTypes.kind(type)) {
      case BOOL -> ValueDecoder::bool;
      case INT64 -> ValueDecoder::int64;
      case FLOAT64 -> ValueDecoder::float64;
      case NUMERIC -> ValueDecoder::numeric;
      case STRING -> (t, b, at, sink) -> string(t, b, at, sink, legacy);
      case BYTES -> ValueDecoder::bytes;
      case TIMESTAMP -> ValueDecoder::timestamp;
      case JSON -> (t, b, at, sink) -> sink.appendString(JsonText.of(t, b, at));
      case ARRAY -> array(of(type.getCollectionElementType(), legacy));
      case RECORD -> record(type.getRowSchema(), legacy);
      default -> throw new InternalException("MongoDB has no values of the type " + type);
    };
  }

  /** Any value as the text in which it shows. */
  static ValueDecoder ofText(LegacyUuid legacy) {
    return (t, b, at, sink) -> sink.appendString(text(t, b, at, legacy));
  }

  /** Any {@code _id} as a text that no other has. */
  static ValueDecoder ofId(List<String> types, LegacyUuid legacy) {
    return (t, b, at, sink) -> {
      // Base64 could be a word.
      String text =
          Kind.of(t, b, at) == Kind.BINARY ? JsonText.of(t, b, at) : text(t, b, at, legacy);
      if (t == Elements.STRING && types.size() > 1) {
        IdTexts.check(text, types);
      }
      sink.appendString(text);
    };
  }

  private static BadField misfit(byte type, byte[] b, int at, String expected) {
    return new BadField(
        "found a value of the type "
            + Kind.of(type, b, at).text()
            + ", and the detected type is "
            + expected
            + "; use schema_mode=CENSUS, which looks at all documents, or --value_policies to carry"
            + " the field as text");
  }

  private static void bool(byte type, byte[] b, int at, ValueSink sink) {
    if (type != Elements.BOOLEAN) {
      throw misfit(type, b, at, "BOOL");
    }
    sink.appendBoolean(b[at] != 0);
  }

  private static void int64(byte type, byte[] b, int at, ValueSink sink) {
    switch (type) {
      case Elements.INT32 -> sink.appendInt64(Elements.int32(b, at));
      case Elements.INT64 -> sink.appendInt64(Elements.int64(b, at));
      case Elements.DOUBLE -> {
        double value = Elements.float64(b, at);
        if (!Numbers.isExactLong(value)) {
          throw misfit(type, b, at, "INT64");
        }
        sink.appendInt64((long) value);
      }
      default -> throw misfit(type, b, at, "INT64");
    }
  }

  private static void float64(byte type, byte[] b, int at, ValueSink sink) {
    switch (type) {
      case Elements.DOUBLE -> sink.appendFloat64(Elements.float64(b, at));
      case Elements.INT32 -> sink.appendFloat64(Elements.int32(b, at));
      case Elements.INT64 -> {
        long value = Elements.int64(b, at);
        if (!Numbers.isExactDouble(value)) {
          throw misfit(type, b, at, "FLOAT64, which would round it");
        }
        sink.appendFloat64(value);
      }
      default -> throw misfit(type, b, at, "FLOAT64");
    }
  }

  private static void numeric(byte type, byte[] b, int at, ValueSink sink) {
    switch (type) {
      case Elements.INT32 -> sink.appendNumeric(BigDecimal.valueOf(Elements.int32(b, at)));
      case Elements.INT64 -> sink.appendNumeric(BigDecimal.valueOf(Elements.int64(b, at)));
      case Elements.DOUBLE -> {
        double value = Elements.float64(b, at);
        if (!Double.isFinite(value)) {
          throw new BadField(value + " is not a number that NUMERIC can hold");
        }
        sink.appendNumeric(BigDecimal.valueOf(value));
      }
      case Elements.DECIMAL128 -> sink.appendNumeric(decimal(JsonText.decimal(b, at)));
      default -> throw misfit(type, b, at, "NUMERIC");
    }
  }

  private static BigDecimal decimal(Decimal128 value) {
    if (!value.isFinite()) {
      throw new BadField(value + " is not a number that NUMERIC can hold");
    }
    // The one finite value that BigDecimal has not.
    return value.equals(Decimal128.NEGATIVE_ZERO) || isNegativeZero(value)
        ? BigDecimal.ZERO
        : value.bigDecimalValue();
  }

  private static boolean isNegativeZero(Decimal128 value) {
    return value.isNegative() && value.toString().matches("-0(\\.0*)?(E[-+]?\\d+)?");
  }

  private static void string(byte type, byte[] b, int at, ValueSink sink, LegacyUuid legacy) {
    Kind kind = Kind.of(type, b, at);
    if (kind == Kind.STRING) {
      int length = Elements.int32(b, at) - 1;
      Utf8.check(b, at + 4, length);
      sink.appendUtf8(b, at + 4, length);
    } else if (kind == Kind.OBJECT_ID || kind == Kind.UUID) {
      sink.appendString(text(type, b, at, legacy));
    } else {
      throw misfit(type, b, at, "STRING");
    }
  }

  private static void bytes(byte type, byte[] b, int at, ValueSink sink) {
    if (Kind.of(type, b, at) != Kind.BINARY) {
      throw misfit(type, b, at, "BYTES");
    }
    int skip = binaryHeader(b, at);
    sink.appendBytes(b, at + skip, Elements.int32(b, at) + 5 - skip);
  }

  /** The old subtype 2 has its length twice. */
  private static int binaryHeader(byte[] b, int at) {
    return b[at + 4] == 2 && Elements.int32(b, at) >= 4 ? 9 : 5;
  }

  private static void timestamp(byte type, byte[] b, int at, ValueSink sink) {
    if (type != Elements.DATE) {
      throw misfit(type, b, at, "TIMESTAMP");
    }
    long millis = Elements.int64(b, at);
    if (millis < FIRST_DATE || millis > LAST_DATE) {
      throw new BadField(
          "the date ("
              + millis
              + " ms since 1970) is not in the years 1 to 9999 that BigQuery"
              + " holds");
    }
    sink.appendTimestamp(millis * 1000);
  }

  private static ValueDecoder array(ValueDecoder element) {
    return (t, b, at, sink) -> {
      if (t != Elements.ARRAY) {
        throw misfit(t, b, at, "an array");
      }
      int size = 0;
      for (Elements count = new Elements(b, at); count.advance(); size++) {
        if (Elements.isNull(count.type())) {
          throw new BadField(
              "an array has an element that is null, which BigQuery's arrays cannot hold; use"
                  + " schema_mode=CENSUS or nested=JSON");
        }
      }
      sink.startArray(size);
      Elements elements = new Elements(b, at);
      while (elements.advance()) {
        element.append(elements.type(), b, elements.value(), sink);
      }
      sink.endArray();
    };
  }

  private static ValueDecoder record(Schema schema, LegacyUuid legacy) {
    ValueDecoder[] decoders =
        schema.getFields().stream().map(f -> of(f.getType(), legacy)).toArray(ValueDecoder[]::new);
    return (t, b, at, sink) -> {
      if (t != Elements.DOCUMENT) {
        throw misfit(t, b, at, "STRUCT");
      }
      // Its own for each document, since arrays have several of one schema.
      RecordLayout layout = new RecordLayout(schema, decoders, false, null);
      String field = "";
      try {
        layout.locate(new Elements(b, at));
        sink.startRecord();
        for (int i = 0; i < layout.size(); i++) {
          field = layout.name(i);
          layout.append(i, sink);
        }
        sink.endRecord();
      } catch (BadField e) {
        throw new BadField("in '" + field + "': " + e.getMessage());
      } catch (BadValueException e) {
        throw new BadField("in '" + e.column() + "': " + e.problem());
      }
    };
  }

  /** The text in which a value shows. */
  static String text(byte type, byte[] b, int at, LegacyUuid legacy) {
    return switch (Kind.of(type, b, at)) {
      case STRING -> Utf8.string(b, at);
      case OBJECT_ID -> new ObjectId(java.util.Arrays.copyOfRange(b, at, at + 12)).toHexString();
      case UUID -> uuid(b, at, legacy).toString();
      case INTEGER ->
          Long.toString(type == Elements.INT32 ? Elements.int32(b, at) : Elements.int64(b, at));
      case DOUBLE -> Double.toString(Elements.float64(b, at));
      case DECIMAL -> JsonText.decimal(b, at).toString();
      case BOOLEAN -> Boolean.toString(b[at] != 0);
      case DATE -> Instant.ofEpochMilli(Elements.int64(b, at)).toString();
      case BINARY -> {
        int skip = binaryHeader(b, at);
        int end = at + 5 + Elements.int32(b, at);
        yield Base64.getEncoder().encodeToString(java.util.Arrays.copyOfRange(b, at + skip, end));
      }
      default -> JsonText.of(type, b, at);
    };
  }

  private static UUID uuid(byte[] b, int at, LegacyUuid legacy) {
    byte[] bytes = java.util.Arrays.copyOfRange(b, at + 5, at + 21);
    return b[at + 4] == 4
        ? UuidHelper.decodeBinaryToUuid(bytes, (byte) 4, org.bson.UuidRepresentation.STANDARD)
        : UuidHelper.decodeBinaryToUuid(bytes, (byte) 3, legacy.representation());
  }
}
