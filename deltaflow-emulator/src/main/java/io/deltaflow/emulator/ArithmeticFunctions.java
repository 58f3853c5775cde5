package io.deltaflow.emulator;

import com.google.zetasql.Type;
import io.deltaflow.emulator.FunctionTranslator.Call;

/** Arithmetic, with BigQuery's errors for overflow and for division by zero. */
final class ArithmeticFunctions {
  private ArithmeticFunctions() {}

  static String of(Call call) {
    switch (call.name()) {
      case "$add":
        return binary(call, "add", "+");
      case "$subtract":
        return binary(call, "subtract", "-");
      case "$multiply":
        return binary(call, "multiply", "*");
      case "$divide":
        return binary(call, "divide", null);
      case "safe_add":
        return "TRY(" + binary(call, "add", "+") + ")";
      case "safe_subtract":
        return "TRY(" + binary(call, "subtract", "-") + ")";
      case "safe_multiply":
        return "TRY(" + binary(call, "multiply", "*") + ")";
      case "safe_divide":
        return "TRY(" + binary(call, "divide", null) + ")";
      case "$unary_minus":
      case "safe_negate":
        return unaryMinus(call);
      case "div":
        return ofInt64(call, "bq_int_div(" + call.joined() + ")");
      case "mod":
        return ofInt64(call, "bq_int_mod(" + call.joined() + ")");
      case "abs":
        return call.typeOf(0).isBigNumeric()
            ? "ltrim(" + call.argument(0) + ", '-')"
            : "abs(" + call.argument(0) + ")";
      case "sign":
        return call.typeOf(0).isInt64() ? "CAST(sign(" + call.argument(0) + ") AS BIGINT)" : null;
      case "greatest":
      case "least":
        // DuckDB's own pass over NULL arguments.
        return orderable(call)
            ? "CASE WHEN "
                + String.join(" IS NULL OR ", call.arguments())
                + " IS NULL THEN NULL ELSE "
                + call.name()
                + "("
                + call.joined()
                + ") END"
            : null;
      case "round":
        return round(call);
      case "floor":
      case "ceil":
      case "trunc":
        return call.typeOf(0).isDouble() && call.size() == 1
            ? call.name() + "(" + call.argument(0) + ")"
            : null;
      case "is_nan":
        return "isnan(" + call.argument(0) + ")";
      case "is_inf":
        return "isinf(" + call.argument(0) + ")";
      case "$bitwise_and":
        return ofInt64(call, "(" + call.argument(0) + " & " + call.argument(1) + ")");
      case "$bitwise_or":
        return ofInt64(call, "(" + call.argument(0) + " | " + call.argument(1) + ")");
      case "$bitwise_xor":
        return ofInt64(call, "xor(" + call.joined() + ")");
      case "$bitwise_not":
        return ofInt64(call, "(~" + call.argument(0) + ")");
      default:
        return null;
    }
  }

  private static boolean orderable(Call call) {
    return !call.typeOf(0).isDouble()
        && !call.typeOf(0).isBigNumeric()
        && !call.typeOf(0).isStruct();
  }

  private static String ofInt64(Call call, String sql) {
    return call.type().isInt64() ? sql : null;
  }

  private static String binary(Call call, String name, String operator) {
    Type type = call.typeOf(0);
    if (type.getKind() != call.typeOf(1).getKind()) {
      return dateShift(call, operator);
    }
    switch (type.getKind()) {
      case TYPE_INT64:
        return operator == null
            ? null
            : "(" + call.argument(0) + " " + operator + " " + call.argument(1) + ")";
      case TYPE_DOUBLE:
        return "bq_float_" + name + "(" + call.joined() + ")";
      case TYPE_NUMERIC:
        return name.equals("add") || name.equals("subtract")
            ? "(" + call.argument(0) + " " + operator + " " + call.argument(1) + ")"
            : "bq_numeric_" + name + "(" + call.joined() + ")";
      case TYPE_BIGNUMERIC:
        return "bq_bignumeric_" + name + "(" + call.joined() + ")";
      default:
        return null;
    }
  }

  private static String dateShift(Call call, String operator) {
    boolean shift = call.typeOf(0).isDate() && call.typeOf(1).isInt64() && operator != null;
    if (!shift || operator.equals("*")) {
      return null;
    }
    String days = operator.equals("-") ? "(-" + call.argument(1) + ")" : call.argument(1);
    return Casts.fromDays("bq_day_add(" + Casts.days(call.argument(0)) + ", " + days + ", 'DAY')");
  }

  private static String unaryMinus(Call call) {
    String minus =
        call.typeOf(0).isBigNumeric()
            ? "bq_bignumeric_subtract('0', " + call.argument(0) + ")"
            : "(-" + call.argument(0) + ")";
    return call.name().startsWith("safe") ? "TRY(" + minus + ")" : minus;
  }

  private static String round(Call call) {
    if (call.typeOf(0).isNumeric() && call.size() <= 2) {
      return "bq_numeric_round("
          + call.argument(0)
          + ", "
          + (call.size() == 2 ? call.argument(1) : "0::BIGINT")
          + ")";
    }
    return call.typeOf(0).isDouble() && call.size() == 1 ? "round(" + call.argument(0) + ")" : null;
  }
}
