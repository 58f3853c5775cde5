package io.deltaflow.source.mongo;

import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.ValueSink;
import io.deltaflow.spi.error.BadValueException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;

/**
 * Where a document has the fields of a schema. Used for one document after another, by one thread.
 */
final class RecordLayout {
  private static final int UNKNOWN = -1;

  private final String[] names;
  private final byte[][] nameBytes;
  private final boolean[] arrays;
  private final boolean[] single;
  private final ValueDecoder[] decoders;
  private final Map<String, Integer> indexes = new HashMap<>();
  private final boolean partial;
  private final String ignored;
  private final int[] at;
  private final byte[] types;
  private byte[] bytes;

  /**
   * @param partial whether the document may have fields that were not asked for
   * @param ignored a field that it has and was not asked for; null for none
   */
  RecordLayout(Schema schema, ValueDecoder[] decoders, boolean partial, String ignored) {
    int size = schema.getFieldCount();
    this.names = schema.getFieldNames().toArray(new String[0]);
    this.nameBytes = new byte[size][];
    this.arrays = new boolean[size];
    this.single = new boolean[size];
    this.decoders = decoders;
    this.partial = partial;
    this.ignored = ignored;
    this.at = new int[size];
    this.types = new byte[size];
    for (int i = 0; i < size; i++) {
      nameBytes[i] = names[i].getBytes(StandardCharsets.UTF_8);
      FieldTypes.Kind kind = FieldTypes.kind(schema.getField(i).getType());
      arrays[i] = kind == FieldTypes.Kind.ARRAY;
      single[i] = !arrays[i] && kind != FieldTypes.Kind.RECORD;
      indexes.put(names[i], i);
    }
  }

  int size() {
    return names.length;
  }

  String name(int field) {
    return names[field];
  }

  /** Finds the values; nothing that has one may be left over. */
  void locate(Elements document) {
    locate(document, true);
  }

  /** Finds the values for people to look at, of each field the first. */
  void locateAny(Elements document) {
    locate(document, false);
  }

  private void locate(Elements document, boolean strict) {
    bytes = document.bytes();
    Arrays.fill(at, UNKNOWN);
    int expected = 0;
    while (document.advance()) {
      int field = index(document, expected);
      if (field == UNKNOWN) {
        if (strict) {
          refuseUnlessEmpty(document);
        }
        continue;
      }
      if (at[field] != UNKNOWN) {
        if (strict) {
          throw new BadValueException(names[field], "the field is in one document twice");
        }
        continue;
      }
      at[field] = document.value();
      types[field] = document.type();
      expected = field + 1;
    }
  }

  /** Documents of a collection mostly have their fields in one order. */
  private int index(Elements document, int expected) {
    if (expected < names.length
        && Arrays.equals(
            document.bytes(),
            document.nameStart(),
            document.nameEnd(),
            nameBytes[expected],
            0,
            nameBytes[expected].length)) {
      return expected;
    }
    return indexes.getOrDefault(document.name(), UNKNOWN);
  }

  private void refuseUnlessEmpty(Elements document) {
    if (partial || Elements.isNull(document.type()) || document.name().equals(ignored)) {
      return;
    }
    Kind kind = Kind.of(document.type(), document.bytes(), document.value());
    throw new BadValueException(
        document.name(),
        "the field (here of the type "
            + kind.text()
            + ") is not in the detected schema; use schema_mode=CENSUS or a larger sample_size, or"
            + " leave it out with the projection");
  }

  /** Whether a value is appended in one call, or refused before. */
  boolean isSingle(int field) {
    return single[field];
  }

  /** The text in which the field's value shows. */
  String text(int field, LegacyUuid legacy) {
    try {
      return ValueDecoder.text(types[field], bytes, at[field], legacy);
    } catch (BadField e) {
      return "(cannot be shown: " + e.getMessage() + ")";
    }
  }

  void append(int field, ValueSink sink) {
    if (at[field] == UNKNOWN || Elements.isNull(types[field])) {
      if (arrays[field]) {
        sink.startArray(0);
        sink.endArray();
      } else {
        sink.appendNull();
      }
    } else {
      decoders[field].append(types[field], bytes, at[field], sink);
    }
  }
}
