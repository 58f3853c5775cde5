package io.deltaflow.transform;

import com.fasterxml.jackson.databind.JsonNode;
import io.deltaflow.NearNames;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/**
 * What {@code transformation_config} says about rows. Applied in this order, whatever the order in
 * the text: {@code field_mappings}, {@code type_conversions}, {@code default_values}, {@code
 * value_transformations}, {@code calculated_fields}. From the second on, fields are called by their
 * new names.
 *
 * <p>It may hold the key of a hash; {@link #toString} does not show it.
 */
public final class Transformation {
  static final String FLAG = "transformation_config";

  /** The new name of each field that is renamed. */
  final Map<String, String> mappings = new LinkedHashMap<>();

  final Map<String, FieldType> conversions = new LinkedHashMap<>();
  final Map<String, JsonNode> defaults = new LinkedHashMap<>();
  final Map<String, List<ValueChange>> changes = new LinkedHashMap<>();
  final Map<String, Formula> formulas = new LinkedHashMap<>();
  final String json;

  /**
   * A calculated field.
   *
   * @param type what its value is converted to; empty when it keeps the expression's type
   */
  record Formula(String expression, Optional<FieldType> type) {}

  private Transformation(String json) {
    this.json = json;
  }

  /**
   * Parses the text; contacts nothing and knows no schema yet.
   *
   * @param json null and blank are no transformation
   * @throws ConfigurationException with every problem that the text has by itself
   */
  public static Transformation parse(String json) {
    Transformation parsed = new Transformation(json == null ? "" : json);
    if (!parsed.json.isBlank()) {
      parsed.read(StrictJson.configuration(FLAG, json));
    }
    return parsed;
  }

  /** Whether rows stay as they are. */
  public boolean isEmpty() {
    return mappings.isEmpty()
        && conversions.isEmpty()
        && defaults.isEmpty()
        && changes.isEmpty()
        && formulas.isEmpty();
  }

  /**
   * Checks everything against the fields that a source has. Called on the launcher before anything
   * is read.
   *
   * @throws ConfigurationException with every problem: fields that are not there, conversions that
   *     no value can pass, names that clash, expressions and defaults of a wrong type
   */
  public BoundTransformation bind(Schema input) {
    return new TransformationBinding(this, input).bind();
  }

  /**
   * The same for each of several sources, whose rows become one table: what names a field that a
   * source lacks is left out for it.
   *
   * @throws ConfigurationException with every problem of any, such as a field that no source has
   */
  public List<BoundTransformation> bindAll(List<Schema> inputs) {
    return inputs.size() == 1
        ? List.of(bind(inputs.get(0)))
        : new SeveralSources(this, inputs).bind();
  }

  @Override
  public String toString() {
    return "Transformation{renamed="
        + mappings.keySet()
        + ", converted="
        + conversions.keySet()
        + ", defaults="
        + defaults.keySet()
        + ", changed="
        + changes.keySet()
        + ", calculated="
        + formulas.keySet()
        + "}";
  }

  private void read(JsonNode root) {
    List<String> problems = new ArrayList<>();
    Map<String, BiConsumer<String, JsonNode>> keys = new LinkedHashMap<>();
    keys.put("field_mappings", (field, value) -> mappings.put(field, text(value)));
    keys.put(
        "type_conversions", (field, value) -> conversions.put(field, TypeNames.parse(text(value))));
    keys.put("default_values", (field, value) -> defaults.put(field, present(value)));
    keys.put("value_transformations", (field, value) -> changes.put(field, changes(value)));
    keys.put("calculated_fields", (field, value) -> formulas.put(field, formula(value)));
    if (!root.isObject()) {
      problems.add("--" + FLAG + " is no JSON object with " + String.join(", ", keys.keySet()));
    }
    root.fields()
        .forEachRemaining(
            entry -> {
              if (keys.containsKey(entry.getKey())) {
                read(entry.getKey(), entry.getValue(), keys.get(entry.getKey()), problems);
              } else {
                problems.add(
                    "--"
                        + FLAG
                        + ": '"
                        + entry.getKey()
                        + "' is none of "
                        + String.join(", ", keys.keySet())
                        + NearNames.hint(entry.getKey(), keys.keySet()));
              }
            });
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  private static void read(
      String key, JsonNode fields, BiConsumer<String, JsonNode> reader, List<String> problems) {
    if (!fields.isObject()) {
      problems.add("--" + FLAG + ": " + key + " is no JSON object of fields");
      return;
    }
    fields
        .fields()
        .forEachRemaining(
            entry -> {
              try {
                if (entry.getKey().isBlank()) {
                  throw new IllegalArgumentException("a field has a name");
                }
                reader.accept(entry.getKey(), entry.getValue());
              } catch (IllegalArgumentException e) {
                problems.add(at(key, entry.getKey(), e.getMessage()));
              }
            });
  }

  /** A problem of one field. */
  static String at(String key, String field, String problem) {
    return "--" + FLAG + ": " + key + " of '" + field + "': " + problem;
  }

  private static String text(JsonNode value) {
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw new IllegalArgumentException(Shown.json(value) + " is no text");
    }
    return value.textValue();
  }

