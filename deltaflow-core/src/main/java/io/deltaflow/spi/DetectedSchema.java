package io.deltaflow.spi;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.beam.sdk.schemas.Schema;

/**
 * What a source's rows look like.
 *
 * <p>Field names are the source's own; types are those of {@link FieldTypes}; a field is nullable
 * unless the source says NOT NULL; descriptions are the source's comments.
 */
public final class DetectedSchema {
  private final Schema schema;
  private final List<String> primaryKey;
  private final String description;
  private final Long estimatedRows;
  private final Long estimatedBytes;
  private final List<String> warnings;

  private DetectedSchema(
      Schema schema,
      List<String> primaryKey,
      String description,
      Long estimatedRows,
      Long estimatedBytes,
      List<String> warnings) {
    this.schema = schema;
    this.primaryKey = primaryKey;
    this.description = description;
    this.estimatedRows = estimatedRows;
    this.estimatedBytes = estimatedBytes;
    this.warnings = warnings;
  }

  public static DetectedSchema of(Schema schema) {
    return new DetectedSchema(
        Objects.requireNonNull(schema), List.of(), null, null, null, List.of());
  }

  /** The same table seen through another schema. */
  public DetectedSchema withSchema(Schema other) {
    return new DetectedSchema(
        other, primaryKey, description, estimatedRows, estimatedBytes, warnings);
  }

  public DetectedSchema withPrimaryKey(List<String> columns) {
    return new DetectedSchema(
        schema, List.copyOf(columns), description, estimatedRows, estimatedBytes, warnings);
  }

  public DetectedSchema withDescription(String text) {
    return new DetectedSchema(schema, primaryKey, text, estimatedRows, estimatedBytes, warnings);
  }

  public DetectedSchema withEstimate(long rows, long bytes) {
    return new DetectedSchema(schema, primaryKey, description, rows, bytes, warnings);
  }

  /** Lines for the user, such as a type that is carried as text. */
  public DetectedSchema withWarnings(List<String> lines) {
    return new DetectedSchema(
        schema, primaryKey, description, estimatedRows, estimatedBytes, List.copyOf(lines));
  }

  public Schema schema() {
    return schema;
  }

  /** In key order; empty when there is none. */
  public List<String> primaryKey() {
    return primaryKey;
  }

  public Optional<String> description() {
    return Optional.ofNullable(description);
  }

  public OptionalLong estimatedRows() {
    return estimatedRows == null ? OptionalLong.empty() : OptionalLong.of(estimatedRows);
  }

  public OptionalLong estimatedBytes() {
    return estimatedBytes == null ? OptionalLong.empty() : OptionalLong.of(estimatedBytes);
  }

  public List<String> warnings() {
    return warnings;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof DetectedSchema d
        && schema.equals(d.schema)
        && primaryKey.equals(d.primaryKey)
        && Objects.equals(description, d.description)
        && warnings.equals(d.warnings);
  }

  @Override
  public int hashCode() {
    return Objects.hash(schema, primaryKey, description, warnings);
  }

  @Override
  public String toString() {
    return schema + " primary key " + primaryKey;
  }
}
