package io.deltaflow.emulator;

/** Runs SQL; throws {@link BigQueryError} or {@link ScriptFailure}. */
interface Queries {
  QueryResult run(QueryRequest request);
}
