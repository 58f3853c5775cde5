package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Table;
import com.google.zetasql.Type;
import com.google.zetasql.resolvedast.ResolvedColumn;
import com.google.zetasql.resolvedast.ResolvedNode;
import com.google.zetasql.resolvedast.ResolvedNodes;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedCast;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedColumnRef;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedExpr;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedFunctionCall;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedTableScan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which partitions of a table a statement's conditions leave, as a DuckDB condition on the table's rows. */
final class PartitionPruning {
  private final Translation translation;
  private final Table resource;
  private final String column;
  private final Set<Long> columnIds = new java.util.HashSet<>();
  private Type columnType;

  PartitionPruning(Translation translation, BoundTable table, ResolvedTableScan scan) {
    this.translation = translation;
    this.resource = table.resource();
    this.column = columns(table).isEmpty() ? null : columns(table).get(0);
    for (ResolvedColumn scanned : scan.getColumnList()) {
      if (columns(table).stream().anyMatch(c -> c.equalsIgnoreCase(scanned.getName()))) {
        columnIds.add(scanned.getId());
        columnType = scanned.getType();
      }
    }
  }

  /** The columns that a filter can name to choose partitions; empty for a table without partitions. */
  static List<String> columns(BoundTable table) {
    Table resource = table.resource();
    if (resource.getTimePartitioning() != null) {
      String field = resource.getTimePartitioning().getField();
      return field == null ? List.of("_PARTITION_LOAD_TIME", "_PARTITIONDATE", "_PARTITIONTIME") : List.of(field);
    }
    return resource.getRangePartitioning() == null ? List.of() : List.of(resource.getRangePartitioning().getField());
  }

  /** A DuckDB expression for the id of a row's partition. */
  static String partitionId(BoundTable table) {
    Table resource = table.resource();
    List<String> columns = columns(table);
    if (columns.isEmpty()) {
      return "NULL";
    }
    if (resource.getRangePartitioning() != null) {
      var range = resource.getRangePartitioning().getRange();
      String column = StorageTypes.quote(columns.get(0));
      return "CASE WHEN " + column + " IS NULL THEN '__NULL__' WHEN " + column + " < " + range.getStart() + " OR " + column
          + " >= " + range.getEnd() + " THEN '__UNPARTITIONED__' ELSE CAST(" + column + " - (" + column + " - "
          + range.getStart() + ") % " + range.getInterval() + " AS VARCHAR) END";
    }
    boolean ingestion = columns.size() > 1;
    String column = StorageTypes.quote(ingestion ? Warehouse.PARTITION_TIME : columns.get(0));
    Type type = ingestion ? SqlTypes.TIMESTAMP : SqlTypes.of(table.field(columns.get(0)));
    String unit = resource.getTimePartitioning().getType();
    String format =
        unit.equals("HOUR") ? "%Y%m%d%H" : unit.equals("DAY") ? "%Y%m%d" : unit.equals("MONTH") ? "%Y%m" : "%Y";
    return "coalesce(strftime(" + local(column, type) + ", '" + format + "'), '__NULL__')";
  }

  /** The condition that the rows of the remaining partitions meet; null when all remain. */
  String condition(List<ResolvedExpr> conjuncts) {
    if (columnIds.isEmpty()) {
      return null;
    }
    List<String> conditions = new ArrayList<>();
    for (ResolvedExpr conjunct : conjuncts) {
      String condition = condition(conjunct);
      if (condition != null) {
        conditions.add(condition);
      }
    }
    return conditions.isEmpty() ? null : "(" + String.join(" AND ", conditions) + ")";
  }

  private String condition(ResolvedExpr expression) {
    if (!(expression instanceof ResolvedFunctionCall)) {
      return null;
    }
    ResolvedFunctionCall call = (ResolvedFunctionCall) expression;
    List<ResolvedExpr> arguments = call.getArgumentList();
    switch (call.getFunction().getName()) {
      case "$and":
        return condition(arguments);
      case "$or":
        return disjunction(arguments);
      case "$equal":
        return compared("=", arguments.get(0), arguments.get(1));
      case "$less":
      case "$less_or_equal":
        return compared("<=", arguments.get(0), arguments.get(1));
      case "$greater":
      case "$greater_or_equal":
        return compared(">=", arguments.get(0), arguments.get(1));
      case "$between":
        String from = compared(">=", arguments.get(0), arguments.get(1));
        String to = compared("<=", arguments.get(0), arguments.get(2));
        return from == null ? to : to == null ? from : "(" + from + " AND " + to + ")";
      case "$in":
        return in(arguments.get(0), arguments.subList(1, arguments.size()));
      case "$in_array":
        return null;
      case "$is_null":
        return isPartition(arguments.get(0)) ? StorageTypes.quote(column()) + " IS NULL" : null;
      default:
        return null;
    }
  }

