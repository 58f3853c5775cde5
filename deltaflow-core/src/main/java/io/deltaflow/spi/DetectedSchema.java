package io.deltaflow.spi;

import java.util.List;
import java.util.Map;
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
  private final String identity;
  private final Map<String, String> sourceTypes;

  private DetectedSchema(
      Schema schema,
      List<String> primaryKey,
      String description,
      Long estimatedRows,
      Long estimatedBytes,
      List<String> warnings,
      String identity,
      Map<String, String> sourceTypes) {
    this.schema = schema;
    this.primaryKey = primaryKey;
    this.description = description;
    this.estimatedRows = estimatedRows;
    this.estimatedBytes = estimatedBytes;
    this.warnings = warnings;
    this.identity = identity;
    this.sourceTypes = sourceTypes;
  }

  public static DetectedSchema of(Schema schema) {
    return new DetectedSchema(
        Objects.requireNonNull(schema), List.of(), null, null, null, List.of(), null, Map.of());
  }

  /** The same table seen through another schema. */
  public DetectedSchema withSchema(Schema other) {
    return new DetectedSchema(
        other,
        primaryKey,
        description,
        estimatedRows,
        estimatedBytes,
        warnings,
        identity,
        sourceTypes);
  }

  public DetectedSchema withPrimaryKey(List<String> columns) {
    return new DetectedSchema(
        schema,
        List.copyOf(columns),
        description,
        estimatedRows,
        estimatedBytes,
        warnings,
        identity,
        sourceTypes);
  }

  public DetectedSchema withDescription(String text) {
    return new DetectedSchema(
        schema, primaryKey, text, estimatedRows, estimatedBytes, warnings, identity, sourceTypes);
  }

  public DetectedSchema withEstimate(long rows, long bytes) {
    return new DetectedSchema(
        schema, primaryKey, description, rows, bytes, warnings, identity, sourceTypes);
  }

  /** Lines for the user, such as a type that is carried as text. */
  public DetectedSchema withWarnings(List<String> lines) {
    return new DetectedSchema(
        schema,
        primaryKey,
        description,
        estimatedRows,
        estimatedBytes,
        List.copyOf(lines),
        identity,
        sourceTypes);
  }

  /**
   * {@link Source#identity} as the server understands it, where the user's words leave it open: a
   * table's schema that a search path decides. Two ways to name one table must give one identity;
   * stable over releases; never host or credentials.
   */
  public DetectedSchema withIdentity(String resolved) {
    return new DetectedSchema(
        schema,
        primaryKey,
        description,
        estimatedRows,
        estimatedBytes,
        warnings,
        resolved,
        sourceTypes);
  }

  /** By field, the type as the source itself calls it; for people. */
  public DetectedSchema withSourceTypes(Map<String, String> types) {
    return new DetectedSchema(
        schema,
        primaryKey,
        description,
        estimatedRows,
        estimatedBytes,
        warnings,
        identity,
        Map.copyOf(types));
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

  /** Empty when the source did not say how it calls the field's type. */
  public Optional<String> sourceType(String field) {
    return Optional.ofNullable(sourceTypes.get(field));
  }

  /** Empty when {@link Source#identity} says all. */
  public Optional<String> identity() {
    return Optional.ofNullable(identity);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof DetectedSchema d
        && schema.equals(d.schema)
        && primaryKey.equals(d.primaryKey)
        && Objects.equals(description, d.description)
        && warnings.equals(d.warnings)
        && Objects.equals(identity, d.identity);
  }

  @Override
  public int hashCode() {
    return Objects.hash(schema, primaryKey, description, warnings, identity);
  }

  @Override
  public String toString() {
    return schema + " primary key " + primaryKey;
  }
}
