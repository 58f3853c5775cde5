package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.DmlStatistics;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableSchema;
import com.google.zetasql.Type;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAssertStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedDeleteStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedExpr;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedInsertStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedMergeStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedOutputColumn;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedQueryStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedStatement;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedTableScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedTruncateStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedUpdateStmt;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Runs single statements and expressions in a session. */
final class StatementRunner {
  private static final Pattern CURRENT_TIMESTAMP =
      Pattern.compile("\\bCURRENT_TIMESTAMP\\b", Pattern.CASE_INSENSITIVE);

  private final SqlAnalyzer analyzer;
  private final SqlSession session;
  private final boolean inScript;

  StatementRunner(SqlAnalyzer analyzer, SqlSession session, boolean inScript) {
    this.analyzer = analyzer;
    this.session = session;
    this.inScript = inScript;
  }

  /**
   * @param text the statement at its place in the request's text, so that errors point there
   */
  QueryResult run(String text) {
    Instant started = Instant.now();
    SqlAnalyzer.Analyzed<ResolvedStatement> analyzed = analyzer.statement(text, session);
    ResolvedStatement statement = analyzed.node();
    boolean asksForTheTime = analyzed.tables().isEmpty() && CURRENT_TIMESTAMP.matcher(text).find();
    Translation translation =
        new Translation(
            analyzed.tables(),
            session,
            asksForTheTime
                ? session.catalog().history().fix()
                : started.truncatedTo(ChronoUnit.MICROS));
    Outcome outcome = new Outcome(text.strip(), started);
    if (statement instanceof ResolvedQueryStmt) {
      return select((ResolvedQueryStmt) statement, translation, outcome);
    } else if (statement instanceof ResolvedInsertStmt) {
      ResolvedInsertStmt insert = (ResolvedInsertStmt) statement;
      return dml(
          "INSERT", insert.getTableScan(), insert, translation, outcome, dml -> dml.insert(insert));
    } else if (statement instanceof ResolvedUpdateStmt) {
      ResolvedUpdateStmt update = (ResolvedUpdateStmt) statement;
      return dml(
          "UPDATE", update.getTableScan(), update, translation, outcome, dml -> dml.update(update));
    } else if (statement instanceof ResolvedDeleteStmt) {
      ResolvedDeleteStmt delete = (ResolvedDeleteStmt) statement;
      return dml(
          "DELETE", delete.getTableScan(), delete, translation, outcome, dml -> dml.delete(delete));
    } else if (statement instanceof ResolvedTruncateStmt) {
      ResolvedTruncateStmt truncate = (ResolvedTruncateStmt) statement;
      return dml(
          "TRUNCATE_TABLE",
          truncate.getTableScan(),
          truncate,
          translation,
          outcome,
          dml -> dml.truncate(truncate));
    } else if (statement instanceof ResolvedMergeStmt) {
      ResolvedMergeStmt merge = (ResolvedMergeStmt) statement;
      BoundTable table = translation.table(merge.getTableScan());
      return dml(
          "MERGE",
          merge.getTableScan(),
          merge,
          translation,
          outcome,
          dml -> new MergeRunner(session, translation, table, merge).run());
    }
    long bytes = Billing.of(statement, translation, session, inScript);
    if (statement instanceof ResolvedAssertStmt) {
      return check((ResolvedAssertStmt) statement, translation, outcome, bytes);
    }
    return new DdlRunner(session, translation, inScript).run(statement, outcome, bytes);
  }

  private QueryResult check(
      ResolvedAssertStmt statement, Translation translation, Outcome outcome, long bytes) {
    if (session.inTransaction()) {
      throw BigQueryError.invalidQuery("ASSERT is not supported inside a transaction");
    }
    if (!session.request().dryRun()
        && !Boolean.TRUE.equals(session.value(statement.getExpression(), translation))) {
      String description = statement.getDescription();
      throw BigQueryError.invalidQuery(
          description.isEmpty() ? "Assertion failed" : "Assertion failed: " + description);
    }
    return outcome.of("ASSERT", null, null, bytes);
  }

  /** A statement under way. */
  record Outcome(String sql, Instant started) {
    QueryResult of(String type, DmlStatistics dml, TableReference target, long bytes) {
      return new QueryResult(
          sql, type, null, List.of(), dml, target, bytes, started, Instant.now(), List.of(), null);
    }

    QueryResult rows(TableSchema schema, List<List<Object>> rows, long bytes) {
      return new QueryResult(
          sql, "SELECT", schema, rows, null, null, bytes, started, Instant.now(), List.of(), null);
    }
  }

