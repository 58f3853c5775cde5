package io.deltaflow.cli;

import io.deltaflow.AdoptReport;
import io.deltaflow.DeltaFlow;
import io.deltaflow.template.TemplateArguments;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A table that is vouched for. */
final class AdoptCommand implements Command {
  @Override
  public String name() {
    return "adopt";
  }

  @Override
  public String summary() {
    return "set a sync's watermark for a table that is filled already";
  }

  @Override
  public String help() {
    return
"""
Usage: deltaflow adopt <the flags of deltaflow run> [--position=POSITION]

Sets the watermark of the sync that these flags are, and reads and writes no rows. You vouch that
the table holds every row of the source whose cursor is below the position: runs read from there
on, and what is missing below it stays missing.

  --position   in the cursor's own form: a timestamp with its zone (2026-03-01T12:00:00Z), a
               local timestamp, a date or a whole number; without it, just after the largest
               cursor that the table holds

Refused when the table is absent or empty, when the sync has a watermark (deltaflow reset
removes it), and when the position is above what the source can vouch for now. A run that was
planned before publishes nothing. Contacts source and destination.
""";
  }

  @Override
  public ExitCode run(List<String> args, Terminal terminal) throws UsageException {
    Optional<String> position =
        CommandOptions.takeFrom(args, Set.of(), Set.of("position")).last("position");
    TemplateArguments arguments = TemplateArguments.parseWithoutRun(args.toArray(String[]::new));
    AdoptReport report =
        position.isPresent()
            ? DeltaFlow.adopt(arguments.spec(), position.get(), arguments.options())
            : DeltaFlow.adopt(arguments.spec(), arguments.options());
    StringBuilder out = new StringBuilder();
    ReportText.line(out, "Adopted", report.destination());
    ReportText.line(out, "Sync", report.syncId());
    ReportText.line(
        out,
        "Watermark",
        report.cursor() + " " + report.position() + "; rows below it are not read any more");
    ReportText.line(
        out, "Epoch", report.epoch() + "; a run that was planned before publishes nothing");
    ReportText.line(out, "Next", "the next run reads from " + report.position() + " on");
    report.warnings().forEach(w -> ReportText.line(out, "Warning", w));
    terminal.out().print(out);
    return ExitCode.OK;
  }
}
