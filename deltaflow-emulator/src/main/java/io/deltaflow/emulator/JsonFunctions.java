package io.deltaflow.emulator;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.zetasql.StructType;
import com.google.zetasql.Type;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedLiteral;
import io.deltaflow.emulator.FunctionTranslator.Call;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** GoogleSQL's JSON functions over the texts of {@link JsonText}. */
final class JsonFunctions {
  private static final Pattern STEP =
      Pattern.compile("\\.([A-Za-z_][A-Za-z0-9_-]*)|\\.\"((?:[^\"\\\\]|\\\\.)*)\"|\\[([0-9]+)\\]");

  private static final BigDecimal LARGEST_INTEGER = BigDecimal.valueOf(1L << 53);

  private JsonFunctions() {}

  static void install(NativeFunctions functions) throws SQLException {
    var text = NativeFunctions.Kind.TEXT;
    functions.add("bq_json_value", text, a -> value((String) a[0], (String) a[1]), text, text);
    functions.add("bq_json_query", text, a -> query((String) a[0], (String) a[1]), text, text);
    functions.add("bq_json_field", text, a -> field((String) a[0], (String) a[1]), text, text);
    functions.add("bq_json_type", text, a -> type(JsonText.parse((String) a[0])), text);
    functions.add(
        "bq_json_quote",
        text,
        a -> {
          StringBuilder out = new StringBuilder();
          JsonText.quote((String) a[0], out);
          return out.toString().replace("\u2028", "\\u2028").replace("\u2029", "\\u2029");
        },
        text);
    functions.add(
        "bq_json_element",
        text,
        a -> element((String) a[0], (Long) a[1]),
        text,
        NativeFunctions.Kind.INT);
    functions.add("bq_json_number", text, a -> number(new BigDecimal((String) a[0])), text);
  }

  static String of(Call call) {
    switch (call.name()) {
      case "parse_json":
        boolean exact =
            call.size() < 2
                || call.expressions().get(1) instanceof ResolvedLiteral
                    && ((ResolvedLiteral) call.expressions().get(1))
                        .getValue()
                        .getStringValue()
                        .equals("exact");
        if (!exact) {
          throw BigQueryError.unsupported("PARSE_JSON with wide_number_mode other than 'exact'");
        }
        return "bq_json_parse(" + call.argument(0) + ")";
      case "json_value":
      case "json_extract_scalar":
        return "bq_json_value(" + call.argument(0) + ", " + path(call) + ")";
      case "json_query":
      case "json_extract":
        return "bq_json_query(" + call.argument(0) + ", " + path(call) + ")";
      case "json_type":
        return "bq_json_type(" + call.argument(0) + ")";
      case "$subscript":
        return !call.typeOf(0).isJson()
            ? null
            : call.typeOf(1).isString()
                ? "bq_json_field(" + call.joined() + ")"
                : "bq_json_element(" + call.joined() + ")";
      case "to_json":
        return "bq_json_parse(" + toJsonString(call.argument(0), call.typeOf(0)) + ")";
      case "string":
        return call.typeOf(0).isJson() ? "bq_json_value(" + call.argument(0) + ", '$')" : null;
      default:
        return null;
    }
  }

  private static String path(Call call) {
    return call.size() > 1 ? call.argument(1) : "'$'";
  }

  /** TO_JSON_STRING of any value: a DuckDB expression that is never NULL. */
  static String toJsonString(String value, Type type) {
    return "coalesce(" + json(value, type) + ", 'null')";
  }

