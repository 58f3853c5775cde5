package io.deltaflow.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaflow.DeltaFlow;
import io.deltaflow.LedgerEntry;
import io.deltaflow.template.DestinationArguments;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The ledger of a destination. */
final class RunsCommand implements Command {
  private static final int LIMIT = 20;
  private static final int MOST = 10_000;

  @Override
  public String name() {
    return "runs";
  }

  @Override
  public String summary() {
    return "list what runs did to a destination table";
  }

  @Override
  public String help() {
    return
"""
Usage: deltaflow runs --destination_bigquery_project=... --destination_bigquery_dataset=...
         --destination_bigquery_table=... [--limit=20] [--json]

Prints the ledger of a destination table, all syncs, the newest first: when a run ended, what
became of it, its window, rows, bytes (loaded, processed to look up where rows are, processed to
merge them) and time, and what reset and adopt did. A run that came to its publish and changed
nothing is refused, with the reason; a run that failed while it read is not there.

Takes the flags of deltaflow run, of which only the destination's count and are needed. Times
are UTC. A terminal that is too narrow for a table gets a block of lines for each run.

  --limit   how many at most; default 20
  --json    print a JSON array, with the syncs' whole names and every digit
""";
  }

  @Override
  public ExitCode run(List<String> args, Terminal terminal) throws UsageException {
    CommandOptions own = CommandOptions.takeFrom(args, Set.of("json"), Set.of("limit"));
    int limit = own.integer("limit", LIMIT, 1, MOST);
    DestinationArguments arguments = DestinationArguments.parse(args.toArray(String[]::new));
    Optional<List<LedgerEntry>> runs = DeltaFlow.runs(arguments.spec(), arguments.options(), limit);
    if (own.has("json")) {
      terminal.out().println(json(runs.orElse(List.of())));
    } else if (runs.isEmpty() || runs.get().isEmpty()) {
      terminal.out().println(none(arguments, runs.isPresent()));
    } else {
      String destination = arguments.spec().destination().identity();
      terminal.out().print(new RunsText(runs.get(), destination).fitting(terminal.columns()));
    }
    return ExitCode.OK;
  }

  private static String none(DestinationArguments arguments, boolean ledgerExists) {
    String destination = arguments.spec().destination().description();
    return ledgerExists
        ? destination + ": no run has come to its publish yet"
        : destination + " has no ledger: no run of DeltaFlow was ever launched into it";
  }

  private static String json(List<LedgerEntry> runs) {
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(runs);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the ledger could not be written as JSON", e);
    }
  }
}
