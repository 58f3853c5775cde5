package io.deltaflow.emulator;

import com.google.zetasql.resolvedast.ResolvedColumn;
import com.google.zetasql.resolvedast.ResolvedJoinScanEnums.JoinType;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAggregateScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAnalyticFunctionCall;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAnalyticFunctionGroup;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAnalyticScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedArrayScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedComputedColumn;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedComputedColumnBase;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedFilterScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedJoinScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedLimitOffsetScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedOrderByItem;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedOrderByScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedProjectScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedSetOperationItem;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedSetOperationScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedSingleRowScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedTableScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedWithEntry;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedWithRefScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedWithScan;
import com.google.zetasql.resolvedast.ResolvedOrderByItemEnums.NullOrderMode;
import com.google.zetasql.resolvedast.ResolvedSetOperationScanEnums.SetOperationColumnMatchMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Scans, the relations of the resolved tree, as SELECTs. */
final class ScanTranslator {
  private final Translation translation;

  ScanTranslator(Translation translation) {
    this.translation = translation;
  }

  /** A SELECT whose columns are those of the scan, each under its number, each once. */
  String select(ResolvedScan scan) {
    if (scan instanceof ResolvedTableScan) {
      return table((ResolvedTableScan) scan, false);
    } else if (scan instanceof ResolvedSingleRowScan) {
      return "SELECT 1 AS one";
    } else if (scan instanceof ResolvedProjectScan) {
      return project((ResolvedProjectScan) scan);
    } else if (scan instanceof ResolvedFilterScan) {
      ResolvedFilterScan filter = (ResolvedFilterScan) scan;
      return selectFrom(scan, Map.of(), filter.getInputScan())
          + " WHERE "
          + expression(filter.getFilterExpr());
    } else if (scan instanceof ResolvedJoinScan) {
      return join((ResolvedJoinScan) scan);
    } else if (scan instanceof ResolvedArrayScan) {
      return array((ResolvedArrayScan) scan);
    } else if (scan instanceof ResolvedAggregateScan) {
      return aggregate((ResolvedAggregateScan) scan);
    } else if (scan instanceof ResolvedAnalyticScan) {
      return analytic((ResolvedAnalyticScan) scan);
    } else if (scan instanceof ResolvedSetOperationScan) {
      return setOperation((ResolvedSetOperationScan) scan);
    } else if (scan instanceof ResolvedOrderByScan) {
      ResolvedOrderByScan ordered = (ResolvedOrderByScan) scan;
      return selectFrom(scan, Map.of(), ordered.getInputScan())
          + orderBy(ordered.getOrderByItemList());
    } else if (scan instanceof ResolvedLimitOffsetScan) {
      return limit((ResolvedLimitOffsetScan) scan);
    } else if (scan instanceof ResolvedWithScan) {
      return with((ResolvedWithScan) scan);
    } else if (scan instanceof ResolvedWithRefScan) {
      return withReference((ResolvedWithRefScan) scan);
    }
    throw BigQueryError.unsupported("this form of query (" + scan.nodeKindString() + ")");
  }

  private String expression(com.google.zetasql.resolvedast.ResolvedNodes.ResolvedExpr expression) {
    return translation.expressions().of(expression);
  }

  /** The rows of a table; with their number {@code rid} when they are to be changed. */
  String table(ResolvedTableScan scan, boolean withRowId) {
    BoundTable table = translation.scanned(scan);
    List<String> columns = new ArrayList<>();
    if (withRowId) {
      columns.add("rowid AS rid");
    }
    for (ResolvedColumn column : scan.getColumnList()) {
      columns.add(table.column(column.getName()) + " AS " + Translation.name(column));
    }
    return "SELECT " + listed(columns) + " FROM " + table.relation();
  }

  private static String listed(List<String> columns) {
    return columns.isEmpty() ? "1 AS one" : String.join(", ", columns);
  }

  /** SELECT the scan's columns FROM its input, the computed ones by their expressions. */
  private String selectFrom(ResolvedScan scan, Map<Long, String> computed, ResolvedScan input) {
    String columns = columns(scan, computed);
    return input instanceof ResolvedSingleRowScan
        ? "SELECT " + columns
        : "SELECT " + columns + " FROM (" + select(input) + ")";
  }

  private static String columns(ResolvedScan scan, Map<Long, String> computed) {
    Map<Long, String> columns = new LinkedHashMap<>();
    for (ResolvedColumn column : scan.getColumnList()) {
      String name = Translation.name(column);
      String expression = computed.get(column.getId());
      columns.put(column.getId(), expression == null ? name : expression + " AS " + name);
    }
    return listed(new ArrayList<>(columns.values()));
  }

