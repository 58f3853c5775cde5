package io.deltaflow.emulator;

import com.google.zetasql.Type;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAggregateFunctionCall;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAnalyticFunctionCall;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedExpr;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedNonScalarFunctionCallBase;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedWindowFrame;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedWindowFrameExpr;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedWindowOrdering;
import com.google.zetasql.resolvedast.ResolvedNonScalarFunctionCallBaseEnums.NullHandlingModifier;
import com.google.zetasql.resolvedast.ResolvedWindowFrameEnums.FrameUnit;
import java.util.List;

/** Aggregate and window functions. */
final class AggregateTranslator {
  private final Translation translation;

  AggregateTranslator(Translation translation) {
    this.translation = translation;
  }

  String of(ResolvedExpr expression) {
    if (!(expression instanceof ResolvedAggregateFunctionCall)) {
      throw BigQueryError.unsupported("this form of aggregation");
    }
    ResolvedAggregateFunctionCall call = (ResolvedAggregateFunctionCall) expression;
    refuse(call.getHavingModifier() != null, "HAVING MAX and MIN");
    refuse(call.getWithGroupRowsSubquery() != null, "WITH GROUP ROWS");
    refuse(!call.getGroupByList().isEmpty(), "multi-level aggregation");
    refuse(call.getWhereExpr() != null || call.getHavingExpr() != null, "WHERE in an aggregation");
    return aggregate(call, translation.scans().orderBy(call.getOrderByItemList()), call.getLimit());
  }

  private static void refuse(boolean present, String what) {
    if (present) {
      throw BigQueryError.unsupported(what);
    }
  }

  private String aggregate(
      ResolvedNonScalarFunctionCallBase call, String orderBy, ResolvedExpr limit) {
    String name = SqlAnalyzer.lower(call.getFunction().getName());
    List<String> arguments = translation.expressions().all(call.getArgumentList());
    String argument = arguments.isEmpty() ? "" : arguments.get(0);
    Type type = arguments.isEmpty() ? null : call.getArgumentList().get(0).getType();
    String distinct = call.getDistinct() ? "DISTINCT " : "";
    refuse(limit != null && !name.equals("array_agg"), "LIMIT in " + name);
    switch (name) {
      case "$count_star":
        return "count(*)";
      case "count":
        return "count(" + distinct + argument + ")";
      case "countif":
        return "count(" + distinct + "CASE WHEN " + argument + " THEN 1 END)";
      case "sum":
        return sum(distinct + argument, type);
      case "avg":
        return average(distinct + argument, type);
      case "min":
      case "max":
        return extreme(name, argument, type);
      case "any_value":
        return "any_value(" + argument + ")";
      case "logical_and":
        return "bool_and(" + argument + ")";
      case "logical_or":
        return "bool_or(" + argument + ")";
      case "bit_and":
      case "bit_or":
      case "bit_xor":
        return name + "(" + distinct + argument + ")";
      case "approx_count_distinct":
        return "count(DISTINCT " + argument + ")";
      case "array_agg":
        return arrayAggregate(call, distinct + argument, argument, orderBy, limit);
      case "string_agg":
        return stringAggregate(type, distinct + argument, arguments, orderBy);
      default:
        throw BigQueryError.unsupported(
            "the aggregate function " + name.toUpperCase(java.util.Locale.ROOT));
    }
  }

  private static String sum(String argument, Type type) {
    switch (type.getKind()) {
      case TYPE_INT64:
        return "CAST(sum(" + argument + ") AS BIGINT)";
      case TYPE_NUMERIC:
        return "bq_numeric_check(sum(" + argument + "))";
      case TYPE_BIGNUMERIC:
        return "bq_bignumeric_sum(string_agg(" + argument + ", ','))";
      default:
        return "sum(" + argument + ")";
    }
  }

  private static String average(String argument, Type type) {
    switch (type.getKind()) {
      case TYPE_NUMERIC:
        return "bq_numeric_divide(sum("
            + argument
            + "), CAST(nullif(count("
            + argument
            + "), 0) AS DECIMAL(38,9)))";
      case TYPE_BIGNUMERIC:
        return "bq_bignumeric_divide(bq_bignumeric_sum(string_agg("
            + argument
            + ", ',')), CAST(nullif(count("
            + argument
            + "), 0) AS VARCHAR))";
      default:
        return "avg(" + argument + ")";
    }
  }

  /** MIN and MAX; of FLOAT64, NaN if there is one. */
  private static String extreme(String name, String argument, Type type) {
    if (type.isBigNumeric()) {
      return "arg_" + name + "(" + argument + ", bq_bignumeric_key(" + argument + "))";
    } else if (type.isDouble()) {
      return "CASE WHEN bool_or(isnan("
          + argument
          + ")) THEN 'NaN'::DOUBLE ELSE "
          + name
          + "("
          + argument
          + ") END";
    }
    return name + "(" + argument + ")";
  }