  private static JsonNode present(JsonNode value) {
    if (value.isNull()) {
      throw new IllegalArgumentException("null replaces nothing; leave it out");
    }
    return value;
  }

  private static Formula formula(JsonNode value) {
    if (!value.isObject()) {
      return new Formula(text(value), Optional.empty());
    }
    checkKeys(value, Set.of("expression", "type"));
    if (!value.has("expression")) {
      throw new IllegalArgumentException("it has no expression");
    }
    return new Formula(
        text(value.get("expression")),
        Optional.ofNullable(value.get("type")).map(type -> TypeNames.parse(text(type))));
  }

  private static List<ValueChange> changes(JsonNode value) {
    if (!value.isArray()) {
      return List.of(change(value));
    }
    List<ValueChange> list = new ArrayList<>();
    value.forEach(element -> list.add(change(element)));
    if (list.isEmpty()) {
      throw new IllegalArgumentException("the list is empty");
    }
    for (ValueChange change : list.subList(0, list.size() - 1)) {
      if (change instanceof ValueChange.Drop) {
        throw new IllegalArgumentException("drop is the last of a list, or alone");
      }
    }
    return List.copyOf(list);
  }

  private static ValueChange change(JsonNode value) {
    Set<String> types = Set.of("regex_replace", "upper", "lower", "trim", "hash", "mask", "drop");
    String listed = "regex_replace, upper, lower, trim, hash, mask, drop";
    if (!value.isObject() || !value.has("type")) {
      throw new IllegalArgumentException("it is no object with a type, one of " + listed);
    }
    String type = text(value.get("type")).strip().toLowerCase(Locale.ROOT);
    switch (type) {
      case "upper", "lower", "trim":
        checkKeys(value, Set.of("type"));
        return new ValueChange.Simple(type);
      case "drop":
        checkKeys(value, Set.of("type"));
        return new ValueChange.Drop();
      case "regex_replace":
        checkKeys(value, Set.of("type", "pattern", "replacement"));
        return new ValueChange.RegexReplace(
            Replacement.of(anyText(value, "pattern"), anyText(value, "replacement")));
      case "hash":
        checkKeys(value, Set.of("type", "key"));
        return new ValueChange.Hash(key(value));
      case "mask":
        checkKeys(value, Set.of("type", "keep_first", "keep_last", "character"));
        return new ValueChange.Mask(
            count(value, "keep_first"), count(value, "keep_last"), character(value));
      default:
        throw new IllegalArgumentException(
            "the type '" + type + "' is none of " + listed + NearNames.hint(type, types));
    }
  }

  private static Optional<String> key(JsonNode value) {
    if (!value.has("key")) {
      return Optional.empty();
    }
    // Never shown, not even a wrong one.
    if (!value.get("key").isTextual() || value.get("key").textValue().isEmpty()) {
      throw new IllegalArgumentException("the key of a hash is a text that is not empty");
    }
    return Optional.of(value.get("key").textValue());
  }

  private static String anyText(JsonNode value, String name) {
    if (!value.has(name) || !value.get(name).isTextual()) {
      throw new IllegalArgumentException("it has no text as its " + name);
    }
    return value.get(name).textValue();
  }

  private static int count(JsonNode value, String name) {
    if (!value.has(name)) {
      return 0;
    }
    JsonNode count = value.get(name);
    if (!count.canConvertToInt() || !count.isIntegralNumber() || count.intValue() < 0) {
      throw new IllegalArgumentException(name + " is no number of characters");
    }
    // More would overflow when added.
    return Math.min(count.intValue(), 1 << 29);
  }

  private static int character(JsonNode value) {
    if (!value.has("character")) {
      return '*';
    }
    String text = anyText(value, "character");
    if (text.isEmpty() || text.codePointCount(0, text.length()) != 1) {
      throw new IllegalArgumentException("character is not one character");
    }
    return text.codePointAt(0);
  }

  private static void checkKeys(JsonNode object, Set<String> known) {
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "'"
                + name
                + "' is none of "
                + String.join(", ", known.stream().sorted().toList())
                + NearNames.hint(name, known));
      }
    }
  }
}
