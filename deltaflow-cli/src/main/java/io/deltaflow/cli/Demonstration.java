package io.deltaflow.cli;

/** Servers that are up, and what is shown on them; closed, they stop. */
interface Demonstration extends AutoCloseable {
  QuickstartOutcome run() throws Exception;

  /** Commands to copy, for as long as the servers are up. */
  String howToQuery();

  @Override
  void close();
}
