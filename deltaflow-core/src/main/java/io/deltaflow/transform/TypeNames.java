package io.deltaflow.transform;

import io.deltaflow.NearNames;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.FieldTypes.Precision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/** Names of types in configurations, and types in messages. */
final class TypeNames {
  private static final Pattern NUMERIC =
      Pattern.compile("numeric\\s*\\(\\s*(\\d{1,2})\\s*(?:,\\s*(\\d{1,2})\\s*)?\\)");
  private static final Map<String, FieldType> BY_NAME = new LinkedHashMap<>();
  // Besides the names of the documentation, BigQuery's.
  private static final Map<String, String> ALIASES =
      Map.of("int", "integer", "int64", "integer", "float64", "float", "bool", "boolean");

  static {
    BY_NAME.put("string", FieldTypes.STRING);
    BY_NAME.put("integer", FieldTypes.INT64);
    BY_NAME.put("float", FieldTypes.FLOAT64);
    BY_NAME.put("boolean", FieldTypes.BOOL);
    BY_NAME.put("timestamp", FieldTypes.TIMESTAMP);
    BY_NAME.put("numeric", FieldTypes.numeric());
    BY_NAME.put("date", FieldTypes.DATE);
    BY_NAME.put("datetime", FieldTypes.DATETIME);
    BY_NAME.put("time", FieldTypes.TIME);
    BY_NAME.put("bytes", FieldTypes.BYTES);
    BY_NAME.put("json", FieldTypes.JSON);
  }

  private TypeNames() {}

  /**
   * @param name in any case
   * @throws IllegalArgumentException that lists the names
   */
  static FieldType parse(String name) {
    String lower = name.strip().toLowerCase(Locale.ROOT);
    FieldType type = BY_NAME.get(ALIASES.getOrDefault(lower, lower));
    if (type != null) {
      return type;
    }
    Matcher numeric = NUMERIC.matcher(lower);
    if (numeric.matches()) {
      int precision = Integer.parseInt(numeric.group(1));
      int scale = numeric.group(2) == null ? 0 : Integer.parseInt(numeric.group(2));
      if (precision < 1 || scale > precision) {
        throw new IllegalArgumentException(
            "'" + name + "' is no type: numeric(p,s) has at least one digit and p is not below s");
      }
      return FieldTypes.numeric(precision, scale);
    }
    throw new IllegalArgumentException(
        "'"
            + name
            + "' is no type; known are "
            + String.join(", ", BY_NAME.keySet())
            + " and numeric(p,s)"
            + NearNames.hint(lower, List.copyOf(BY_NAME.keySet())));
  }

  /** For messages. */
  static String of(FieldType type) {
    return switch (FieldTypes.kind(type)) {
      case ARRAY -> "ARRAY of " + of(type.getCollectionElementType());
      case NUMERIC ->
          FieldTypes.precision(type).map(TypeNames::numeric).orElse(FieldTypes.Kind.NUMERIC.name());
      default -> FieldTypes.kind(type).name();
    };
  }

  private static String numeric(Precision precision) {
    return "NUMERIC(" + precision.precision() + "," + precision.scale() + ")";
  }
}
