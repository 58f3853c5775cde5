package io.deltaflow.cli;

import io.deltaflow.DeltaFlow;
import io.deltaflow.template.TemplateArguments;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Dead letters that are published after all. */
final class ReplayCommand implements Command {
  @Override
  public String name() {
    return "replay";
  }

  @Override
  public String summary() {
    return "publish dead letters that were corrected";
  }

  @Override
  public String help() {
    return
"""
Usage: deltaflow replay [--only_run=RUN] [--uncorrected] <the flags of deltaflow run>

Publishes rows that runs of this sync kept out, with the transformations, checks and policies of
these flags, and marks them in the table of dead letters, in one commit. The watermark stays.
Correct a row by filling its column corrected_row with a JSON object like that in row:

  UPDATE shop.orders_dead_letters
  SET corrected_row = JSON_SET(row, '$.born', '1999-12-31') WHERE id = '...'

  --only_run      the run that kept the rows out; all that have published when not given
  --uncorrected   publish rows too whose corrected_row is NULL, as they are: after the flags were
                  changed so that they fit

Needs --write_disposition=WRITE_MERGE or WRITE_APPEND. A row that does not fit this time either
fails the replay, or is a dead letter again, as --max_bad_records says.
""";
  }

  @Override
  public ExitCode run(List<String> args, Terminal terminal) throws UsageException {
    CommandOptions own = CommandOptions.takeFrom(args, Set.of("uncorrected"), Set.of("only_run"));
    Optional<String> onlyRun = own.last("only_run");
    boolean uncorrected = own.has("uncorrected");
    TemplateArguments arguments = TemplateArguments.parse(args.toArray(String[]::new));
    RunCommand.Ended ended =
        RunCommand.watch(
            arguments,
            terminal,
            options -> DeltaFlow.replay(arguments.spec(), onlyRun, uncorrected, options));
    terminal.out().print(ReportText.of(ended.report()));
    return ExitCode.OK;
  }
}
