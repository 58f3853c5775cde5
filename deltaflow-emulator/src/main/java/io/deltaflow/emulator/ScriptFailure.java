package io.deltaflow.emulator;

import java.util.List;

/** A script that ended in an error, with the statements that ran before it. */
final class ScriptFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<QueryResult> children;
  private final BigQueryError error;

  ScriptFailure(BigQueryError error, List<QueryResult> children) {
    super(error.getMessage(), error);
    this.error = error;
    this.children = List.copyOf(children);
  }

  BigQueryError error() {
    return error;
  }

  List<QueryResult> children() {
    return children;
  }
}
