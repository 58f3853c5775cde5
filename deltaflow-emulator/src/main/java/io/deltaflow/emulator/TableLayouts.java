package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Clustering;
import com.google.api.services.bigquery.model.RangePartitioning;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TimePartitioning;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedCast;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedColumnRef;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedExpr;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedFunctionCall;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedLiteral;
import java.util.ArrayList;
import java.util.List;

/** PARTITION BY and CLUSTER BY of CREATE TABLE. */
final class TableLayouts {
  private TableLayouts() {}

  static void apply(Table table, List<ResolvedExpr> partitionBy, List<ResolvedExpr> clusterBy) {
    if (partitionBy.size() > 1) {
      throw BigQueryError.invalidQuery(
          "Only a single PARTITION BY expression is supported but found " + partitionBy.size());
    }
    partitionBy.forEach(expression -> partition(table, expression));
    if (!clusterBy.isEmpty()) {
      List<String> fields = new ArrayList<>();
      clusterBy.forEach(e -> fields.add(column(e)));
      table.setClustering(new Clustering().setFields(fields));
    }
  }

  private static void partition(Table table, ResolvedExpr expression) {
    if (expression instanceof ResolvedColumnRef) {
      byTime(table, "DAY", column(expression));
      return;
    }
    if (expression instanceof ResolvedCast) {
      partition(table, ((ResolvedCast) expression).getExpr());
      return;
    }
    if (!(expression instanceof ResolvedFunctionCall)) {
      throw unsupported();
    }
    ResolvedFunctionCall call = (ResolvedFunctionCall) expression;
    switch (call.getFunction().getName()) {
      case "date":
        byTime(table, "DAY", column(call.getArgumentList().get(0)));
        break;
      case "date_trunc":
      case "datetime_trunc":
      case "timestamp_trunc":
        String part = ((ResolvedLiteral) call.getArgumentList().get(1)).getValue().getEnumName();
        byTime(table, part, column(call.getArgumentList().get(0)));
        break;
      case "range_bucket":
        byRange(table, call);
        break;
      default:
        throw unsupported();
    }
  }

  private static BigQueryError unsupported() {
    return BigQueryError.invalidQuery(
        "PARTITION BY expression must be DATE(<timestamp_column>), DATE(<datetime_column>),"
            + " DATETIME_TRUNC(<datetime_column>, DAY/HOUR/MONTH/YEAR), a DATE column,"
            + " TIMESTAMP_TRUNC(<timestamp_column>, DAY/HOUR/MONTH/YEAR), DATE_TRUNC(<date_column>,"
            + " MONTH/YEAR), or RANGE_BUCKET(<int64_column>, GENERATE_ARRAY(<int64_value>,"
            + " <int64_value>[, <int64_value>]))");
  }

  private static void byTime(Table table, String unit, String column) {
    boolean ingestion = column.toUpperCase(java.util.Locale.ROOT).startsWith("_PARTITION");
    table.setTimePartitioning(
        new TimePartitioning().setType(unit).setField(ingestion ? null : column));
  }

  private static void byRange(Table table, ResolvedFunctionCall bucket) {
    ResolvedExpr bounds = bucket.getArgumentList().get(1);
    if (!(bounds instanceof ResolvedFunctionCall)
        || !((ResolvedFunctionCall) bounds).getFunction().getName().equals("generate_array")) {
      throw unsupported();
    }
    List<ResolvedExpr> arguments = ((ResolvedFunctionCall) bounds).getArgumentList();
    table.setRangePartitioning(
        new RangePartitioning()
            .setField(column(bucket.getArgumentList().get(0)))
            .setRange(
                new RangePartitioning.Range()
                    .setStart(integer(arguments.get(0)))
                    .setEnd(integer(arguments.get(1)))
                    .setInterval(arguments.size() > 2 ? integer(arguments.get(2)) : 1L)));
  }

  private static Long integer(ResolvedExpr expression) {
    if (!(expression instanceof ResolvedLiteral)) {
      throw unsupported();
    }
    return ((ResolvedLiteral) expression).getValue().getInt64Value();
  }

  private static String column(ResolvedExpr expression) {
    if (!(expression instanceof ResolvedColumnRef)) {
      throw unsupported();
    }
    return ((ResolvedColumnRef) expression).getColumn().getName();
  }
}
