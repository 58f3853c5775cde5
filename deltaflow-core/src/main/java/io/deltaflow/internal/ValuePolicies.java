package io.deltaflow.internal;

import io.deltaflow.NearNames;
import io.deltaflow.SyncOptions;
import io.deltaflow.SyncOptions.ValuePolicy;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.schemas.Schema;

/** What is done, column by column, with values that do not fit their type. */
final class ValuePolicies {
  private static final String FLAG = "--" + SyncOptions.VALUE_POLICIES.name();

  private final Map<String, ValuePolicy> byField;

  private ValuePolicies(Map<String, ValuePolicy> byField) {
    this.byField = byField;
  }

  /** Parses {@code column=policy}; contacts nothing. */
  static ValuePolicies of(ConnectorConfig options) {
    Map<String, ValuePolicy> byField = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    for (String entry : options.find(SyncOptions.VALUE_POLICIES).orElse(List.of())) {
      int equals = entry.lastIndexOf('=');
      String policy = entry.substring(equals + 1).trim().toUpperCase(Locale.ROOT);
      if (equals < 1 || !names().contains(policy)) {
        problems.add(
            FLAG
                + ": '"
                + entry
                + "' is not column=policy with one of "
                + String.join(", ", names()));
      } else {
        byField.put(entry.substring(0, equals).trim(), ValuePolicy.valueOf(policy));
      }
    }
    checkCursor(options, byField, problems);
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new ValuePolicies(byField);
  }

  private static List<String> names() {
    return Arrays.stream(ValuePolicy.values()).map(Enum::name).toList();
  }

  private static void checkCursor(
      ConnectorConfig options, Map<String, ValuePolicy> byField, List<String> problems) {
    String cursor = options.get(SyncOptions.SMART_SYNC_TIMESTAMP_COLUMN);
    if (options.get(SyncOptions.ENABLE_SMART_SYNC) && byField.get(cursor) == ValuePolicy.STRING) {
      problems.add(cursorAsText(cursor));
    }
  }

  /** The cursor must stay what it is, or values could not be ordered. */
  static void refuseCursor(String cursor) {
    throw new ConfigurationException(cursorAsText(cursor));
  }

  private static String cursorAsText(String cursor) {
    return FLAG + ": '" + cursor + "' is the cursor and cannot be carried as text";
  }

  /** The fields of a source that have a policy. */
  Set<String> fields(ValuePolicy policy, Schema schema) {
    return byField.entrySet().stream()
        .filter(e -> e.getValue() == policy)
        .flatMap(e -> field(e.getKey(), schema).stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The one of this name; else, since others may write it so, of this name in another case. */
  private static Optional<String> field(String name, Schema schema) {
    return schema.hasField(name)
        ? Optional.of(name)
        : schema.getFieldNames().stream().filter(name::equalsIgnoreCase).findFirst();
  }

  /** The schema to read: columns that are carried as text become STRING. */
  DetectedSchema applyTo(DetectedSchema detected) {
    Set<String> texts = fields(ValuePolicy.STRING, detected.schema());
    Schema.Builder fields = Schema.builder();
    List<String> lines = new ArrayList<>(detected.warnings());
    for (Schema.Field field : detected.schema().getFields()) {
      if (texts.contains(field.getName())) {
        lines.add("column '" + field.getName() + "' is carried as text, as " + FLAG + " says");
        fields.addField(
            field.withType(FieldTypes.STRING.withNullable(FieldTypes.isNullable(field.getType()))));
      } else {
        fields.addField(field);
      }
    }
    return detected.withSchema(fields.build()).withWarnings(lines);
  }

  /**
   * Looks for what the policies name.
   *
   * @param schemas of all sources
   * @throws ConfigurationException when a column is in none of them, or is to be rounded and not
   *     numeric
   */
  void check(List<Schema> schemas) {
    List<String> problems = new ArrayList<>();
    byField.forEach(
        (name, policy) -> {
          List<Schema.Field> having =
              schemas.stream().flatMap(s -> field(name, s).map(s::getField).stream()).toList();
          if (having.isEmpty()) {
            problems.add(
                FLAG
                    + ": the source has no column '"
                    + name
                    + "'"
                    + NearNames.hint(
                        name, schemas.stream().flatMap(s -> s.getFieldNames().stream()).toList()));
          } else if (policy == ValuePolicy.ROUND
              && having.stream().noneMatch(f -> isNumeric(f.getType()))) {
            problems.add(
                FLAG
                    + ": only exact decimal numbers can be rounded, and column '"
                    + name
                    + "' is none");
          }
        });
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  private static boolean isNumeric(Schema.FieldType type) {
    FieldTypes.Kind kind = FieldTypes.kind(type);
    return kind == FieldTypes.Kind.NUMERIC
        || kind == FieldTypes.Kind.ARRAY && isNumeric(type.getCollectionElementType());
  }
}
