package io.deltaflow.source.mongo;

import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.ValueSink;
import io.deltaflow.spi.error.BadValueException;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;

/** Decodes documents into rows of a schema. */
final class RowDecoder {
  private final RecordLayout layout;
  private final LegacyUuid legacyUuid;

  RowDecoder(MongoSource source, SplitSpec split, Schema schema) {
    this.legacyUuid = source.legacyUuid();
    List<Field> fields = schema.getFields();
    ValueDecoder[] decoders = new ValueDecoder[fields.size()];
    boolean partial = false;
    for (int i = 0; i < decoders.length; i++) {
      Field field = fields.get(i);
      Optional<DetectedField> mark = DetectedField.of(field);
      partial |= mark.filter(m -> m.fields() > fields.size()).isPresent();
      FieldTypes.Kind kind = FieldTypes.kind(field.getType());
      boolean asText =
          kind == FieldTypes.Kind.STRING
              && mark.map(m -> m.kind() != FieldTypes.Kind.STRING).orElse(true);
      decoders[i] =
          field.getName().equals("_id") && kind == FieldTypes.Kind.STRING
              ? ValueDecoder.ofId(split.ids(), source.legacyUuid())
              : asText
                  ? ValueDecoder.ofText(source.legacyUuid())
                  : ValueDecoder.of(field.getType(), source.legacyUuid());
    }
    this.layout =
        new RecordLayout(schema, decoders, partial, source.selection().withId() ? null : "_id");
  }

  void decode(Elements document, ValueSink sink) {
    layout.locate(document);
    append(sink);
  }

  /** The same for a document that was refused: what is in it that should not be is left out. */
  void decodeAny(Elements document, ValueSink sink) {
    layout.locateAny(document);
    append(sink);
  }

  private void append(ValueSink sink) {
    for (int i = 0; i < layout.size(); i++) {
      try {
        layout.append(i, sink);
      } catch (BadField e) {
        if (!layout.isSingle(i)) {
          throw new BadValueException(layout.name(i), e.getMessage(), e);
        }
        sink.appendUnfit(layout.name(i), layout.text(i, legacyUuid), e.getMessage());
      }
    }
  }
}
