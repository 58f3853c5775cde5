package io.deltaflow.source.mongo;

import io.deltaflow.spi.FieldTypes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/**
 * The schema that holds every value of a census. A field whose values are of several types that no
 * one type holds is JSON, and said to be; a field that is null wherever it is seen is left out,
 * since nothing is lost and its first value decides.
 */
final class SchemaInference {
  /** BigQuery nests records 15 levels deep. */
  static final int DEEPEST_RECORD = 14;

  private static final String ID = "_id";
  private static final Set<Kind> NUMBERS = EnumSet.of(Kind.INTEGER, Kind.DOUBLE, Kind.DECIMAL);
  private static final Set<Kind> TEXTS = EnumSet.of(Kind.STRING, Kind.OBJECT_ID, Kind.UUID);
  private static final Set<Kind> JSON_ONLY = EnumSet.of(Kind.DOCUMENT, Kind.ARRAY, Kind.OTHER);

  private final boolean nested;
  private final boolean counted;
  private final List<String> warnings = new ArrayList<>();

  /**
   * @param nested whether documents and arrays become records and repeated fields
   * @param counted whether warnings say how many documents had which type
   */
  SchemaInference(boolean nested, boolean counted) {
    this.nested = nested;
    this.counted = counted;
  }

  List<String> warnings() {
    return warnings;
  }

  /**
   * @param withId whether {@code _id} is a field
   * @param idRequired whether every document has one
   */
  Schema schema(DocumentCensus census, boolean withId, boolean idRequired) {
    List<Field> fields = new ArrayList<>();
    for (String name : census.names()) {
      if (!name.equals(ID)) {
        add(fields, name, type(census.field(name), name, 1));
      } else if (withId) {
        FieldType type = idType(census.field(ID));
        if (type != null) {
          fields.add(0, Field.of(ID, type.withNullable(!idRequired)));
        }
      }
    }
    Schema.Builder schema = Schema.builder();
    fields.forEach(
        f ->
            schema.addField(
                new DetectedField(FieldTypes.kind(f.getType()), fields.size()).mark(f)));
    return schema.build();
  }

  private static void add(List<Field> fields, String name, FieldType type) {
    if (type != null) {
      // Absent is NULL, and BigQuery has no arrays that are NULL.
      fields.add(Field.of(name, type.withNullable(FieldTypes.kind(type) != FieldTypes.Kind.ARRAY)));
    }
  }

  /** A key must be comparable, so that it is never JSON. */
  private FieldType idType(FieldCensus census) {
    Set<Kind> kinds = census.kinds();
    if (kinds.isEmpty()) {
      return null;
    }
    if (NUMBERS.containsAll(kinds)) {
      FieldType type = number(census, kinds, ID);
      return FieldTypes.kind(type) == FieldTypes.Kind.JSON ? FieldTypes.STRING : type;
    }
    if (kinds.size() > 1) {
      warnings.add(
          "field '_id' has values of several types ("
              + list(census, kinds)
              + "): it is carried as STRING, each value as its text");
      return FieldTypes.STRING;
    }
    return JSON_ONLY.containsAll(kinds) ? FieldTypes.STRING : type(census, ID, 1);
  }

  /** Null when there is nothing to go by. */
  private FieldType type(FieldCensus census, String path, int depth) {
    Set<Kind> kinds = census.kinds();
    if (kinds.isEmpty()) {
      return null;
    }
    if (NUMBERS.containsAll(kinds)) {
      return number(census, kinds, path);
    }
    if (TEXTS.containsAll(kinds)) {
      if (kinds.size() > 1) {
        warnings.add(
            "field '"
                + path
                + "' has values of several types ("
                + list(census, kinds)
                + "): it is carried as STRING");
      }
      return FieldTypes.STRING;
    }
    if (JSON_ONLY.containsAll(kinds)) {
      return nestedType(census, kinds, path, depth);
    }
    if (kinds.size() > 1) {
      return conflict(census, kinds, path);
    }
    return switch (kinds.iterator().next()) {
      case BOOLEAN -> FieldTypes.BOOL;
      case DATE -> FieldTypes.TIMESTAMP;
      default -> FieldTypes.BYTES;
    };
  }

  private FieldType number(FieldCensus census, Set<Kind> kinds, String path) {
    if (kinds.equals(EnumSet.of(Kind.INTEGER))) {
      return FieldTypes.INT64;
    }
    boolean decimal = kinds.contains(Kind.DECIMAL);
    boolean fractions = kinds.contains(Kind.DOUBLE);
    if (!decimal && !census.hasInexactInteger()) {
      return FieldTypes.FLOAT64;
    }
    if (!decimal && kinds.size() == 1) {
      return FieldTypes.FLOAT64;
    }
    if (fractions && census.hasWideDouble()) {
      return conflict(census, kinds, path);
    }
    if (fractions) {
      warnings.add(
          "field '"
              + path
              + "' has values of several types ("
              + list(census, kinds)
              + "), some too exact for FLOAT64: it is carried as BIGNUMERIC");
    }
    return FieldTypes.numeric();
  }

  private FieldType nestedType(FieldCensus census, Set<Kind> kinds, String path, int depth) {
    if (!nested || kinds.size() > 1 || depth > DEEPEST_RECORD) {
      return FieldTypes.JSON;
    }
    return switch (kinds.iterator().next()) {
      case DOCUMENT -> record(census, path, depth);
      case ARRAY -> array(census.elements(), path, depth);
      default -> FieldTypes.JSON;
    };
  }

  private FieldType record(FieldCensus census, String path, int depth) {
    DocumentCensus document = census.document();
    if (document == null || census.hasReference()) {
      return FieldTypes.JSON;
    }
    List<Field> fields = new ArrayList<>();
    for (String name : document.names()) {
      add(fields, name, type(document.field(name), path + "." + name, depth + 1));
    }
    return fields.isEmpty()
        ? FieldTypes.JSON
        : FieldType.row(Schema.builder().addFields(fields).build());
  }

  /** BigQuery has no arrays in arrays and no NULL in them. */
  private FieldType array(FieldCensus elements, String path, int depth) {
    if (elements == null || elements.count(Kind.NULL) > 0) {
      return FieldTypes.JSON;
    }
    FieldType element = type(elements, path, depth + 1);
    if (element == null) {
      return FieldTypes.JSON;
    }
    return switch (FieldTypes.kind(element)) {
      case ARRAY, JSON -> FieldTypes.JSON;
      default -> FieldType.array(element.withNullable(false));
    };
  }

  private FieldType conflict(FieldCensus census, Set<Kind> kinds, String path) {
    warnings.add(
        "field '"
            + path
            + "' has values of several types ("
            + list(census, kinds)
            + "): it is carried as JSON");
    return FieldTypes.JSON;
  }

  private String list(FieldCensus census, Set<Kind> kinds) {
    return kinds.stream()
        .map(k -> counted ? k.text() + " in " + census.count(k) : k.text())
        .collect(Collectors.joining(", "));
  }
}