  private QueryResult select(
      ResolvedQueryStmt statement, Translation translation, Outcome outcome) {
    if (statement.getIsValueTable()) {
      throw BigQueryError.unsupported("SELECT AS STRUCT and AS VALUE at the top of a statement");
    }
    List<TableFieldSchema> fields = new ArrayList<>();
    List<Type> types = new ArrayList<>();
    int anonymous = 0;
    for (ResolvedOutputColumn column : statement.getOutputColumnList()) {
      boolean named = !column.getName().startsWith("$");
      Type type = column.getColumn().getType();
      fields.add(SqlTypes.field(named ? column.getName() : "f" + anonymous++ + "_", type));
      types.add(type);
    }
    requireDistinctNames(fields);
    TableSchema schema = new TableSchema().setFields(fields);
    long bytes = Billing.of(statement, translation, session, inScript);
    String sql = query(statement.getQuery(), statement.getOutputColumnList(), translation);
    if (session.request().dryRun()) {
      return outcome.rows(schema, List.of(), bytes);
    }
    List<List<Object>> rows =
        session.query(
            sql,
            result -> {
              List<List<Object>> read = new ArrayList<>();
              while (result.next()) {
                read.add(RowReader.row(result, types));
              }
              return read;
            });
    session.rowCount(null);
    return outcome.rows(schema, rows, bytes);
  }

  private static void requireDistinctNames(List<TableFieldSchema> fields) {
    Set<String> seen = new HashSet<>();
    for (TableFieldSchema field : fields) {
      if (!seen.add(SqlAnalyzer.lower(field.getName()))) {
        throw BigQueryError.invalidQuery(
            "Duplicate column names in the result are not supported. Found duplicate(s): "
                + field.getName());
      }
    }
  }

  /** A SELECT of the output columns in the form that {@link RowReader} reads. */
  private static String query(
      ResolvedScan scan, List<ResolvedOutputColumn> columns, Translation translation) {
    List<String> wired = new ArrayList<>();
    for (ResolvedOutputColumn column : columns) {
      wired.add(
          RowReader.wire(Translation.name(column.getColumn()), column.getColumn().getType())
              + " AS o"
              + wired.size());
    }
    return "SELECT " + String.join(", ", wired) + translation.scans().from(scan);
  }

  private QueryResult dml(
      String type,
      ResolvedTableScan target,
      ResolvedStatement statement,
      Translation translation,
      Outcome outcome,
      Function<DmlRunner, DmlStatistics> run) {
    BoundTable table = translation.table(target);
    if (table.resource() == null) {
      throw BigQueryError.invalidQuery("DML over " + table.key() + " is not allowed");
    }
    long bytes = Billing.of(statement, translation, session, inScript);
    if (session.request().dryRun()) {
      return outcome.of(type, null, table.reference(), bytes);
    }
    if (!type.equals("INSERT") && table.resource().getStreamingBuffer() != null) {
      throw BigQueryError.invalidQuery(
          (type.equals("TRUNCATE_TABLE") ? "TRUNCATE DML" : "UPDATE or DELETE")
              + " statement over table "
              + table.key().replace(':', '.')
              + " would affect rows in the streaming buffer, which is not supported");
    }
    DmlStatistics statistics =
        session.change(
            table,
            !type.equals("INSERT"),
            () -> run.apply(new DmlRunner(session, translation, table)));
    session.rowCount(total(statistics));
    return outcome.of(type, statistics, table.reference(), bytes);
  }

  private static long total(DmlStatistics statistics) {
    long total = statistics.getInsertedRowCount() == null ? 0 : statistics.getInsertedRowCount();
    total += statistics.getUpdatedRowCount() == null ? 0 : statistics.getUpdatedRowCount();
    return total + (statistics.getDeletedRowCount() == null ? 0 : statistics.getDeletedRowCount());
  }

  /** The bytes and the value of an expression of a script. */
  record Evaluated(TypedValue value, long bytes) {}

  SqlAnalyzer.Analyzed<ResolvedExpr> analyze(String expression) {
    return analyzer.expression(expression, session);
  }

  Evaluated evaluate(SqlAnalyzer.Analyzed<ResolvedExpr> analyzed) {
    Translation translation =
        new Translation(analyzed.tables(), session, Instant.now().truncatedTo(ChronoUnit.MICROS));
    return evaluate(analyzed.node(), translation);
  }

  private Evaluated evaluate(ResolvedExpr expression, Translation translation) {
    long bytes = Billing.of(expression, translation, session, inScript);
    Object value = session.value(expression, translation);
    return new Evaluated(new TypedValue(expression.getType(), value), bytes);
  }
}
