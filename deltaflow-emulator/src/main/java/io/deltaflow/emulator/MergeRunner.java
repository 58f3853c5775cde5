package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.DmlStatistics;
import com.google.zetasql.resolvedast.ResolvedColumn;
import com.google.zetasql.resolvedast.ResolvedMergeWhenEnums.ActionType;
import com.google.zetasql.resolvedast.ResolvedMergeWhenEnums.MatchType;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedMergeStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedMergeWhen;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedUpdateItem;
import com.google.zetasql.resolvedast.ResolvedStatementEnums.ObjectAccess;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * MERGE: the pairs of source and target rows are joined once, each with the clause that takes it,
 * then the clauses are carried out. DuckDB's own MERGE is as fast but does not count what it did by
 * kind.
 */
final class MergeRunner {
  private final SqlSession session;
  private final Translation translation;
  private final DmlRunner dml;
  private final ResolvedMergeStmt statement;

  MergeRunner(
      SqlSession session, Translation translation, BoundTable table, ResolvedMergeStmt statement) {
    this.session = session;
    this.translation = translation;
    this.dml = new DmlRunner(session, translation, table);
    this.statement = statement;
  }

  DmlStatistics run() {
    String staged = SqlSession.newName();
    session.execute("CREATE TEMP TABLE " + staged + " AS " + pairs());
    dml.requireOneSourceRow(staged);
    DmlStatistics counts =
        new DmlStatistics().setInsertedRowCount(0L).setUpdatedRowCount(0L).setDeletedRowCount(0L);
    List<ResolvedMergeWhen> clauses = statement.getWhenClauseList();
    for (int i = 0; i < clauses.size(); i++) {
      carryOut(clauses.get(i), " FROM " + staged + " WHERE clause = " + i, counts);
    }
    session.execute("DROP TABLE " + staged);
    return counts;
  }

  /** The pairs that a clause takes: rid, clause and the columns that the clauses read. */
  private String pairs() {
    Set<String> columns = new LinkedHashSet<>();
    statement.getFromScan().getColumnList().forEach(c -> columns.add(Translation.name(c)));
    List<ResolvedColumn> target = statement.getTableScan().getColumnList();
    for (int i = 0; i < target.size(); i++) {
      ObjectAccess access = statement.getColumnAccessList().get(i);
      if (access == ObjectAccess.READ || access == ObjectAccess.READ_WRITE) {
        columns.add(Translation.name(target.get(i)));
      }
    }
    String listed = columns.isEmpty() ? "" : ", " + String.join(", ", columns);
    String source =
        "SELECT *, TRUE AS sourced FROM ("
            + translation.scans().select(statement.getFromScan())
            + ")";
    boolean unmatchedTargets = has(MatchType.NOT_MATCHED_BY_SOURCE);
    boolean unmatchedSources = has(MatchType.NOT_MATCHED_BY_TARGET);
    String join =
        unmatchedTargets
            ? unmatchedSources ? "FULL" : "RIGHT"
            : unmatchedSources ? "LEFT" : "INNER";
    return "SELECT * FROM (SELECT rid, "
        + clause()
        + " AS clause"
        + listed
        + " FROM ("
        + source
        + ") AS s "
        + join
        + " JOIN ("
        + translation.scans().table(statement.getTableScan(), true)
        + ") AS t ON "
        + translation.expressions().of(statement.getMergeExpr())
        + ") WHERE clause IS NOT NULL";
  }

  private boolean has(MatchType type) {
    return statement.getWhenClauseList().stream().anyMatch(c -> c.getMatchType() == type);
  }

  /** The number of the first clause that takes a pair. */
  private String clause() {
    StringBuilder sql = new StringBuilder("CASE");
    for (int i = 0; i < statement.getWhenClauseList().size(); i++) {
      ResolvedMergeWhen clause = statement.getWhenClauseList().get(i);
      sql.append(" WHEN ").append(matched(clause.getMatchType()));
      if (clause.getMatchExpr() != null) {
        sql.append(" AND ").append(translation.expressions().of(clause.getMatchExpr()));
      }
      sql.append(" THEN ").append(i);
    }
    return sql.append(" END").toString();
  }

  private static String matched(MatchType type) {
    switch (type) {
      case MATCHED:
        return "rid IS NOT NULL AND sourced";
      case NOT_MATCHED_BY_SOURCE:
        return "sourced IS NULL";
      default:
        return "rid IS NULL";
    }
  }

  private void carryOut(ResolvedMergeWhen clause, String from, DmlStatistics counts) {
    if (clause.getActionType() == ActionType.DELETE) {
      counts.setDeletedRowCount(counts.getDeletedRowCount() + dml.deleteRows("SELECT rid" + from));
      return;
    }
    List<ResolvedColumn> columns = new ArrayList<>();
    List<String> values = new ArrayList<>();
    if (clause.getActionType() == ActionType.INSERT) {
      columns.addAll(clause.getInsertColumnList());
      values.addAll(dml.insertValues(clause.getInsertRow(), columns));
    } else {
      for (ResolvedUpdateItem item : clause.getUpdateItemList()) {
        ResolvedColumn column = DmlRunner.updated(item);
        columns.add(column);
        values.add(dml.value(item.getSetValue(), column));
      }
    }
    for (int i = 0; i < values.size(); i++) {
      values.set(i, values.get(i) + " AS v" + i);
    }
    String rows = String.join(", ", values) + from;
    if (clause.getActionType() == ActionType.INSERT) {
      counts.setInsertedRowCount(
          counts.getInsertedRowCount() + dml.insertRows(columns, "SELECT " + rows));
    } else {
      counts.setUpdatedRowCount(
          counts.getUpdatedRowCount() + dml.updateRows(columns, "SELECT rid, " + rows));
    }
  }
}
