package io.deltaflow.transform;

import static io.deltaflow.spi.FieldTypes.Kind;

import com.fasterxml.jackson.databind.JsonNode;
import io.deltaflow.NearNames;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.transform.QualityChecks.Check;
import io.deltaflow.transform.RowChecks.RowCheck;
import io.deltaflow.transform.RowChecks.Test;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/** Binds checks to a schema, and gathers all problems on the way. */
final class ChecksBinding {
  private static final Set<Kind> ORDERED =
      Set.of(
          Kind.INT64,
          Kind.FLOAT64,
          Kind.NUMERIC,
          Kind.STRING,
          Kind.DATE,
          Kind.TIME,
          Kind.DATETIME,
          Kind.TIMESTAMP);
  private static final Set<Kind> NOT_COMPARABLE =
      Set.of(Kind.ARRAY, Kind.RECORD, Kind.JSON, Kind.GEOGRAPHY);

  private final QualityChecks config;
  private final Schema schema;
  private final List<String> problems = new ArrayList<>();
  private final List<RowCheck> rowChecks = new ArrayList<>();
  private final List<AggregateCheck> aggregates = new ArrayList<>();

  ChecksBinding(QualityChecks config, Schema schema) {
    this.config = config;
    this.schema = schema;
  }

  BoundChecks bind() {
    config.checks.forEach(this::bind);
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new BoundChecks(config.json, schema, new RowChecks(rowChecks), aggregates);
  }

  private void bind(Check check) {
    boolean complete = true;
    for (String column : check.columns()) {
      if (!schema.hasField(column)) {
        problem(
            check,
            "the rows that are published have no field '"
                + column
                + "'"
                + NearNames.hint(column, schema.getFieldNames()));
        complete = false;
        continue;
      }
      try {
        bind(check, column, schema.getField(column).getType());
      } catch (IllegalArgumentException e) {
        problem(check, "column '" + column + "': " + e.getMessage());
      }
    }
    JsonNode settings = check.settings();
    if (check.kind().equals("unique") && complete) {
      aggregates.add(new AggregateCheck.Unique(check.name(), check.action(), check.columns()));
    } else if (check.kind().equals("row_count")) {
      aggregates.add(
          new AggregateCheck.RowCount(
              check.name(),
              check.action(),
              QualityChecks.count(settings, "min", 0),
              QualityChecks.count(settings, "max", Long.MAX_VALUE)));
    }
  }

  private void bind(Check check, String column, FieldType type) {
    Kind kind = FieldTypes.kind(type);
    switch (check.kind()) {
      case "not_null" -> add(check, column, value -> value == null ? "NULL" : null);
      case "accepted_values" -> add(check, column, accepted(check.settings(), type));
      case "range" -> add(check, column, range(check.settings(), type));
      case "regex" -> add(check, column, regex(check.settings(), kind, type));
      case "unique" -> checkComparable(type);
      case "freshness" -> {
        if (kind != Kind.TIMESTAMP && kind != Kind.DATETIME && kind != Kind.DATE) {
          throw new IllegalArgumentException(
              "freshness takes a TIMESTAMP, DATETIME or DATE, and its type is "
                  + TypeNames.of(type));
        }
        aggregates.add(
            new AggregateCheck.Freshness(
                check.name(), check.action(), column, QualityChecks.maxAge(check.settings())));
      }
      default -> throw new IllegalStateException("the check " + check.kind());
    }
  }

  private void add(Check check, String column, Test test) {
    rowChecks.add(new RowCheck(check.name(), column, schema.indexOf(column), check.action(), test));
  }

  private static void checkComparable(FieldType type) {
    if (NOT_COMPARABLE.contains(FieldTypes.kind(type))) {
      throw new IllegalArgumentException(
          "values of its type " + TypeNames.of(type) + " cannot be compared");
    }
  }

  private static Test accepted(JsonNode settings, FieldType type) {
    checkComparable(type);
    if (FieldTypes.kind(type) == Kind.BYTES) {
      throw new IllegalArgumentException("values of BYTES cannot be listed");
    }
    Set<Object> values = new HashSet<>();
    List<String> shown = new ArrayList<>();
    settings
        .get("values")
        .forEach(
            node -> {
              Object value = Literals.of(node, type);
              values.add(normal(value));
              shown.add(Shown.of(value));
            });
    String expected = Shown.cut(String.join(", ", shown));
    return value ->
        value == null || values.contains(normal(value))
            ? null
            : Shown.of(value) + " is none of " + expected;
  }

  /** Equal numbers are equal objects. */
  private static Object normal(Object value) {
    if (value instanceof BigDecimal decimal) {
      return decimal.stripTrailingZeros();
    }
    // 0.0 and -0.0 are two for equals.
    return value instanceof Double number && number == 0 ? (Object) 0.0 : value;
  }

  private static Test range(JsonNode settings, FieldType type) {
    if (!ORDERED.contains(FieldTypes.kind(type))) {
      throw new IllegalArgumentException(
          "values of its type " + TypeNames.of(type) + " have no range");
    }
    Comparable<Object> min = limit(settings, "min", type);
    Comparable<Object> max = limit(settings, "max", type);
    if (min != null && max != null && min.compareTo(max) > 0) {
      throw new IllegalArgumentException("its min is above its max");
    }
    return value -> {
      if (value == null) {
        return null;
      } else if (value instanceof Double number && number.isNaN()) {
        return "NaN is in no range";
      } else if (min != null && compare(min, value) > 0) {
        return Shown.of(value) + " is below " + Shown.of(min);
      } else if (max != null && compare(max, value) < 0) {
        return Shown.of(value) + " is above " + Shown.of(max);
      }
      return null;
    };
  }

  private static int compare(Comparable<Object> limit, Object value) {
    // Double.compare puts -0.0 below 0.0.
    return limit.compareTo(value instanceof Double number && number == 0 ? (Object) 0.0 : value);
  }

  @SuppressWarnings("unchecked")
  private static Comparable<Object> limit(JsonNode settings, String key, FieldType type) {
    if (!settings.has(key)) {
      return null;
    }
    return (Comparable<Object>) normalLimit(Literals.of(settings.get(key), type));
  }

  private static Object normalLimit(Object value) {
    return value instanceof Double number && number == 0 ? (Object) 0.0 : value;
  }

  private static Test regex(JsonNode settings, Kind kind, FieldType type) {
    if (kind != Kind.STRING) {
      throw new IllegalArgumentException(
          "regex takes a text, and its type is " + TypeNames.of(type));
    }
    Pattern pattern = Replacement.pattern(settings.get("pattern").textValue());
    return value -> {
      if (value == null) {
        return null;
      }
      try {
        return pattern.matcher((String) value).matches()
            ? null
            : Shown.of(value) + " does not match " + settings.get("pattern").textValue();
      } catch (StackOverflowError e) {
        // Java's matcher recurses for each turn of a repeated group.
        return "a text of " + ((String) value).length() + " characters is too long for the pattern";
      }
    };
  }

  private void problem(Check check, String problem) {
    problems.add("--" + QualityChecks.FLAG + ": '" + check.name() + "': " + problem);
  }
}
