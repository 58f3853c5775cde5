package io.deltaflow.cli;

import io.deltaflow.DeltaFlow;
import io.deltaflow.RunMetric;
import io.deltaflow.RunReport;
import io.deltaflow.SyncRun;
import io.deltaflow.template.OptionSection;
import io.deltaflow.template.TemplateArguments;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.options.PipelineOptions;

/** One sync, waited for. */
final class RunCommand implements Command {
  @Override
  public String name() {
    return "run";
  }

  @Override
  public String summary() {
    return "sync once and wait for the end";
  }

  @Override
  public String help() {
    StringBuilder out =
        new StringBuilder(
"""
Usage: deltaflow run --flag=value ...

Syncs once, waits, and prints what the run did. Beam's options (--runner, --tempLocation,
--project, --region, --bigQueryEndpoint, --gcsEndpoint, ...) are given in the same way.
""");
    for (OptionSection section : OptionSection.of(TemplateArguments.catalog())) {
      out.append('\n').append(section.title()).append('\n');
      FlagText.append(out, section);
    }
    return out.toString();
  }

  @Override
  public ExitCode run(List<String> args, Terminal terminal) {
    TemplateArguments arguments = TemplateArguments.parse(args.toArray(String[]::new));
    if (arguments.isDryRun()) {
      terminal.out().print(PlanCommand.plan(arguments, terminal).toString());
      return ExitCode.OK;
    }
    Ended ended =
        watch(arguments, terminal, options -> DeltaFlow.launch(arguments.spec(), options));
    terminal.out().print(ReportText.of(ended.report));
    terminal.out().print(ReportText.of(ended.metrics));
    return ExitCode.OK;
  }

  /** Launches, shows progress, waits. */
  static RunReport sync(TemplateArguments arguments, Terminal terminal) {
    return watch(arguments, terminal, options -> DeltaFlow.launch(arguments.spec(), options))
        .report;
  }

  /** A run that ended well. */
  record Ended(RunReport report, Map<RunMetric, String> metrics) {}

  /** The same for any run. */
  static Ended watch(
      TemplateArguments arguments,
      Terminal terminal,
      Function<PipelineOptions, SyncRun> launching) {
    PipelineOptions options = arguments.options();
    // Or the direct runner returns at the end only, and there is nothing to show meanwhile.
    options.as(DirectOptions.class).setBlockOnRun(false);
    try (Progress progress = Progress.start(terminal)) {
      progress.phase("planning");
      SyncRun run = launching.apply(options);
      progress.watch(run.result());
      return new Ended(run.waitUntilFinish(), run.metrics());
    }
  }
}
