package io.deltaflow.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.LogManager;

/** java.util.logging for people at a terminal: nothing but failures, unless they ask. */
final class QuietLogging {
  // What goes wrong reaches the user as an exception; libraries warn of much else. No handler,
  // rather than only a level:
  // the direct runner sets the root's level to its own.
  private static final String QUIET =
      """
      handlers=
      .level=OFF
      """;
  private static final String VERBOSE =
      """
      handlers=java.util.logging.ConsoleHandler
      java.util.logging.ConsoleHandler.level=ALL
      java.util.logging.SimpleFormatter.format=%1$tT %4$s %3$s %5$s%6$s%n
      .level=INFO
      io.deltaflow.level=FINE
      """;

  private QuietLogging() {}

  static void apply(boolean verbose) {
    byte[] config = (verbose ? VERBOSE : QUIET).getBytes(StandardCharsets.UTF_8);
    try {
      LogManager.getLogManager().readConfiguration(new ByteArrayInputStream(config));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
