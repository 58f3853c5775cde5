package io.deltaflow.cli;

import io.deltaflow.NearNames;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.DeltaFlowException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code ./deltaflow <command> ...}. Exits with 0, with 1 when the work failed, with 2 when the
 * arguments are wrong.
 */
public final class DeltaFlowCli {
  private static final List<Command> COMMANDS =
      List.of(
          new QuickstartCommand(),
          new PlanCommand(),
          new RunCommand(),
          new RunsCommand(),
          new ResetCommand(),
          new AdoptCommand(),
          new ReplayCommand(),
          new ConnectorsCommand(),
          new EmulatorCommand());

  private final Terminal terminal;

  DeltaFlowCli(Terminal terminal) {
    this.terminal = terminal;
  }

  public static void main(String[] args) {
    System.exit(new DeltaFlowCli(Terminal.system()).run(args).status());
  }

  ExitCode run(String... args) {
    List<String> rest = new ArrayList<>(List.of(args));
    boolean verbose = rest.remove("--verbose");
    QuietLogging.apply(verbose);
    try {
      return dispatch(rest);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      terminal.err().println("deltaflow: interrupted");
      return ExitCode.FAILED;
    } catch (Exception e) {
      boolean usage = e instanceof UsageException || e instanceof ConfigurationException;
      terminal.err().println("deltaflow: " + message(e));
      if (verbose) {
        e.printStackTrace(terminal.err());
      } else if (!usage) {
        terminal.err().println("(--verbose shows where)");
      }
      return usage ? ExitCode.USAGE : ExitCode.FAILED;
    }
  }

  private static String message(Exception e) {
    boolean forPeople =
        e instanceof UsageException
            || e instanceof DeltaFlowException
            || e instanceof UncheckedIOException;
    return forPeople && e.getMessage() != null ? e.getMessage() : e.toString();
  }

  private ExitCode dispatch(List<String> args) throws Exception {
    String name = args.isEmpty() ? "--help" : args.remove(0);
    if (name.equals("help") || name.equals("--help") || name.equals("-h")) {
      terminal.out().print(args.isEmpty() ? overview() : find(args.get(0)).help());
      return ExitCode.OK;
    }
    if (name.equals("--version")) {
      terminal.out().println("deltaflow " + version());
      return ExitCode.OK;
    }
    Command command = find(name);
    if (args.contains("--help") || args.contains("-h")) {
      terminal.out().print(command.help());
      return ExitCode.OK;
    }
    return command.run(args, terminal);
  }

  private static Command find(String name) throws UsageException {
    Optional<Command> command = COMMANDS.stream().filter(c -> c.name().equals(name)).findFirst();
    if (command.isPresent()) {
      return command.get();
    }
    List<String> names = COMMANDS.stream().map(Command::name).toList();
    List<String> near = NearNames.of(name, names);
    throw new UsageException(
        "unknown command '"
            + name
            + "'; "
            + (near.isEmpty()
                ? "there are: " + String.join(", ", names)
                : "did you mean " + String.join(" or ", near) + "?"));
  }

  /** Of the jar; classes that run without one have none. */
  private static String version() {
    String version = DeltaFlowCli.class.getPackage().getImplementationVersion();
    return (version == null ? "(unpackaged)" : version) + " on Java " + Runtime.version();
  }

  private static String overview() {
    StringBuilder out = new StringBuilder("Usage: deltaflow <command> [options]\n\n");
    for (Command c : COMMANDS) {
      out.append(String.format("  %-12s %s%n", c.name(), c.summary()));
    }
    return out.append(
"""

In a checkout, ./deltaflow bench measures how fast all this is on this machine.
deltaflow <command> --help shows a command's options, deltaflow --version the version.
--verbose, with any command, shows the logs and the stack trace of a failure.
Exit codes: 0 done, 1 failed, 2 wrong arguments or configuration.
""")
        .toString();
  }
}