  private Map<Long, String> computed(List<? extends ResolvedComputedColumnBase> columns) {
    Map<Long, String> computed = new LinkedHashMap<>();
    columns.forEach(c -> computed.put(c.getColumn().getId(), expression(c.getExpr())));
    return computed;
  }

  private String project(ResolvedProjectScan scan) {
    return selectFrom(scan, computed(scan.getExprList()), scan.getInputScan());
  }

  private String join(ResolvedJoinScan scan) {
    String left = "(" + select(scan.getLeftScan()) + ") AS " + translation.alias();
    String right = "(" + select(scan.getRightScan()) + ") AS " + translation.alias();
    if (scan.getIsLateral()) {
      throw BigQueryError.unsupported("LATERAL joins");
    }
    String from;
    if (scan.getJoinExpr() == null && scan.getJoinType() == JoinType.INNER) {
      from = left + " CROSS JOIN " + right;
    } else {
      String condition = scan.getJoinExpr() == null ? "TRUE" : expression(scan.getJoinExpr());
      from = left + " " + scan.getJoinType() + " JOIN " + right + " ON " + condition;
    }
    return "SELECT " + columns(scan, Map.of()) + " FROM " + from;
  }

  private String array(ResolvedArrayScan scan) {
    if (scan.getArrayExprList().size() != 1) {
      throw BigQueryError.unsupported("UNNEST of several arrays");
    }
    String array = expression(scan.getArrayExprList().get(0));
    String element =
        "unnest(" + array + ") AS " + Translation.name(scan.getElementColumnList().get(0));
    String offset =
        scan.getArrayOffsetColumn() == null
            ? ""
            : ", unnest(range(len("
                + array
                + "))) AS "
                + Translation.name(scan.getArrayOffsetColumn().getColumn());
    String unnest = "SELECT " + element + offset;
    if (scan.getInputScan() == null || scan.getInputScan() instanceof ResolvedSingleRowScan) {
      return "SELECT "
          + columns(scan, Map.of())
          + " FROM ("
          + unnest
          + ")"
          + (scan.getJoinExpr() == null ? "" : " WHERE " + expression(scan.getJoinExpr()));
    }
    String input = "(" + select(scan.getInputScan()) + ") AS " + translation.alias();
    String condition = scan.getJoinExpr() == null ? "TRUE" : expression(scan.getJoinExpr());
    return "SELECT "
        + columns(scan, Map.of())
        + " FROM "
        + input
        + (scan.getIsOuter() ? " LEFT" : " INNER")
        + " JOIN LATERAL ("
        + unnest
        + ") AS "
        + translation.alias()
        + " ON "
        + condition;
  }

  private String aggregate(ResolvedAggregateScan scan) {
    if (!scan.getGroupingSetList().isEmpty() || !scan.getGroupingCallList().isEmpty()) {
      throw BigQueryError.unsupported("GROUPING SETS, ROLLUP and CUBE");
    }
    List<String> columns = new ArrayList<>();
    for (ResolvedComputedColumn key : scan.getGroupByList()) {
      columns.add(groupKey(key) + " AS " + Translation.name(key.getColumn()));
    }
    int keys = columns.size();
    AggregateTranslator aggregates = new AggregateTranslator(translation);
    for (ResolvedComputedColumnBase aggregate : scan.getAggregateList()) {
      columns.add(
          aggregates.of(aggregate.getExpr()) + " AS " + Translation.name(aggregate.getColumn()));
    }
    String select = "SELECT " + listed(columns);
    String from =
        scan.getInputScan() instanceof ResolvedSingleRowScan
            ? " FROM (SELECT 1 AS one)"
            : " FROM (" + select(scan.getInputScan()) + ")";
    return select + from + groupBy(keys);
  }

  private String groupKey(ResolvedComputedColumn key) {
    if (key.getColumn().getType().isStruct() || key.getColumn().getType().isArray()) {
      throw BigQueryError.unsupported("GROUP BY " + SqlTypes.name(key.getColumn().getType()));
    }
    return expression(key.getExpr());
  }

  private static String groupBy(int keys) {
    StringBuilder groupBy = new StringBuilder();
    for (int i = 1; i <= keys; i++) {
      groupBy.append(i == 1 ? " GROUP BY " : ", ").append(i);
    }
    return groupBy.toString();
  }

