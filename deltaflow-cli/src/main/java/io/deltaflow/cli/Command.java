package io.deltaflow.cli;

import java.util.List;

/** One subcommand. */
interface Command {
  String name();

  /** One line for the list of commands. */
  String summary();

  /** What {@code --help} prints. */
  String help();

  /**
   * Runs to its end.
   *
   * @throws UsageException when the arguments are wrong
   * @throws io.deltaflow.spi.error.DeltaFlowException when the work failed
   */
  ExitCode run(List<String> args, Terminal terminal) throws Exception;
}
