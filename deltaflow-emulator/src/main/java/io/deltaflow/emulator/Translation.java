package io.deltaflow.emulator;

import com.google.zetasql.resolvedast.ResolvedColumn;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedParameter;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedTableScan;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The translation of one analysed statement to DuckDB's SQL. A resolved column becomes a DuckDB
 * column whose name is its number, which is unique in the statement, so that no scope hides it.
 */
final class Translation {
  private final Map<String, BoundTable> tables;
  private final SqlAnalyzer.Names names;
  private final Instant now;
  private final Map<String, List<ResolvedColumn>> withColumns = new HashMap<>();
  private final ExpressionTranslator expressions = new ExpressionTranslator(this);
  private final ScanTranslator scans = new ScanTranslator(this);
  private int aliases;

  Translation(Map<String, BoundTable> tables, SqlAnalyzer.Names names, Instant now) {
    this.tables = tables;
    this.names = names;
    this.now = now;
  }

  ExpressionTranslator expressions() {
    return expressions;
  }

  ScanTranslator scans() {
    return scans;
  }

  BoundTable table(ResolvedTableScan scan) {
    return tables.get(scan.getTable().getFullName());
  }

  /** The table that a scan reads, as it was when the scan says so. */
  BoundTable scanned(ResolvedTableScan scan) {
    BoundTable table = table(scan);
    if (scan.getForSystemTimeExpr() == null) {
      return table;
    }
    Object when = names.constant(scan.getForSystemTimeExpr(), this);
    if (when == null) {
      throw BigQueryError.invalidQuery("FOR SYSTEM_TIME AS OF expression evaluates to NULL");
    }
    return names.asOf(table, (Instant) when);
  }

  /** The one instant that CURRENT_TIMESTAMP() is in the whole statement. */
  Instant now() {
    return now;
  }

  TypedValue constant(String name) {
    return names.variables().get(SqlAnalyzer.lower(name));
  }

  TypedValue parameter(ResolvedParameter parameter) {
    return parameter.getName().isEmpty()
        ? names.positionalParameters().get((int) parameter.getPosition() - 1)
        : names.namedParameters().get(SqlAnalyzer.lower(parameter.getName()));
  }

  TypedValue systemVariable(List<String> path) {
    return names.systemVariables().get(path);
  }

  void with(String name, List<ResolvedColumn> columns) {
    withColumns.put(name, columns);
  }

  List<ResolvedColumn> with(String name) {
    return withColumns.get(name);
  }

  /** A new name for a relation. */
  String alias() {
    return "a" + aliases++;
  }

  static String name(ResolvedColumn column) {
    return "c" + column.getId();
  }
}
