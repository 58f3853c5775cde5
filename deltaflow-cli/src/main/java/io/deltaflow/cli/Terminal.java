package io.deltaflow.cli;

import java.io.PrintStream;

/**
 * Where a command writes.
 *
 * @param out results
 * @param err progress and errors
 * @param interactive whether somebody watches err
 * @param columns how wide out is; 0 when it is no terminal
 */
record Terminal(PrintStream out, PrintStream err, boolean interactive, int columns) {
  static Terminal system() {
    // System.console() asks whether both ends are a terminal, and answers differently from one JDK
    // to the next; the
    // script asks about standard error alone and says so.
    boolean watched = "true".equals(System.getProperty("deltaflow.interactive"));
    int columns = Integer.getInteger("deltaflow.columns", 0);
    return new Terminal(System.out, System.err, watched, columns);
  }
}