  private String analytic(ResolvedAnalyticScan scan) {
    AggregateTranslator aggregates = new AggregateTranslator(translation);
    Map<Long, String> computed = new LinkedHashMap<>();
    for (ResolvedAnalyticFunctionGroup group : scan.getFunctionGroupList()) {
      String partition =
          group.getPartitionBy() == null
              ? ""
              : "PARTITION BY "
                  + group.getPartitionBy().getPartitionByList().stream()
                      .map(this::expression)
                      .collect(Collectors.joining(", "));
      for (ResolvedComputedColumnBase column : group.getAnalyticFunctionList()) {
        ResolvedAnalyticFunctionCall call = (ResolvedAnalyticFunctionCall) column.getExpr();
        computed.put(
            column.getColumn().getId(), aggregates.window(call, partition, group.getOrderBy()));
      }
    }
    return selectFrom(scan, computed, scan.getInputScan());
  }

  /** An ORDER BY clause with BigQuery's places for NULL (first) and NaN (after it). */
  String orderBy(List<ResolvedOrderByItem> items) {
    return items.isEmpty()
        ? ""
        : items.stream().map(this::orderItem).collect(Collectors.joining(", ", " ORDER BY ", ""));
  }

  private String orderItem(ResolvedOrderByItem item) {
    String column = expression(item.getColumnRef());
    boolean down = item.getIsDescending();
    boolean nullsFirst =
        item.getNullOrder() == NullOrderMode.ORDER_UNSPECIFIED
            ? !down
            : item.getNullOrder() == NullOrderMode.NULLS_FIRST;
    String direction = (down ? " DESC" : " ASC") + (nullsFirst ? " NULLS FIRST" : " NULLS LAST");
    if (item.getColumnRef().getType().isBigNumeric()) {
      return "bq_bignumeric_key(" + column + ")" + direction;
    } else if (item.getColumnRef().getType().isDouble()) {
      return "NOT isnan(" + column + ")" + direction + ", " + column + direction;
    }
    return column + direction;
  }

  private String setOperation(ResolvedSetOperationScan scan) {
    if (scan.getColumnMatchMode() != SetOperationColumnMatchMode.BY_POSITION) {
      throw BigQueryError.unsupported("set operations by column name");
    }
    String operator = scan.getOpType().name().replace("_DISTINCT", "").replace('_', ' ');
    List<String> items = new ArrayList<>();
    for (ResolvedSetOperationItem item : scan.getInputItemList()) {
      List<String> columns = new ArrayList<>();
      for (int i = 0; i < scan.getColumnList().size(); i++) {
        columns.add(
            Translation.name(item.getOutputColumnList().get(i))
                + " AS "
                + Translation.name(scan.getColumnList().get(i)));
      }
      items.add("(SELECT " + listed(columns) + " FROM (" + select(item.getScan()) + "))");
    }
    return String.join(" " + operator + " ", items);
  }

  private String limit(ResolvedLimitOffsetScan scan) {
    String limit = scan.getLimit() == null ? "" : " LIMIT " + constant(scan.getLimit());
    String offset = scan.getOffset() == null ? "" : " OFFSET " + constant(scan.getOffset());
    return "SELECT " + columns(scan, Map.of()) + from(scan.getInputScan()) + limit + offset;
  }

  /** A FROM clause of a scan, with the ORDER BY clause that the scan ends with, if it does. */
  String from(ResolvedScan scan) {
    if (scan instanceof ResolvedOrderByScan) {
      ResolvedOrderByScan ordered = (ResolvedOrderByScan) scan;
      return " FROM ("
          + select(ordered.getInputScan())
          + ")"
          + orderBy(ordered.getOrderByItemList());
    }
    return " FROM (" + select(scan) + ")";
  }

  private String constant(com.google.zetasql.resolvedast.ResolvedNodes.ResolvedExpr expression) {
    return "(SELECT " + expression(expression) + ")";
  }

  private String with(ResolvedWithScan scan) {
    if (scan.getRecursive()) {
      throw BigQueryError.unsupported("WITH RECURSIVE");
    }
    List<String> entries = new ArrayList<>();
    for (ResolvedWithEntry entry : scan.getWithEntryList()) {
      translation.with(entry.getWithQueryName(), entry.getWithSubquery().getColumnList());
      entries.add(
          withName(entry.getWithQueryName()) + " AS (" + select(entry.getWithSubquery()) + ")");
    }
    return "WITH "
        + String.join(", ", entries)
        + " SELECT "
        + columns(scan, Map.of())
        + from(scan.getQuery());
  }

  private static String withName(String name) {
    return StorageTypes.quote("w_" + SqlAnalyzer.lower(name));
  }

  private String withReference(ResolvedWithRefScan scan) {
    List<ResolvedColumn> source = translation.with(scan.getWithQueryName());
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < scan.getColumnList().size(); i++) {
      columns.add(
          Translation.name(source.get(i)) + " AS " + Translation.name(scan.getColumnList().get(i)));
    }
    return "SELECT " + listed(columns) + " FROM " + withName(scan.getWithQueryName());
  }
}
