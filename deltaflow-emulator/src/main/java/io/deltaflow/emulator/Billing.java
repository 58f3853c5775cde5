package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.zetasql.resolvedast.ResolvedColumn;
import com.google.zetasql.resolvedast.ResolvedJoinScanEnums.JoinType;
import com.google.zetasql.resolvedast.ResolvedMergeWhenEnums.ActionType;
import com.google.zetasql.resolvedast.ResolvedNode;
import com.google.zetasql.resolvedast.ResolvedNodes;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAggregateScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedArrayScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedDeleteStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedExpr;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedFilterScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedFunctionCall;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedJoinScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedMergeStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedMergeWhen;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedOrderByScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedProjectScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedTableScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedUpdateStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedWithScan;
import com.google.zetasql.resolvedast.ResolvedStatementEnums.ObjectAccess;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The bytes that a statement is billed for: the logical size of the columns it reads, in the
 * partitions that its literal predicates leave. UPDATE, DELETE and MERGE read all columns of their
 * target.
 */
final class Billing {
  private static final long MEGABYTE = 1024 * 1024;
  private static final long MINIMUM_PER_TABLE = 10 * MEGABYTE;

  /**
   * One table's part in a statement: its columns and, for each scan, the condition on its
   * partitions.
   */
  private static final class Read {
    private final BoundTable table;
    private final Set<String> columns = new LinkedHashSet<>();
    private final List<String> conditions = new ArrayList<>();
    private boolean whole;

    Read(BoundTable table) {
      this.table = table;
    }
  }

  private final Translation translation;
  private final Map<String, Read> reads = new LinkedHashMap<>();

  private Billing(Translation translation) {
    this.translation = translation;
  }

  /** The bytes processed; refuses what BigQuery refuses for its cost. */
  static long of(
      ResolvedNode statement, Translation translation, SqlSession session, boolean inScript) {
    Billing billing = new Billing(translation);
    billing.collectStatement(statement);
    long bytes = 0;
    long billed = 0;
    for (Read read : billing.reads.values()) {
      if (read.table.resource() == null) {
        continue; // Metadata.
      }
      long size = billing.size(read, session);
      bytes += size;
      billed += Math.max(MINIMUM_PER_TABLE, (size + MEGABYTE - 1) / MEGABYTE * MEGABYTE);
    }
    QueryRequest request = session.request();
    // The job's limit holds for all statements of a script together.
    check(request.maximumBytesBilled(), session.bytesBilled() + billed);
    if (inScript) {
      check(request.statementByteBudget(), billed);
    }
    session.account(bytes, billed);
    return bytes;
  }

  private static void check(Long limit, long billed) {
    if (limit != null && billed > limit) {
      throw new BigQueryError(
          "bytesBilledLimitExceeded",
          "Query exceeded limit for bytes billed: "
              + limit
              + ". "
              + billed
              + " or higher required.");
    }
  }

  private long size(Read read, SqlSession session) {
    List<TableFieldSchema> fields = new ArrayList<>();
    for (TableFieldSchema field : read.table.fields()) {
      if (read.whole || read.columns.contains(field.getName())) {
        fields.add(field);
      }
    }
    if (fields.isEmpty()) {
      return 0;
    }
    String where =
        read.conditions.contains("TRUE") ? "" : " WHERE " + String.join(" OR ", read.conditions);
    return session.query(
        "SELECT coalesce(sum("
            + LogicalSize.ofRow(fields)
            + "), 0)::BIGINT FROM "
            + read.table.relation()
            + where,
        rows -> {
          rows.next();
          return rows.getLong(1);
        });
  }

  private void collectStatement(ResolvedNode statement) {
    if (statement instanceof ResolvedUpdateStmt) {
      ResolvedUpdateStmt update = (ResolvedUpdateStmt) statement;
      target(update.getTableScan(), conjuncts(update.getWhereExpr()));
      scan(update.getFromScan(), conjuncts(update.getWhereExpr()));
    } else if (statement instanceof ResolvedDeleteStmt) {
      ResolvedDeleteStmt delete = (ResolvedDeleteStmt) statement;
      target(delete.getTableScan(), conjuncts(delete.getWhereExpr()));
    } else if (statement instanceof ResolvedMergeStmt) {
      merge((ResolvedMergeStmt) statement);
    } else if (statement instanceof ResolvedNodes.ResolvedInsertStmt) {
      scan(((ResolvedNodes.ResolvedInsertStmt) statement).getQuery(), List.of());
    } else if (statement instanceof ResolvedNodes.ResolvedTruncateStmt) {
      return;
    }
    subqueries(statement);
  }

  private void merge(ResolvedMergeStmt merge) {
    List<ResolvedExpr> conditions = conjuncts(merge.getMergeExpr());
    boolean onlyInserts =
        merge.getWhenClauseList().stream()
            .map(ResolvedMergeWhen::getActionType)
            .allMatch(ActionType.INSERT::equals);
    if (onlyInserts) {
      List<ResolvedColumn> columns = new ArrayList<>();
      for (int i = 0; i < merge.getColumnAccessList().size(); i++) {
        if (merge.getColumnAccessList().get(i) != ObjectAccess.WRITE) {
          columns.add(merge.getTableScan().getColumnList().get(i));
        }
      }
      table(merge.getTableScan(), columns, conditions);
    } else {
      target(merge.getTableScan(), conditions);
    }
    scan(merge.getFromScan(), conditions);
  }

