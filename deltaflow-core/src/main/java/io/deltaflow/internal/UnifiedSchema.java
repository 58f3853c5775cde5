package io.deltaflow.internal;

import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.FieldTypes.Kind;
import io.deltaflow.spi.FieldTypes.Precision;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/**
 * One schema for the rows of several sources. Fields of one name, whatever its case, become one
 * column of a type that holds the values of all; a field that a source lacks is NULL in its rows.
 */
final class UnifiedSchema {
  // The digits of 2^63.
  private static final int INT64_DIGITS = 19;

  private final List<Part> parts;
  private final Map<String, List<Owned>> byName = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();

  /**
   * The rows of one source.
   *
   * @param source its description
   */
  record Part(String source, DetectedSchema detected) {}

  private record Owned(String source, Field field) {}

  private UnifiedSchema(List<Part> parts) {
    this.parts = parts;
    for (Part part : parts) {
      for (Field field : part.detected.schema().getFields()) {
        List<Owned> owned = byName.computeIfAbsent(key(field.getName()), k -> new ArrayList<>());
        owned.stream()
            .filter(o -> o.source.equals(part.source))
            .forEach(o -> problems.add(sameName(part.source, o.field, field)));
        owned.add(new Owned(part.source, field));
      }
    }
  }

  /** BigQuery tells no two columns apart by the case of their names. */
  static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /**
   * The schema of all parts; of a single one its own.
   *
   * @throws ConfigurationException with every column whose types cannot be unified
   */
  static DetectedSchema of(List<Part> parts) {
    return parts.size() == 1 ? parts.get(0).detected : new UnifiedSchema(parts).unify();
  }

  private DetectedSchema unify() {
    Schema.Builder fields = Schema.builder();
    byName.values().forEach(owned -> fields.addField(field(owned)));
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    DetectedSchema schema =
        DetectedSchema.of(fields.build())
            .withPrimaryKey(primaryKey())
            .withWarnings(
                parts.stream()
                    .flatMap(p -> p.detected.warnings().stream().map(w -> p.source + ": " + w))
                    .toList());
    boolean estimated =
        parts.stream()
            .allMatch(
                p ->
                    p.detected.estimatedRows().isPresent()
                        && p.detected.estimatedBytes().isPresent());
    return estimated
        ? schema.withEstimate(
            parts.stream().mapToLong(p -> p.detected.estimatedRows().getAsLong()).sum(),
            parts.stream().mapToLong(p -> p.detected.estimatedBytes().getAsLong()).sum())
        : schema;
  }

  private Field field(List<Owned> owned) {
    Field first = owned.get(0).field;
    boolean nullable =
        owned.size() < parts.size()
            || owned.stream().anyMatch(o -> FieldTypes.isNullable(o.field.getType()));
    FieldType type = first.getType();
    for (Owned other : owned.subList(1, owned.size())) {
      Optional<FieldType> both = widen(type, other.field.getType());
      if (both.isEmpty()) {
        problems.add(clash(first.getName(), owned));
        break;
      }
      type = both.get();
    }
    String description =
        owned.stream()
            .map(o -> o.field.getDescription())
            .filter(d -> d != null && !d.isEmpty())
            .findFirst()
            .orElse("");
    return first.withType(type.withNullable(nullable)).withDescription(description);
  }

  private static String sameName(String source, Field a, Field b) {
    return source
        + " has the columns '"
        + a.getName()
        + "' and '"
        + b.getName()
        + "', which differ in case only, and BigQuery does not tell them apart; rename one"
        + " (--transformation_config)";
  }

  private static String clash(String column, List<Owned> owned) {
    return "column '"
        + column
        + "' is "
        + owned.stream()
            .map(o -> FieldTypeText.of(o.field.getType()) + " in " + o.source)
            .collect(Collectors.joining(" and "))
        + ", and no type holds the values of both unchanged; convert or rename it in one of them"
        + " (--transformation_config), or carry it as text (--value_policies="
        + column
        + "=string)";
  }

  /** The names of the first source; empty unless all have the same key. */
  private List<String> primaryKey() {
    List<String> first = parts.get(0).detected.primaryKey();
    List<String> keys = first.stream().map(UnifiedSchema::key).toList();
    return parts.stream()
            .allMatch(
                p -> p.detected.primaryKey().stream().map(UnifiedSchema::key).toList().equals(keys))
        ? first
        : List.of();
  }

  /** A type that holds every value of both unchanged, or refuses it value by value. */
  private static Optional<FieldType> widen(FieldType a, FieldType b) {
    Kind one = FieldTypes.kind(a);
    Kind other = FieldTypes.kind(b);
    if (one == Kind.ARRAY && other == Kind.ARRAY) {
      return widen(a.getCollectionElementType(), b.getCollectionElementType())
          .map(FieldType::array);
    }
    if (one == Kind.RECORD && other == Kind.RECORD) {
      return widenRecords(a.getRowSchema(), b.getRowSchema());
    }
    if (isExactNumber(one) && isExactNumber(other) && (one != other || one == Kind.NUMERIC)) {
      return Optional.of(numeric(a, b));
    }
    if (one == other) {
      return Optional.of(a);
    }
    // Whole numbers that are not exact as FLOAT64 are refused where they are written.
    return one == Kind.INT64 && other == Kind.FLOAT64 || one == Kind.FLOAT64 && other == Kind.INT64
        ? Optional.of(FieldTypes.FLOAT64)
        : Optional.empty();
  }

  private static boolean isExactNumber(Kind kind) {
    return kind == Kind.INT64 || kind == Kind.NUMERIC;
  }

  private static FieldType numeric(FieldType a, FieldType b) {
    Optional<Precision> one = precision(a);
    Optional<Precision> other = precision(b);
    if (one.isEmpty() || other.isEmpty()) {
      return FieldTypes.numeric();
    }
    int scale = Math.max(one.get().scale(), other.get().scale());
    int before = Math.max(wholeDigits(one.get()), wholeDigits(other.get()));
    return FieldTypes.numeric(Math.max(1, before + scale), scale);
  }

  private static Optional<Precision> precision(FieldType type) {
    return FieldTypes.kind(type) == Kind.INT64
        ? Optional.of(new Precision(INT64_DIGITS, 0))
        : FieldTypes.precision(type);
  }

  private static int wholeDigits(Precision p) {
    return p.precision() - p.scale();
  }

  /** Values of records go by position. */
  private static Optional<FieldType> widenRecords(Schema a, Schema b) {
    if (!a.getFieldNames().equals(b.getFieldNames())) {
      return Optional.empty();
    }
    Schema.Builder fields = Schema.builder();
    for (int i = 0; i < a.getFieldCount(); i++) {
      FieldType one = a.getField(i).getType();
      FieldType other = b.getField(i).getType();
      Optional<FieldType> both = widen(one, other);
      if (both.isEmpty()) {
        return Optional.empty();
      }
      fields.addField(
          a.getField(i)
              .withType(
                  both.get()
                      .withNullable(FieldTypes.isNullable(one) || FieldTypes.isNullable(other))));
    }
    return Optional.of(FieldType.row(fields.build()));
  }
}
