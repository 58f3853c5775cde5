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
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedLiteral;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedTableScan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which partitions of a table a statement's conditions leave, as a DuckDB condition on the table's
 * rows.
 */
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

  /**
   * The columns that a filter can name to choose partitions; empty for a table without partitions.
   */
  static List<String> columns(BoundTable table) {
    Table resource = table.resource();
    if (resource.getTimePartitioning() != null) {
      String field = resource.getTimePartitioning().getField();
      return field == null
          ? List.of("_PARTITION_LOAD_TIME", "_PARTITIONDATE", "_PARTITIONTIME")
          : List.of(field);
    }
    return resource.getRangePartitioning() == null
        ? List.of()
        : List.of(resource.getRangePartitioning().getField());
  }

  /** A DuckDB expression for the id of a row's partition. */
  static String partitionId(BoundTable table) {
    List<String> columns = columns(table);
    if (columns.isEmpty()) {
      return "NULL";
    }
    return partitionId(
        table, StorageTypes.quote(columns.size() > 1 ? Warehouse.PARTITION_TIME : columns.get(0)));
  }

  /** The id of the partition of a value of the partitioning column. */
  static String partitionId(BoundTable table, String column) {
    Table resource = table.resource();
    List<String> columns = columns(table);
    if (resource.getRangePartitioning() != null) {
      var range = resource.getRangePartitioning().getRange();
      return "CASE WHEN "
          + column
          + " IS NULL THEN '__NULL__' WHEN "
          + column
          + " < "
          + range.getStart()
          + " OR "
          + column
          + " >= "
          + range.getEnd()
          + " THEN '__UNPARTITIONED__' ELSE CAST("
          + column
          + " - ("
          + column
          + " - "
          + range.getStart()
          + ") % "
          + range.getInterval()
          + " AS VARCHAR) END";
    }
    boolean ingestion = columns.size() > 1;
    Type type = ingestion ? SqlTypes.TIMESTAMP : SqlTypes.of(table.field(columns.get(0)));
    String unit = resource.getTimePartitioning().getType();
    String format =
        unit.equals("HOUR")
            ? "%Y%m%d%H"
            : unit.equals("DAY") ? "%Y%m%d" : unit.equals("MONTH") ? "%Y%m" : "%Y";
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
        return compared("<", arguments.get(0), arguments.get(1));
      case "$less_or_equal":
        return compared("<=", arguments.get(0), arguments.get(1));
      case "$greater":
        return compared(">", arguments.get(0), arguments.get(1));
      case "$greater_or_equal":
        return compared(">=", arguments.get(0), arguments.get(1));
      case "$between":
        String from = compared(">=", arguments.get(0), arguments.get(1));
        String to = compared("<=", arguments.get(0), arguments.get(2));
        return from == null ? to : to == null ? from : "(" + from + " AND " + to + ")";
      case "$in":
        return in(arguments.get(0), arguments.subList(1, arguments.size()));
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
      String turned = operator.replace('<', ' ').replace('>', '<').replace(' ', '>');
      return partition(turned, left, right.getType());
    }
    return null;
  }

  /** Whether the partition of a row can have values that compare to a constant in this way. */
  private String partition(String operator, ResolvedExpr constant, Type compared) {
    String value = translation.expressions().of(constant);
    String stored = StorageTypes.quote(column());
    String first;
    String last;
    if (resource.getRangePartitioning() != null) {
      var range = resource.getRangePartitioning().getRange();
      // Values outside the range stand for themselves; the numbers nearest to them cannot overflow.
      String near =
          "least(greatest(" + stored + ", " + range.getStart() + "), " + (range.getEnd() - 1) + ")";
      String bound = "(" + near + " - (" + near + " - " + range.getStart() + ") % ";
      bound += range.getInterval() + ")";
      first = "CASE WHEN " + near + " = " + stored + " THEN " + bound + " ELSE " + stored + " END";
      last =
          "CASE WHEN "
              + near
              + " = "
              + stored
              + " THEN least("
              + bound
              + " + "
              + (range.getInterval() - 1)
              + ", "
              + (range.getEnd() - 1)
              + ") ELSE "
              + stored
              + " END";
    } else {
      String unit = resource.getTimePartitioning().getType().toLowerCase(Locale.ROOT);
      boolean daily = compared.isDate() && unit.equals("hour");
      unit = daily ? "day" : unit;
      value = local(value, constant.getType());
      first = "date_trunc('" + unit + "', " + local(stored, storedType()) + ")";
      String step = compared.isDate() ? "1 DAY" : "1 MICROSECOND";
      last = "(" + first + " + INTERVAL 1 " + unit + " - INTERVAL " + step + ")";
    }
    switch (operator) {
      case "=":
        return "(" + value + " BETWEEN " + first + " AND " + last + ")";
      case "<":
      case "<=":
        return "(" + first + " " + operator + " " + value + ")";
      default:
        return "(" + last + " " + operator + " " + value + ")";
    }
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
      boolean converted =
          Set.of("date", "datetime", "timestamp").contains(name)
              && call.getArgumentList().size() == 1;
      return (converted || isTruncation(call)) && isPartition(call.getArgumentList().get(0));
    }
    return expression instanceof ResolvedCast
        && (expression.getType().isDate()
            || expression.getType().isTimestamp()
            || expression.getType().isDatetime())
        && isPartition(((ResolvedCast) expression).getExpr());
  }

  /** Truncation to the partitioning's own unit keeps a value in its partition. */
  private boolean isTruncation(ResolvedFunctionCall call) {
    List<ResolvedExpr> arguments = call.getArgumentList();
    return Set.of("date_trunc", "datetime_trunc", "timestamp_trunc")
            .contains(call.getFunction().getName())
        && arguments.size() == 2
        && resource.getTimePartitioning() != null
        && ((ResolvedLiteral) arguments.get(1))
            .getValue()
            .getEnumName()
            .equals(resource.getTimePartitioning().getType());
  }

  /** Made of literals, parameters, variables and functions of them. */
  private static boolean isConstant(ResolvedExpr expression) {
    boolean[] constant = {true};
    expression.accept(
        new ResolvedNodes.Visitor() {
          @Override
          protected void defaultVisit(ResolvedNode node) {
            if (node instanceof ResolvedColumnRef
                || node instanceof ResolvedNodes.ResolvedSubqueryExpr) {
              constant[0] = false;
            }
            super.defaultVisit(node);
          }
        });
    return constant[0];
  }
}
