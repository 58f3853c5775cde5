package io.deltaflow.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The whole product in one minute, on one machine. */
final class QuickstartCommand implements Command {
  private static final int ROWS = 20_000;
  private static final int MOST_ROWS = 50_000_000;
  private static final List<String> ALL = List.of("postgresql", "mongodb", "bigquery");

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
Usage: deltaflow quickstart [--sources=postgresql] [--rows=20000] [--keep] [--json]

Starts a PostgreSQL server with a small shop and an emulator of BigQuery, both on this machine
only, syncs the shop's orders, changes them, syncs again, and proves that source and
destination are equal. Exits with 0 only when they are.

  --sources  what is merged into one table: postgresql (the default), mongodb, bigquery,
             several of them separated by commas, or all
  --rows     how many orders the first source has at first, default 20000; any other has a
             quarter
  --keep     leave the servers up until interrupted, and say how to query them
  --json     print one JSON object with the runs' reports and the proof, and nothing else
""";
  }

  @Override
  public ExitCode run(List<String> args, Terminal terminal) throws Exception {
    CommandOptions options =
        CommandOptions.parse(args, Set.of("keep", "json"), Set.of("rows", "sources"));
    int rows = options.integer("rows", ROWS, 1, MOST_ROWS);
    boolean json = options.has("json");
    Narrator narrator = json ? Narrator.silent() : Narrator.to(terminal.out());
    List<String> sources = sources(options.last("sources").orElse(ALL.get(0)));
    try (Demonstration quickstart = start(sources, rows, terminal, narrator)) {
      QuickstartOutcome outcome = quickstart.run();
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

  /** Several sources have classes of their own, which a start with PostgreSQL does not load. */
  private static Demonstration start(
      List<String> sources, int rows, Terminal terminal, Narrator narrator) throws Exception {
    return sources.equals(ALL.subList(0, 1))
        ? Quickstart.start(rows, terminal, narrator)
        : MergedQuickstart.start(sources, rows, terminal, narrator);
  }

  private static List<String> sources(String text) throws UsageException {
    if (text.equals("all")) {
      return ALL;
    }
    Set<String> names = new LinkedHashSet<>();
    for (String name : text.split(",", -1)) {
      if (!ALL.contains(name.strip())) {
        throw new UsageException(
            "--sources: there is no '"
                + name.strip()
                + "'; there are: "
                + String.join(", ", ALL)
                + ", or all");
      }
      names.add(name.strip());
    }
    return List.copyOf(names);
  }
}
