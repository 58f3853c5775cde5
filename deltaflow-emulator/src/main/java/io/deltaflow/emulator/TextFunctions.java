package io.deltaflow.emulator;

import static io.deltaflow.emulator.NativeFunctions.Kind.TEXT;

import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedLiteral;
import io.deltaflow.emulator.FunctionTranslator.Call;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** GoogleSQL's functions of STRING and BYTES. */
final class TextFunctions {
  private TextFunctions() {}

  static void install(NativeFunctions functions) throws SQLException {
    functions.addVariadic("bq_format", FormatFunction::of);
    // DuckDB maps letter by letter, but a sharp s becomes two.
    functions.add("bq_upper", TEXT, a -> ((String) a[0]).toUpperCase(Locale.ROOT), TEXT);
    functions.add("bq_lower", TEXT, a -> ((String) a[0]).toLowerCase(Locale.ROOT), TEXT);
  }

  static String of(Call call) {
    String first = call.size() == 0 ? null : call.argument(0);
    boolean text = call.size() > 0 && call.typeOf(0).isString();
    switch (call.name()) {
      case "concat":
      case "$concat_op":
        return call.type().isArray()
            ? "list_concat(" + call.joined() + ")"
            : "(" + String.join(" || ", call.arguments()) + ")";
      case "length":
        return text ? "length(" + first + ")" : "octet_length(" + first + ")";
      case "char_length":
        return "length(" + first + ")";
      case "byte_length":
        return text ? "strlen(" + first + ")" : "octet_length(" + first + ")";
      case "lower":
      case "upper":
        return text ? "bq_" + call.name() + "(" + first + ")" : null;
      case "reverse":
        return text ? "reverse(" + first + ")" : null;
      case "trim":
      case "ltrim":
      case "rtrim":
        return text && call.size() == 2
            ? call.name() + "(" + call.joined() + ")"
            : text ? spaceTrim(call) : null;
      case "starts_with":
        return text ? "starts_with(" + call.joined() + ")" : null;
      case "ends_with":
        return text ? "ends_with(" + call.joined() + ")" : null;
      case "replace":
        return text
            ? "CASE WHEN "
                + call.argument(1)
                + " = '' THEN "
                + first
                + " ELSE replace("
                + call.joined()
                + ") END"
            : null;
      case "substr":
        return text ? substring(call) : null;
      case "strpos":
        return text ? "CAST(strpos(" + call.joined() + ") AS BIGINT)" : null;
      case "lpad":
      case "rpad":
        return text
            ? call.name()
                + "("
                + first
                + ", CAST("
                + call.argument(1)
                + " AS INTEGER), "
                + (call.size() > 2 ? call.argument(2) : "' '")
                + ")"
            : null;
      case "repeat":
        return text ? "repeat(" + call.joined() + ")" : null;
      case "split":
        return text ? split(call) : null;
      case "$like":
        return text ? "(" + first + " LIKE " + call.argument(1) + " ESCAPE '\\')" : null;
      case "regexp_contains":
        return text ? "regexp_matches(" + call.joined() + ")" : null;
      case "regexp_replace":
        return text ? "regexp_replace(" + call.joined() + ", 'g')" : null;
      case "regexp_extract":
        return text && call.size() == 2 ? regexpExtract(call) : null;
      case "left":
        return text ? "substring(" + first + ", 1, " + call.argument(1) + ")" : null;
      case "right":
        return text
            ? "CASE WHEN "
                + call.argument(1)
                + " >= length("
                + first
                + ") THEN "
                + first
                + " ELSE substring("
                + first
                + ", length("
                + first
                + ") - "
                + call.argument(1)
                + " + 1) END"
            : null;
      case "instr":
        return text && call.size() == 2 ? "CAST(strpos(" + call.joined() + ") AS BIGINT)" : null;
      case "to_hex":
        return "lower(hex(" + first + "))";
      case "from_hex":
        return "unhex(" + first + ")";
      case "to_base64":
        return "to_base64(" + first + ")";
      case "from_base64":
        return "from_base64(" + first + ")";
      case "sha256":
        return "unhex(sha256(" + first + "))";
      case "sha1":
        return "unhex(sha1(" + first + "))";
      case "md5":
        return "unhex(md5(" + first + "))";
      case "farm_fingerprint":
        return "bq_farm(hex(" + (text ? "encode(" + first + ")" : first) + "))";
      case "generate_uuid":
        return "CAST(uuid() AS VARCHAR)";
      case "to_json_string":
        return JsonFunctions.toJsonString(first, call.typeOf(0));
      case "format":
        return format(call);
      case "safe_convert_bytes_to_string":
        return "TRY(bq_bytes_to_text(hex(" + first + ")))";
      default:
        return null;
    }
  }

  /** The part in parentheses if there is one, else the whole match; NULL without a match. */
  private static String regexpExtract(Call call) {
    if (!(call.expressions().get(1) instanceof ResolvedLiteral)) {
      throw BigQueryError.unsupported("REGEXP_EXTRACT with an expression that is no literal");
    }
    String pattern = ((ResolvedLiteral) call.expressions().get(1)).getValue().getStringValue();
    int groups = Pattern.compile(pattern).matcher("").groupCount();
    if (groups > 1) {
      throw BigQueryError.invalidQuery(
          "Regular expressions passed into extraction functions must not have more than 1 capturing"
              + " group");
    }
    return "CASE WHEN regexp_matches("
        + call.joined()
        + ") THEN regexp_extract("
        + call.joined()
        + ", "
        + groups
        + ") END";
  }

  private static String spaceTrim(Call call) {
    // Trims white space, of which DuckDB's own takes blanks only.
    return call.name()
        + "("
        + call.argument(0)
        + ", ' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13))";
  }

  /**
   * DuckDB's substring counts positions as BigQuery's does, but for 0 and those before the first
   * character.
   */
  private static String substring(Call call) {
    String text = call.argument(0);
    String position = call.argument(1);
    String start =
        "CASE WHEN "
            + position
            + " = 0 THEN 1 WHEN "
            + position
            + " < -length("
            + text
            + ") THEN 1 ELSE "
            + position
            + " END";
    if (call.size() == 2) {
      return "substring(" + text + ", " + start + ")";
    }
    String length = call.argument(2);
    String raise = SqlErrors.raise("'Third argument in SUBSTR() cannot be negative'", "VARCHAR");
    return "CASE WHEN "
        + length
        + " < 0 THEN "
        + raise
        + " ELSE substring("
        + text
        + ", "
        + start
        + ", "
        + length
        + ") END";
  }

  private static String split(Call call) {
    String separator = call.size() > 1 ? call.argument(1) : "','";
    return "string_split(" + call.argument(0) + ", " + separator + ")";
  }

  private static String format(Call call) {
    List<String> arguments = new ArrayList<>();
    arguments.add(call.argument(0));
    for (int i = 1; i < call.size(); i++) {
      if (call.typeOf(i).isArray() || call.typeOf(i).isStruct() || call.typeOf(i).isBytes()) {
        throw call.unsupported();
      }
      String value =
          call.typeOf(i).isJson() ? call.argument(i) : Casts.text(call.argument(i), call.typeOf(i));
      arguments.add("'" + SqlTypes.name(call.typeOf(i)) + ":' || " + value);
    }
    return "bq_format(" + String.join(", ", arguments) + ")";
  }
}
