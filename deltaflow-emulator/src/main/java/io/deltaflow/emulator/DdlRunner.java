package io.deltaflow.emulator;

import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedStatement;

/** CREATE, ALTER and DROP. */
final class DdlRunner {
  private final SqlSession session;
  private final Translation translation;

  DdlRunner(SqlSession session, Translation translation) {
    this.session = session;
    this.translation = translation;
  }

  QueryResult run(ResolvedStatement statement, StatementRunner.Outcome outcome, long bytes) {
    throw BigQueryError.unsupported("the statement " + statement.nodeKindString());
  }
}
