package io.deltaflow.cli;

import io.deltaflow.DeltaFlow;
import io.deltaflow.ResetReport;
import io.deltaflow.template.DestinationArguments;
import io.deltaflow.template.TemplateArguments;
import java.util.List;

/** A sync that begins anew. */
final class ResetCommand implements Command {
  @Override
  public String name() {
    return "reset";
  }

  @Override
  public String summary() {
    return "remove a sync's watermark, so that its next run begins anew";
  }

  @Override
  public String help() {
    return
"""
Usage: deltaflow reset <the flags of deltaflow run>
       deltaflow reset --sync_id=NAME <the flags of the destination>

Removes the watermark of the sync that these flags are. The table stays as it is. The next run

  - reads everything and merges it, with --write_disposition=WRITE_MERGE; other dispositions are
    refused while the table has rows, since they could double some,
  - fills a table that is empty, and creates one that was dropped.

A run that was planned before the reset publishes nothing. With --sync_id the
source is not contacted, so that a sync can be given up whose source is gone.
deltaflow runs lists the syncs, deltaflow adopt sets a watermark anew.
""";
  }

  @Override
  public ExitCode run(List<String> args, Terminal terminal) {
    ResetReport report = reset(args.toArray(String[]::new));
    StringBuilder out = new StringBuilder();
    ReportText.line(out, "Reset", report.syncId());
    ReportText.line(out, "Destination", report.destination());
    if (report.removed().isEmpty()) {
      ReportText.line(out, "Watermark", "there was none");
    }
    for (ResetReport.Watermark watermark : report.removed()) {
      ReportText.line(
          out, "Watermark", "was " + watermark.cursor() + " " + watermark.position() + "; removed");
    }
    ReportText.line(
        out, "Epoch", report.epoch() + "; a run that was planned before publishes nothing");
    ReportText.line(out, "Next", report.nextRun());
    terminal.out().print(out);
    return ExitCode.OK;
  }

  private static ResetReport reset(String... args) {
    boolean named = List.of(args).stream().anyMatch(a -> a.startsWith("--sync_id"));
    if (named) {
      DestinationArguments arguments = DestinationArguments.parse(args);
      return DeltaFlow.reset(arguments.spec(), arguments.options());
    }
    TemplateArguments arguments = TemplateArguments.parseWithoutRun(args);
    return DeltaFlow.reset(arguments.spec(), arguments.options());
  }
}
