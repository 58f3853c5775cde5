package io.deltaflow.transform;

import com.fasterxml.jackson.databind.JsonNode;
import io.deltaflow.NearNames;
import io.deltaflow.spi.error.ConfigurationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.schemas.Schema;

/** What {@code quality_checks} says: a list of checks of the rows as they are published. */
public final class QualityChecks {
  static final String FLAG = "quality_checks";

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})\\s*(s|m|h|d)");
  private static final Set<String> OF_ALL = Set.of("check", "action", "name");

  /** Of each kind the keys besides those of all. */
  private static final Map<String, Set<String>> KINDS = new LinkedHashMap<>();

  static {
    KINDS.put("not_null", Set.of("column", "columns"));
    KINDS.put("unique", Set.of("column", "columns"));
    KINDS.put("accepted_values", Set.of("column", "columns", "values"));
    KINDS.put("range", Set.of("column", "columns", "min", "max"));
    KINDS.put("regex", Set.of("column", "columns", "pattern"));
    KINDS.put("row_count", Set.of("min", "max"));
    KINDS.put("freshness", Set.of("column", "max_age"));
  }

  final String json;
  final List<Check> checks = new ArrayList<>();

  /** As it is written. */
  record Check(
      String kind, String name, CheckAction action, List<String> columns, JsonNode settings) {}

  private QualityChecks(String json) {
    this.json = json;
  }

  /**
   * Parses the text; contacts nothing and knows no schema yet.
   *
   * @param json null and blank are no checks
   * @throws ConfigurationException with every problem that the text has by itself
   */
  public static QualityChecks parse(String json) {
    QualityChecks parsed = new QualityChecks(json == null ? "" : json);
    if (!parsed.json.isBlank()) {
      parsed.read(StrictJson.configuration(FLAG, json));
    }
    return parsed;
  }

  /** Whether there is nothing to check. */
  public boolean isEmpty() {
    return checks.isEmpty();
  }

  /**
   * Checks everything against the fields of the rows that are published. Called on the launcher.
   *
   * @throws ConfigurationException with every problem: fields that are not there, checks and values
   *     that do not fit their types
   */
  public BoundChecks bind(Schema output) {
    return new ChecksBinding(this, output).bind();
  }

  @Override
  public String toString() {
    return "QualityChecks" + checks.stream().map(Check::name).toList();
  }

  private void read(JsonNode root) {
    if (!root.isArray()) {
      throw new ConfigurationException("--" + FLAG + " is no JSON array of checks");
    }
    List<String> problems = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < root.size(); i++) {
      try {
        Check check = check(root.get(i));
        if (!names.add(check.name)) {
          throw new IllegalArgumentException(
              "another check is called '" + check.name + "'; give one of them a name");
        }
        checks.add(check);
      } catch (IllegalArgumentException e) {
        problems.add(at(i, root.get(i), e.getMessage()));
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  private static String at(int index, JsonNode check, String problem) {
    String kind = check.path("check").asText("");
    return "--"
        + FLAG
        + ": check "
        + (index + 1)
        + (KINDS.containsKey(kind) ? " (" + kind + ")" : "")
        + ": "
        + problem;
  }

  private static Check check(JsonNode node) {
    if (!node.isObject() || !node.path("check").isTextual()) {
      throw new IllegalArgumentException(
          "it is no object with a check, one of " + String.join(", ", KINDS.keySet()));
    }
    String kind = node.get("check").textValue().strip().toLowerCase(Locale.ROOT);
    if (!KINDS.containsKey(kind)) {
      throw new IllegalArgumentException(
          "'"
              + kind
              + "' is none of "
              + String.join(", ", KINDS.keySet())
              + NearNames.hint(kind, KINDS.keySet()));
    }
    checkKeys(node, kind);
    List<String> columns = columns(node, kind);
    CheckAction action = action(node, kind);
    checkSettings(node, kind);
    String name = kind + (columns.isEmpty() ? "" : "(" + String.join(", ", columns) + ")");
    if (node.has("name")) {
      name = node.get("name").isTextual() ? node.get("name").textValue() : "";
      if (name.isBlank()) {
        throw new IllegalArgumentException("its name is no text");
      }
    }
    return new Check(kind, name, action, columns, node);
  }

  private static void checkKeys(JsonNode node, String kind) {
    Set<String> known = new HashSet<>(OF_ALL);
    known.addAll(KINDS.get(kind));
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                throw new IllegalArgumentException(
                    "'"
                        + key
                        + "' is none of "
                        + String.join(", ", known.stream().sorted().toList())
                        + NearNames.hint(key, known));
              }
            });
  }

  private static List<String> columns(JsonNode node, String kind) {
    List<String> columns = new ArrayList<>();
    if (node.has("column") && node.has("columns")) {
      throw new IllegalArgumentException("it has both column and columns");
    } else if (node.has("column")) {
      columns.add(text(node.get("column"), "column"));
    } else if (node.path("columns").isArray()) {
      node.get("columns").forEach(column -> columns.add(text(column, "columns")));
    } else if (node.has("columns")) {
      throw new IllegalArgumentException("columns is no array of names");
    }
    if (columns.isEmpty() && KINDS.get(kind).contains("column")) {
      throw new IllegalArgumentException("it names no column");
    } else if (new HashSet<>(columns).size() < columns.size()) {
      throw new IllegalArgumentException("it names a column twice");
    }
    return List.copyOf(columns);
  }

  private static String text(JsonNode node, String key) {
    if (!node.isTextual() || node.textValue().isBlank()) {
      throw new IllegalArgumentException(key + " is no name of a column");
    }
    return node.textValue();
  }

  private static CheckAction action(JsonNode node, String kind) {
    if (!node.has("action")) {
      return CheckAction.FAIL;
    }
    String text = node.get("action").asText();
    List<String> names = Arrays.stream(CheckAction.values()).map(CheckAction::text).toList();
    int index = names.indexOf(text.strip().toLowerCase(Locale.ROOT));
    if (index < 0) {
      throw new IllegalArgumentException(
          "the action '"
              + text
              + "' is none of "
              + String.join(", ", names)
              + NearNames.hint(text, names));
    }
    CheckAction action = CheckAction.values()[index];
    if (action == CheckAction.DEAD_LETTER
        && (kind.equals("row_count") || kind.equals("freshness"))) {
      throw new IllegalArgumentException(
          "it is a check of all rows together, so there is no row to put to the dead letters; its"
              + " action is warn or fail");
    }
    return action;
  }

  private static void checkSettings(JsonNode node, String kind) {
    switch (kind) {
      case "accepted_values" -> {
        if (!node.path("values").isArray() || node.get("values").isEmpty()) {
          throw new IllegalArgumentException("it has no array of values");
        }
      }
      case "range" -> {
        if (!node.has("min") && !node.has("max")) {
          throw new IllegalArgumentException("it has neither min nor max");
        }
      }
      case "row_count" -> {
        if (!node.has("min") && !node.has("max")) {
          throw new IllegalArgumentException("it has neither min nor max");
        } else if (count(node, "min", 0) > count(node, "max", Long.MAX_VALUE)) {
          throw new IllegalArgumentException("its min is above its max");
        }
      }
      case "regex" -> {
        if (!node.path("pattern").isTextual()) {
          throw new IllegalArgumentException("it has no pattern");
        }
        Replacement.pattern(node.get("pattern").textValue());
      }
      case "freshness" -> maxAge(node);
      default -> {
        // A column is all.
      }
    }
  }

  static long count(JsonNode node, String key, long otherwise) {
    if (!node.has(key)) {
      return otherwise;
    }
    JsonNode count = node.get(key);
    if (!count.isIntegralNumber() || !count.canConvertToLong() || count.longValue() < 0) {
      throw new IllegalArgumentException(key + " is no number of rows");
    }
    return count.longValue();
  }

  static Duration maxAge(JsonNode node) {
    Matcher matcher = DURATION.matcher(node.path("max_age").asText().strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("its max_age is no duration such as 90s, 15m, 24h or 2d");
    }
    long n = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(n);
      case "m" -> Duration.ofMinutes(n);
      case "h" -> Duration.ofHours(n);
      default -> Duration.ofDays(n);
    };
  }
}
