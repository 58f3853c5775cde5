package io.deltaflow.cli;

import java.util.List;
import java.util.Set;

/** The whole product in one minute, on one machine. */
final class QuickstartCommand implements Command {
  private static final int ROWS = 20_000;
  private static final int MOST_ROWS = 50_000_000;

  @Override
  public String name() {
    return "quickstart";
  }

  @Override
  public String summary() {
    return "see a sync from PostgreSQL to an emulated BigQuery, start to proof";
  }

  @Override
  public String help() {
    return
"""
Usage: deltaflow quickstart [--rows=20000] [--keep] [--json]

Starts a PostgreSQL server with a small shop and an emulator of BigQuery, both on this machine
only, syncs the shop's orders, changes them, syncs again, and proves that source and
destination are equal. Exits with 0 only when they are.

  --rows   how many orders the shop has at first; default 20000
  --keep   leave both servers up until interrupted, and say how to query them
  --json   print one JSON object with the runs' reports and the proof, and nothing else
""";
  }

  @Override
  public ExitCode run(List<String> args, Terminal terminal) throws Exception {
    CommandOptions options = CommandOptions.parse(args, Set.of("keep", "json"), Set.of("rows"));
    int rows = options.integer("rows", ROWS, 1, MOST_ROWS);
    boolean json = options.has("json");
    Narrator narrator = json ? Narrator.silent() : Narrator.to(terminal.out());
    try (Quickstart quickstart = Quickstart.start(rows, terminal, narrator)) {
      Quickstart.Outcome outcome = quickstart.run();
      if (json) {
        terminal.out().println(outcome.toJson());
        terminal.out().flush();
      }
      if (options.has("keep")) {
        (json ? terminal.err() : terminal.out()).print(quickstart.howToQuery());
        UntilStopped.hold(quickstart);
      }
      return outcome.proof().isEqual() ? ExitCode.OK : ExitCode.FAILED;
    }
  }
}
