package io.deltaflow.internal;

import io.deltaflow.spi.ValueSink;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;

/**
 * How a row of one source becomes a row of the run: NULL for the fields that the source lacks, and
 * at the end the source's name where a column for it is wanted.
 */
final class SourceColumns implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int fields;
  private final BitSet present;
  private final byte[] name;

  private SourceColumns(int fields, BitSet present, byte[] name) {
    this.fields = fields;
    this.present = present;
    this.name = name;
  }

  /**
   * @param run the unified schema, without the column for the source's name
   * @param name of the source; empty when no column for it is wanted
   */
  static SourceColumns of(Schema run, Schema source, Optional<String> name) {
    BitSet present = new BitSet();
    Map<String, String> own = byKey(source);
    for (int i = 0; i < run.getFieldCount(); i++) {
      present.set(i, own.containsKey(UnifiedSchema.key(run.getField(i).getName())));
    }
    return new SourceColumns(
        run.getFieldCount(),
        present,
        name.map(n -> n.getBytes(StandardCharsets.UTF_8)).orElse(null));
  }

  /** The source's fields in the order of the run's, in which its rows must come. */
  static Schema ordered(Schema run, Schema source) {
    Map<String, String> own = byKey(source);
    List<Schema.Field> ordered = new ArrayList<>();
    for (String field : run.getFieldNames()) {
      Optional.ofNullable(own.get(UnifiedSchema.key(field)))
          .ifPresent(f -> ordered.add(source.getField(f)));
    }
    return Schema.builder().addFields(ordered).build();
  }

  private static Map<String, String> byKey(Schema schema) {
    Map<String, String> names = new HashMap<>();
    schema.getFieldNames().forEach(n -> names.put(UnifiedSchema.key(n), n));
    return names;
  }

  /** Whether a source's row is the run's as it is. */
  boolean isSame() {
    return name == null && present.cardinality() == fields;
  }

  /** Whether the source has the run's field. */
  boolean isPresent(int field) {
    return present.get(field);
  }

  int fields() {
    return fields;
  }

  /** The run's field that each of the source's is, which come in the same order. */
  int[] columnOfFields() {
    return present.stream().toArray();
  }

  /** Appends what comes behind the last field. */
  void appendName(ValueSink sink) {
    if (name != null) {
      sink.appendUtf8(name, 0, name.length);
    }
  }
}