  private String disjunction(List<ResolvedExpr> arguments) {
    List<String> conditions = new ArrayList<>();
    for (ResolvedExpr argument : arguments) {
      String condition = condition(argument);
      if (condition == null) {
        return null;
      }
      conditions.add(condition);
    }
    return "(" + String.join(" OR ", conditions) + ")";
  }

  private String in(ResolvedExpr value, List<ResolvedExpr> candidates) {
    List<String> conditions = new ArrayList<>();
    for (ResolvedExpr candidate : candidates) {
      String condition = compared("=", value, candidate);
      if (condition == null) {
        return null;
      }
      conditions.add(condition);
    }
    return "(" + String.join(" OR ", conditions) + ")";
  }

  private String compared(String operator, ResolvedExpr left, ResolvedExpr right) {
    if (isPartition(left) && isConstant(right)) {
      return partition(operator, right, left.getType());
    } else if (isPartition(right) && isConstant(left)) {
      return partition(operator.equals("<=") ? ">=" : operator.equals(">=") ? "<=" : operator, left, right.getType());
    }
    return null;
  }

  /** The partition's start against that of the constant's partition: a bound within a partition leaves all of it. */
  private String partition(String operator, ResolvedExpr constant, Type type) {
    String value = translation.expressions().of(constant);
    String stored = StorageTypes.quote(column());
    if (resource.getRangePartitioning() != null) {
      var range = resource.getRangePartitioning().getRange();
      String bucket = " - " + range.getStart() + ") // " + range.getInterval();
      return "((" + stored + bucket + " " + operator + " (" + value + bucket + ")";
    }
    String unit = "'" + resource.getTimePartitioning().getType().toLowerCase(Locale.ROOT) + "'";
    return "(date_trunc(" + unit + ", " + local(stored, storedType()) + ") " + operator + " date_trunc(" + unit + ", "
        + upper(operator, local(value, constant.getType()), type) + "))";
  }

  /** DATE(timestamp) <= day takes the whole day. */
  private String upper(String operator, String local, Type compared) {
    boolean widened = compared.isDate() && !storedType().isDate();
    if (!widened || operator.equals(">=")) {
      return local;
    }
    boolean hourly = resource.getTimePartitioning().getType().equals("HOUR");
    if (hourly && operator.equals("=")) {
      throw BigQueryError.unsupported("DATE() = on a table partitioned by hour");
    }
    return hourly ? "(" + local + " + INTERVAL 23 HOUR)" : local;
  }

  private static String local(String value, Type type) {
    return Casts.of(value, type, SqlTypes.simple("DATETIME"));
  }

  private String column() {
    return column.startsWith("_PARTITION") ? Warehouse.PARTITION_TIME : column;
  }

  private Type storedType() {
    return column.startsWith("_PARTITION") ? SqlTypes.TIMESTAMP : baseType();
  }

  private Type baseType() {
    return resource.getSchema().getFields().stream()
        .filter(f -> f.getName().equalsIgnoreCase(column))
        .map(SqlTypes::of)
        .findFirst()
        .orElse(columnType);
  }

  /** The partitioning column itself, or DATE() or a cast of it that keeps the order. */
  private boolean isPartition(ResolvedExpr expression) {
    if (expression instanceof ResolvedColumnRef) {
      return columnIds.contains(((ResolvedColumnRef) expression).getColumn().getId());
    }
    if (expression instanceof ResolvedFunctionCall) {
      ResolvedFunctionCall call = (ResolvedFunctionCall) expression;
      String name = call.getFunction().getName();
      return (name.equals("date") || name.equals("datetime") || name.equals("timestamp"))
          && call.getArgumentList().size() == 1
          && isPartition(call.getArgumentList().get(0));
    }
    return expression instanceof ResolvedCast
        && (expression.getType().isDate() || expression.getType().isTimestamp() || expression.getType().isDatetime())
        && isPartition(((ResolvedCast) expression).getExpr());
  }

  /** Made of literals, parameters, variables and functions of them. */
  private static boolean isConstant(ResolvedExpr expression) {
    boolean[] constant = {true};
    expression.accept(
        new ResolvedNodes.Visitor() {
          @Override
          protected void defaultVisit(ResolvedNode node) {
            if (node instanceof ResolvedColumnRef || node instanceof ResolvedNodes.ResolvedSubqueryExpr) {
              constant[0] = false;
            }
            super.defaultVisit(node);
          }
        });
    return constant[0];
  }
}