  private String arrayAggregate(
      ResolvedNonScalarFunctionCallBase call,
      String distinctArgument,
      String argument,
      String orderBy,
      ResolvedExpr limit) {
    boolean ignoreNulls = call.getNullHandlingModifier() == NullHandlingModifier.IGNORE_NULLS;
    String list =
        "list("
            + distinctArgument
            + orderBy
            + ")"
            + (ignoreNulls ? " FILTER (WHERE " + argument + " IS NOT NULL)" : "");
    return limit == null ? list : "(" + list + ")[1:" + translation.expressions().of(limit) + "]";
  }

  private static String stringAggregate(
      Type type, String argument, List<String> arguments, String orderBy) {
    refuse(!type.isString(), "STRING_AGG of " + SqlTypes.name(type));
    String separator = arguments.size() > 1 ? arguments.get(1) : "','";
    return "string_agg(" + argument + ", " + separator + orderBy + ")";
  }

  /** A function over a window. */
  String window(
      ResolvedAnalyticFunctionCall call, String partition, ResolvedWindowOrdering ordering) {
    String orderBy =
        ordering == null ? "" : translation.scans().orderBy(ordering.getOrderByItemList());
    String over = " OVER (" + partition + orderBy + frame(call.getWindowFrame()) + ")";
    String name = SqlAnalyzer.lower(call.getFunction().getName());
    List<String> arguments = translation.expressions().all(call.getArgumentList());
    String nulls =
        call.getNullHandlingModifier() == NullHandlingModifier.IGNORE_NULLS ? " IGNORE NULLS" : "";
    switch (name) {
      case "row_number":
      case "rank":
      case "dense_rank":
      case "ntile":
        return name + "(" + String.join(", ", arguments) + ")" + over;
      case "percent_rank":
      case "cume_dist":
        return name + "()" + over;
      case "lag":
      case "lead":
      case "first_value":
      case "last_value":
      case "nth_value":
        return name + "(" + String.join(", ", arguments) + nulls + ")" + over;
      default:
        return windowed(call, over);
    }
  }

  private String windowed(ResolvedAnalyticFunctionCall call, String over) {
    String name = SqlAnalyzer.lower(call.getFunction().getName());
    Type type =
        call.getArgumentList().isEmpty() ? SqlTypes.INT64 : call.getArgumentList().get(0).getType();
    boolean composite =
        type.isBigNumeric() || name.equals("array_agg") || name.equals("string_agg");
    refuse(
        composite && !name.equals("count"), name + " of " + SqlTypes.name(type) + " over a window");
    if (type.isNumeric() && (name.equals("sum") || name.equals("avg"))) {
      String argument = translation.expressions().of(call.getArgumentList().get(0));
      String sum = "sum(" + argument + ")" + over;
      return name.equals("sum")
          ? "bq_numeric_check(" + sum + ")"
          : "bq_numeric_divide("
              + sum
              + ", CAST(nullif(count("
              + argument
              + ")"
              + over
              + ", 0) AS DECIMAL(38,9)))";
    }
    if (type.isInt64() && name.equals("sum")) {
      return "CAST(sum("
          + translation.expressions().of(call.getArgumentList().get(0))
          + ")"
          + over
          + " AS BIGINT)";
    }
    refuse(
        type.isDouble() && (name.equals("min") || name.equals("max")),
        name + " of FLOAT64 over a window");
    return aggregate(call, "", null) + over;
  }

  private String frame(ResolvedWindowFrame frame) {
    if (frame == null) {
      return "";
    }
    String unit = frame.getFrameUnit() == FrameUnit.ROWS ? "ROWS" : "RANGE";
    return " "
        + unit
        + " BETWEEN "
        + bound(frame.getStartExpr())
        + " AND "
        + bound(frame.getEndExpr());
  }

  private String bound(ResolvedWindowFrameExpr bound) {
    switch (bound.getBoundaryType()) {
      case UNBOUNDED_PRECEDING:
        return "UNBOUNDED PRECEDING";
      case UNBOUNDED_FOLLOWING:
        return "UNBOUNDED FOLLOWING";
      case CURRENT_ROW:
        return "CURRENT ROW";
      case OFFSET_PRECEDING:
        return translation.expressions().of(bound.getExpression()) + " PRECEDING";
      default:
        return translation.expressions().of(bound.getExpression()) + " FOLLOWING";
    }
  }
}