  private static String json(String value, Type type) {
    if (type.isArray()) {
      String name = "j" + Math.floorMod(value.hashCode(), 1_000_000);
      String each = toJsonString(name, type.asArray().getElementType());
      return "('[' || array_to_string(list_transform("
          + value
          + ", lambda "
          + name
          + ": "
          + each
          + "), ',') || ']')";
    }
    if (type.isStruct()) {
      return struct(value, type.asStruct());
    }
    switch (type.getKind()) {
      case TYPE_INT64:
        // Beyond 2^53 as text, since readers of JSON take numbers for doubles.
        return "CASE WHEN "
            + value
            + " BETWEEN -9007199254740992 AND 9007199254740992 THEN CAST("
            + value
            + " AS VARCHAR) ELSE '\"' || CAST("
            + value
            + " AS VARCHAR) || '\"' END";
      case TYPE_BOOL:
        return "CAST(" + value + " AS VARCHAR)";
      case TYPE_DOUBLE:
        return "CASE WHEN isnan("
            + value
            + ") THEN '\"NaN\"' WHEN isinf("
            + value
            + ") THEN CASE WHEN "
            + value
            + " > 0 THEN '\"Infinity\"' ELSE '\"-Infinity\"' END ELSE bq_float_text("
            + value
            + ") END";
      case TYPE_NUMERIC:
        return "bq_json_number(bq_numeric_text(" + value + "))";
      case TYPE_BIGNUMERIC:
        return "bq_json_number(" + value + ")";
      case TYPE_JSON:
        return value;
      case TYPE_STRING:
        return "bq_json_quote(" + value + ")";
      case TYPE_BYTES:
        return "('\"' || to_base64(" + value + ") || '\"')";
      case TYPE_DATE:
        return "('\"' || " + Casts.text(value, type) + " || '\"')";
      case TYPE_DATETIME:
        return "('\"' || replace(" + Casts.text(value, type) + ", ' ', 'T') || '\"')";
      case TYPE_TIME:
        return "('\"' || " + Casts.text(value, type) + " || '\"')";
      case TYPE_TIMESTAMP:
        String text = "replace(" + Casts.text(value, type) + ", ' ', 'T')";
        return "('\"' || left(" + text + ", -3) || 'Z\"')";
      default:
        throw BigQueryError.unsupported("TO_JSON_STRING of " + SqlTypes.name(type));
    }
  }

  private static String struct(String value, StructType type) {
    List<String> members = new ArrayList<>();
    for (int i = 0; i < type.getFieldCount(); i++) {
      StringBuilder name = new StringBuilder();
      JsonText.quote(type.getField(i).getName(), name);
      String field = "(" + value + ")." + SqlTypes.structField(type, i);
      members.add(
          SqlLiteral.string(name + ":") + " || " + toJsonString(field, type.getField(i).getType()));
    }
    return "CASE WHEN "
        + value
        + " IS NULL THEN NULL ELSE '{' || "
        + String.join(" || ',' || ", members)
        + " || '}' END";
  }

  private static String value(String json, String path) {
    JsonElement found = find(json, path);
    if (found == null || !found.isJsonPrimitive()) {
      return null;
    }
    return found.getAsJsonPrimitive().isString() ? found.getAsString() : JsonText.text(found);
  }

  private static String query(String json, String path) {
    JsonElement found = find(json, path);
    return found == null ? null : JsonText.text(found);
  }

  private static String field(String json, String name) {
    JsonElement value = JsonText.parse(json);
    JsonElement member = value.isJsonObject() ? value.getAsJsonObject().get(name) : null;
    return member == null ? null : JsonText.text(member);
  }

  private static String element(String json, long index) {
    JsonElement value = JsonText.parse(json);
    boolean there = value.isJsonArray() && index >= 0 && index < value.getAsJsonArray().size();
    return there ? JsonText.text(value.getAsJsonArray().get((int) index)) : null;
  }

  /**
   * As text unless it is an integer that a double holds, since readers of JSON take numbers for
   * doubles.
   */
  private static String number(BigDecimal value) {
    boolean small =
        value.stripTrailingZeros().scale() <= 0 && value.abs().compareTo(LARGEST_INTEGER) <= 0;
    return small ? BigNumerics.text(value) : "\"" + BigNumerics.text(value) + "\"";
  }

  private static String type(JsonElement value) {
    if (value.isJsonNull()) {
      return "null";
    } else if (value.isJsonObject() || value.isJsonArray()) {
      return value instanceof JsonObject ? "object" : "array";
    }
    return value.getAsJsonPrimitive().isString()
        ? "string"
        : value.getAsJsonPrimitive().isBoolean() ? "boolean" : "number";
  }

  private static JsonElement find(String json, String path) {
    if (!path.startsWith("$")) {
      throw BigQueryError.invalidQuery("JSONPath must start with '$'");
    }
    JsonElement value;
    try {
      value = JsonText.parse(json);
    } catch (BigQueryError notJson) {
      // JSON functions over text that is not JSON give NULL.
      return null;
    }
    Matcher step = STEP.matcher(path);
    int end = 1;
    while (end < path.length()) {
      if (!step.find(end) || step.start() != end) {
        throw BigQueryError.unsupported("the JSONPath " + path);
      }
      end = step.end();
      value = value == null ? null : child(value, step);
    }
    return value;
  }

  private static JsonElement child(JsonElement value, Matcher step) {
    if (step.group(3) != null) {
      JsonArray array = value.isJsonArray() ? value.getAsJsonArray() : new JsonArray();
      int index = Integer.parseInt(step.group(3));
      return index < array.size() ? array.get(index) : null;
    }
    String name = step.group(1) != null ? step.group(1) : step.group(2).replaceAll("\\\\(.)", "$1");
    return value.isJsonObject() ? value.getAsJsonObject().get(name) : null;
  }
}
