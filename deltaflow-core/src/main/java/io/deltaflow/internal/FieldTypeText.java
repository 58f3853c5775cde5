package io.deltaflow.internal;

import io.deltaflow.spi.FieldTypes;
import java.util.stream.Collectors;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/** Types as messages show them. */
final class FieldTypeText {
  private FieldTypeText() {}

  static String of(FieldType type) {
    FieldTypes.Kind kind = FieldTypes.kind(type);
    return switch (kind) {
      case ARRAY -> "ARRAY<" + of(type.getCollectionElementType()) + ">";
      case RECORD ->
          type.getRowSchema().getFields().stream()
              .map(f -> f.getName() + " " + of(f.getType()))
              .collect(Collectors.joining(", ", "RECORD<", ">"));
      case NUMERIC ->
          FieldTypes.precision(type)
              .map(p -> "NUMERIC(" + p.precision() + "," + p.scale() + ")")
              .orElse("NUMERIC");
      default -> kind.name();
    };
  }
}
