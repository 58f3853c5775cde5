package io.deltaflow.cli;

import java.io.PrintStream;

/**
 * Where a command writes.
 *
 * @param out results
 * @param err progress and errors
 * @param interactive whether somebody watches err
 */
record Terminal(PrintStream out, PrintStream err, boolean interactive) {
  static Terminal system() {
    // System.console() asks whether both ends are a terminal, and answers differently from one JDK
    // to the next; the
    // script asks about standard error alone and says so.
    boolean watched = "true".equals(System.getProperty("deltaflow.interactive"));
    return new Terminal(System.out, System.err, watched);
  }
}
