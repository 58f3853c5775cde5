package io.deltaflow.source.mongo;

import io.deltaflow.spi.FieldTypes;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/**
 * What a reader must know of a detected field and its type does not say; kept in an option of the
 * field, which stays when somebody asks for another type or for fewer fields.
 *
 * @param kind of the type that was detected
 * @param fields how many fields were detected in all
 */
record DetectedField(FieldTypes.Kind kind, int fields) {
  private static final String OPTION = "deltaflow:mongodb";

  Schema.Field mark(Schema.Field field) {
    return field.withOptions(
        Schema.Options.builder().setOption(OPTION, FieldType.STRING, kind + " " + fields).build());
  }

  /** Empty when the mark was lost. */
  static Optional<DetectedField> of(Schema.Field field) {
    if (!field.getOptions().hasOption(OPTION)) {
      return Optional.empty();
    }
    String[] parts = String.valueOf((Object) field.getOptions().getValue(OPTION)).split(" ");
    return Optional.of(
        new DetectedField(FieldTypes.Kind.valueOf(parts[0]), Integer.parseInt(parts[1])));
  }
}
