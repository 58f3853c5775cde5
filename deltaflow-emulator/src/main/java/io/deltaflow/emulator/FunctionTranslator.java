package io.deltaflow.emulator;

import com.google.zetasql.Type;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedExpr;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedFunctionCall;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedLiteral;
import java.util.ArrayList;
import java.util.List;

/** Calls of scalar functions and operators. */
final class FunctionTranslator {
  /** A call with its arguments translated. */
  record Call(String name, Type type, List<ResolvedExpr> expressions, List<String> arguments) {
    String argument(int index) {
      return arguments.get(index);
    }

    Type typeOf(int index) {
      return expressions.get(index).getType();
    }

    int size() {
      return arguments.size();
    }

    String joined() {
      return String.join(", ", arguments);
    }

    /** The name of an enum argument, such as a date part. */
    String part(int index) {
      return ((ResolvedLiteral) expressions.get(index)).getValue().getEnumName();
    }

    BigQueryError unsupported() {
      List<String> types = new ArrayList<>();
      expressions.forEach(e -> types.add(SqlTypes.name(e.getType())));
      return BigQueryError.unsupported(
          "the function "
              + name.toUpperCase(java.util.Locale.ROOT).replace("$", "")
              + "("
              + String.join(", ", types)
              + ")");
    }
  }

  private final Translation translation;

  FunctionTranslator(Translation translation) {
    this.translation = translation;
  }

  String of(ResolvedFunctionCall function) {
    if (function.getArgumentList().isEmpty() && !function.getGenericArgumentList().isEmpty()) {
      throw BigQueryError.unsupported(
          "the function " + function.getFunction().getSqlName() + " with a lambda");
    }
    String shifted = intervalShift(function);
    if (shifted != null) {
      return shifted;
    }
    List<String> arguments = new ArrayList<>();
    for (ResolvedExpr argument : function.getArgumentList()) {
      arguments.add(argument.getType().isEnum() ? "" : translation.expressions().of(argument));
    }
    Call call =
        new Call(
            SqlAnalyzer.lower(function.getFunction().getName()),
            function.getType(),
            function.getArgumentList(),
            arguments);
    String translated = logic(call);
    if (translated == null) {
      translated = ArithmeticFunctions.of(call);
    }
    if (translated == null) {
      translated = TextFunctions.of(call);
    }
    if (translated == null) {
      translated = DateFunctions.of(call, translation.now());
    }
    if (translated == null) {
      translated = JsonFunctions.of(call);
    }
    if (translated == null) {
      translated = ArrayFunctions.of(call);
    }
    if (translated == null) {
      throw call.unsupported();
    }
    return translated;
  }

  /** A date or time plus or minus INTERVAL n PART; null for anything else. */
  private String intervalShift(ResolvedFunctionCall function) {
    String name = function.getFunction().getName();
    if (!name.equals("$add") && !name.equals("$subtract")) {
      return null;
    }
    List<ResolvedExpr> arguments = function.getArgumentList();
    int at = arguments.get(1).getType().isInterval() ? 1 : 0;
    ResolvedExpr interval = arguments.get(at);
    boolean plain =
        interval instanceof ResolvedFunctionCall
            && ((ResolvedFunctionCall) interval).getFunction().getName().equals("$interval");
    if (!plain || arguments.get(1 - at).getType().isInterval()) {
      return null;
    }
    List<ResolvedExpr> parts = ((ResolvedFunctionCall) interval).getArgumentList();
    String amount = translation.expressions().of(parts.get(0));
    String shift =
        (name.equals("$subtract") ? "(-" + amount + ")" : amount)
            + ", '"
            + ((ResolvedLiteral) parts.get(1)).getValue().getEnumName()
            + "'))";
    ResolvedExpr value = arguments.get(1 - at);
    String time =
        Casts.of(translation.expressions().of(value), value.getType(), function.getType());
    return function.getType().isTimestamp()
        ? "make_timestamptz(bq_micros_add(epoch_us(" + time + "), " + shift
        : "make_timestamp(bq_local_add(epoch_us(" + time + "), " + shift;
  }

  private static String logic(Call call) {
    switch (call.name()) {
      case "$equal":
        return Comparisons.equal(call.argument(0), call.argument(1), call.typeOf(0));
      case "$not_equal":
        return "(NOT "
            + Comparisons.equal(call.argument(0), call.argument(1), call.typeOf(0))
            + ")";
      case "$less":
        return Comparisons.less(call.argument(0), call.argument(1), call.typeOf(0), false);
      case "$less_or_equal":
        return Comparisons.less(call.argument(0), call.argument(1), call.typeOf(0), true);
      case "$greater":
        return Comparisons.less(call.argument(1), call.argument(0), call.typeOf(0), false);
      case "$greater_or_equal":
        return Comparisons.less(call.argument(1), call.argument(0), call.typeOf(0), true);
      case "$between":
        return "("
            + Comparisons.less(call.argument(1), call.argument(0), call.typeOf(0), true)
            + " AND "
            + Comparisons.less(call.argument(0), call.argument(2), call.typeOf(0), true)
            + ")";
      case "$in":
        return Comparisons.in(
            call.argument(0), call.arguments().subList(1, call.size()), call.typeOf(0));
      case "$is_distinct_from":
      case "$is_not_distinct_from":
        if (call.typeOf(0).isDouble() || call.typeOf(0).isStruct()) {
          throw call.unsupported();
        }
        return "("
            + call.argument(0)
            + " IS "
            + (call.name().contains("not") ? "NOT " : "")
            + "DISTINCT FROM "
            + call.argument(1)
            + ")";
      case "$and":
        return "(" + String.join(" AND ", call.arguments()) + ")";
      case "$or":
        return "(" + String.join(" OR ", call.arguments()) + ")";
      case "$not":
        return "(NOT " + call.argument(0) + ")";
      case "$is_null":
        return "(" + call.argument(0) + " IS NULL)";
      case "$is_true":
        return "(" + call.argument(0) + " IS TRUE)";
      case "$is_false":
        return "(" + call.argument(0) + " IS FALSE)";
      case "if":
        return "CASE WHEN "
            + call.argument(0)
            + " THEN "
            + call.argument(1)
            + " ELSE "
            + call.argument(2)
            + " END";
      case "$case_no_value":
        return caseOf(call, 0);
      case "$case_with_value":
        return caseOf(call, 1);
      case "coalesce":
      case "ifnull":
        return "coalesce(" + call.joined() + ")";
      case "nullif":
        return "CASE WHEN "
            + Comparisons.equal(call.argument(0), call.argument(1), call.typeOf(0))
            + " THEN NULL ELSE "
            + call.argument(0)
            + " END";
      case "error":
        return SqlErrors.raise(call.argument(0), SqlTypes.duckdb(call.type()));
      default:
        return null;
    }
  }

  /** CASE; with {@code first} = 1, of the value that is the first argument. */
  private static String caseOf(Call call, int first) {
    StringBuilder sql = new StringBuilder("CASE");
    int i = first;
    for (; i + 1 < call.size(); i += 2) {
      String condition =
          first == 0
              ? call.argument(i)
              : Comparisons.equal(call.argument(0), call.argument(i), call.typeOf(0));
      sql.append(" WHEN ").append(condition).append(" THEN ").append(call.argument(i + 1));
    }
    if (i < call.size()) {
      sql.append(" ELSE ").append(call.argument(i));
    }
    return sql.append(" END").toString();
  }
}
