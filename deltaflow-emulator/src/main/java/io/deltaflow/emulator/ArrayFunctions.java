package io.deltaflow.emulator;

import com.google.zetasql.Type;
import io.deltaflow.emulator.FunctionTranslator.Call;

/** Functions of arrays. */
final class ArrayFunctions {
  private ArrayFunctions() {}

  static String of(Call call) {
    switch (call.name()) {
      case "$make_array":
        return "CAST([" + call.joined() + "] AS " + SqlTypes.duckdb(call.type()) + ")";
      case "array_length":
        return "len(" + call.argument(0) + ")";
      case "array_concat":
        return "list_concat(" + call.joined() + ")";
      case "array_reverse":
        return "list_reverse(" + call.argument(0) + ")";
      case "$array_at_offset":
        return element(call, 1, false);
      case "$safe_array_at_offset":
        return element(call, 1, true);
      case "$array_at_ordinal":
        return element(call, 0, false);
      case "$safe_array_at_ordinal":
        return element(call, 0, true);
      case "$in_array":
        return inArray(call);
      case "generate_array":
        return call.typeOf(0).isInt64()
            ? "generate_series("
                + call.argument(0)
                + ", "
                + call.argument(1)
                + (call.size() > 2 ? ", " + call.argument(2) : "")
                + ")"
            : null;
      case "array_to_string":
        return call.size() == 2 && call.typeOf(0).asArray().getElementType().isString()
            ? "array_to_string(" + call.joined() + ")"
            : null;
      default:
        return null;
    }
  }

  /** An element by its index; {@code shift} is 1 for indexes from 0. */
  private static String element(Call call, int shift, boolean safe) {
    String array = call.argument(0);
    String index = "(" + call.argument(1) + " + " + shift + ")";
    String type = SqlTypes.duckdb(call.type());
    String outside = "CAST(NULL AS " + type + ")";
    if (!safe) {
      outside =
          SqlErrors.raise("'Array index ', " + call.argument(1) + ", ' is out of bounds'", type);
    }
    return "CASE WHEN "
        + index
        + " BETWEEN 1 AND len("
        + array
        + ") THEN ("
        + array
        + ")["
        + index
        + "] WHEN "
        + array
        + " IS NULL OR "
        + index
        + " IS NULL THEN NULL ELSE "
        + outside
        + " END";
  }

  private static String inArray(Call call) {
    Type element = call.typeOf(0);
    if (element.isDouble() || element.isStruct()) {
      return null;
    }
    String contains = "list_contains(" + call.argument(1) + ", " + call.argument(0) + ")";
    // NULL elements make a miss unknown, as in an IN list.
    return "CASE WHEN "
        + contains
        + " THEN TRUE WHEN "
        + call.argument(0)
        + " IS NULL AND len("
        + call.argument(1)
        + ") > 0 OR list_count("
        + call.argument(1)
        + ") < len("
        + call.argument(1)
        + ") THEN NULL ELSE FALSE END";
  }
}
