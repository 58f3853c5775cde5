package io.deltaflow.emulator;

import com.google.zetasql.parser.ASTNodes.ASTBeginStatement;
import com.google.zetasql.parser.ASTNodes.ASTCommitStatement;
import com.google.zetasql.parser.ASTNodes.ASTExecuteImmediateStatement;
import com.google.zetasql.parser.ASTNodes.ASTRollbackStatement;
import com.google.zetasql.parser.ASTNodes.ASTScript;
import com.google.zetasql.parser.ASTNodes.ASTScriptStatement;
import com.google.zetasql.parser.ASTNodes.ASTStatement;
import com.google.zetasql.parser.ASTNodes.ASTSystemVariableAssignment;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Runs GoogleSQL: Google's analyzer checks it, and what it resolves to is translated to DuckDB's
 * SQL. What is not translated is refused. Thread-safe; each request has its own DuckDB session.
 */
final class QueryEngine implements AutoCloseable {
  private static final long CANCEL_POLL_MILLIS = 200;

  private final Warehouse catalog;
  private final Supplier<? extends Connection> connections;
  private final Connection owner;
  private final SqlAnalyzer analyzer = new SqlAnalyzer();
  private final WriteMarks marks = new WriteMarks();
  private final Set<SqlSession> running = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService canceller;

  /**
   * @param connections each call gives a new DuckDB session in UTC, all of one database, which the
   *     engine closes
   */
  QueryEngine(Warehouse catalog, Supplier<? extends Connection> connections) {
    this.catalog = catalog;
    this.connections = connections;
    this.owner = connections.get();
    try {
      FunctionLibrary.install(owner);
    } catch (SQLException e) {
      throw SqlErrors.of(e);
    }
    canceller =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "emulator-cancel");
              thread.setDaemon(true);
              return thread;
            });
    canceller.scheduleWithFixedDelay(
        () -> running.forEach(SqlSession::interruptIfCancelled),
        CANCEL_POLL_MILLIS,
        CANCEL_POLL_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  /**
   * Runs a statement or a script to its end.
   *
   * @throws BigQueryError when a statement fails, or a script cannot be parsed
   * @throws ScriptFailure when a script fails
   */
  QueryResult run(QueryRequest request) {
    ASTScript script = analyzer.parse(request.sql());
    List<ASTStatement> statements = script.getStatementListNode().getStatementList();
    boolean single = statements.size() == 1 && !isScripting(statements.get(0));
    if (statements.isEmpty()) {
      throw BigQueryError.invalidQuery("Syntax error: Unexpected end of statement at [1:1]");
    }
    if (!single && request.dryRun()) {
      Instant now = Instant.now();
      return new QueryResult(
          request.sql(), "SCRIPT", null, List.of(), null, null, 0, now, now, List.of(), null);
    }
    try (SqlSession session = new SqlSession(request, catalog, connections.get(), marks)) {
      running.add(session);
      try {
        if (single && !request.dryRun()) {
          request.beforeStatement().accept(request.sql());
        }
        return single
            ? new StatementRunner(analyzer, session, false).run(request.sql())
            : new ScriptRunner(analyzer, session).run(script, request.sql());
      } finally {
        running.remove(session);
      }
    }
  }

  private static boolean isScripting(ASTStatement statement) {
    return statement instanceof ASTScriptStatement
        || statement instanceof ASTExecuteImmediateStatement
        || statement instanceof ASTSystemVariableAssignment
        || statement instanceof ASTBeginStatement
        || statement instanceof ASTCommitStatement
        || statement instanceof ASTRollbackStatement;
  }

  @Override
  public void close() {
    canceller.shutdownNow();
    try {
      owner.close();
    } catch (SQLException e) {
      throw SqlErrors.of(e);
    }
  }
}