  private void target(ResolvedTableScan scan, List<ResolvedExpr> conditions) {
    table(scan, conditions).whole = true;
  }

  private Read table(ResolvedTableScan scan, List<ResolvedExpr> conditions) {
    return table(scan, scan.getColumnList(), conditions);
  }

  private Read table(
      ResolvedTableScan scan, List<ResolvedColumn> columns, List<ResolvedExpr> conditions) {
    BoundTable table = translation.table(scan);
    Read read = reads.computeIfAbsent(table.key(), k -> new Read(table));
    columns.forEach(c -> read.columns.add(c.getName()));
    if (table.resource() != null) {
      String condition = new PartitionPruning(translation, table, scan).condition(conditions);
      requireFilter(table, condition);
      read.conditions.add(condition == null ? "TRUE" : condition);
    } else {
      read.conditions.add("TRUE");
    }
    return read;
  }

  private static void requireFilter(BoundTable table, String condition) {
    boolean required =
        Boolean.TRUE.equals(table.resource().getRequirePartitionFilter())
            || table.resource().getTimePartitioning() != null
                && Boolean.TRUE.equals(
                    table.resource().getTimePartitioning().getRequirePartitionFilter());
    if (required && condition == null) {
      throw BigQueryError.invalidQuery(
          "Cannot query over table '"
              + table.key().replace(':', '.')
              + "' without a filter over column(s) '"
              + String.join("', '", PartitionPruning.columns(table))
              + "' that can be used for partition elimination");
    }
  }

  private void scan(ResolvedScan scan, List<ResolvedExpr> conditions) {
    if (scan == null) {
      return;
    }
    if (scan instanceof ResolvedTableScan) {
      table((ResolvedTableScan) scan, conditions);
    } else if (scan instanceof ResolvedFilterScan) {
      ResolvedFilterScan filter = (ResolvedFilterScan) scan;
      List<ResolvedExpr> all = new ArrayList<>(conditions);
      all.addAll(conjuncts(filter.getFilterExpr()));
      scan(filter.getInputScan(), all);
    } else if (scan instanceof ResolvedProjectScan) {
      scan(((ResolvedProjectScan) scan).getInputScan(), conditions);
    } else if (scan instanceof ResolvedOrderByScan) {
      scan(((ResolvedOrderByScan) scan).getInputScan(), conditions);
    } else if (scan instanceof ResolvedArrayScan) {
      scan(((ResolvedArrayScan) scan).getInputScan(), conditions);
    } else if (scan instanceof ResolvedJoinScan) {
      join((ResolvedJoinScan) scan, conditions);
    } else if (scan instanceof ResolvedWithScan) {
      ((ResolvedWithScan) scan)
          .getWithEntryList()
          .forEach(e -> scan(e.getWithSubquery(), List.of()));
      scan(((ResolvedWithScan) scan).getQuery(), conditions);
    } else if (scan instanceof ResolvedAggregateScan) {
      scan(((ResolvedAggregateScan) scan).getInputScan(), List.of());
    } else {
      childScans(scan);
    }
  }

  /** Conditions of the join hold for the side that it may drop rows of. */
  private void join(ResolvedJoinScan join, List<ResolvedExpr> conditions) {
    List<ResolvedExpr> both = new ArrayList<>(conditions);
    if (join.getJoinExpr() != null) {
      both.addAll(conjuncts(join.getJoinExpr()));
    }
    boolean left = join.getJoinType() == JoinType.INNER || join.getJoinType() == JoinType.RIGHT;
    boolean right = join.getJoinType() == JoinType.INNER || join.getJoinType() == JoinType.LEFT;
    scan(join.getLeftScan(), left ? both : conditions);
    scan(join.getRightScan(), right ? both : conditions);
  }

  private void childScans(ResolvedScan scan) {
    scan.accept(
        new ResolvedNodes.Visitor() {
          @Override
          protected void defaultVisit(ResolvedNode node) {
            if (node != scan && node instanceof ResolvedScan) {
              scan((ResolvedScan) node, List.of());
            } else {
              super.defaultVisit(node);
            }
          }
        });
  }

  /** The scans below expressions, and those of statements of which nothing more is known. */
  private void subqueries(ResolvedNode statement) {
    statement.accept(
        new ResolvedNodes.Visitor() {
          @Override
          public void visit(ResolvedNodes.ResolvedSubqueryExpr node) {
            scan(node.getSubquery(), List.of());
            super.visit(node);
          }

          @Override
          public void visit(ResolvedNodes.ResolvedQueryStmt node) {
            scan(node.getQuery(), List.of());
            super.visit(node);
          }

          @Override
          public void visit(ResolvedNodes.ResolvedCreateTableAsSelectStmt node) {
            scan(node.getQuery(), List.of());
            super.visit(node);
          }
        });
  }

  private static List<ResolvedExpr> conjuncts(ResolvedExpr expression) {
    if (expression instanceof ResolvedFunctionCall
        && ((ResolvedFunctionCall) expression).getFunction().getName().equals("$and")) {
      List<ResolvedExpr> all = new ArrayList<>();
      ((ResolvedFunctionCall) expression).getArgumentList().forEach(a -> all.addAll(conjuncts(a)));
      return all;
    }
    return expression == null ? List.of() : List.of(expression);
  }
}
