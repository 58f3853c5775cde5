package io.deltaflow.cli;

import io.deltaflow.SyncPlan;
import io.deltaflow.template.TemplateArguments;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a run would do. */
final class PlanCommand implements Command {
  private static final String FORMAT = "format";
  private static final String PRICE = "usd_per_tib";

  @Override
  public String name() {
    return "plan";
  }

  @Override
  public String summary() {
    return "show what a run would do, and whether it would fail; write nothing";
  }

  @Override
  public String help() {
    return
"""
Usage: deltaflow plan <the flags of deltaflow run> [--format=json] [--usd_per_tib=6.25]

Connects, detects, and prints what a run with these flags would do now: the window, rows, splits
and connections of each source, the columns and which of them may meet values that do not fit,
the DDL, the publish statement, what it costs, and the roles that the account needs. Nothing is
written anywhere. A run that would fail, as far as can be told before, ends with the run's own
message and exit code. deltaflow run and the template do the same with --dry_run=true.

  --format       text (the default) or json
  --usd_per_tib  what BigQuery takes for a TiB that a query processes, to estimate the cost from
                 bytes; default 6.25, its list price on demand in the region US since July 2023
""";
  }

  @Override
  public ExitCode run(List<String> args, Terminal terminal) throws UsageException {
    CommandOptions own = CommandOptions.takeFrom(args, Set.of(), Set.of(FORMAT, PRICE));
    String format = own.last(FORMAT).orElse("text");
    if (!Set.of("text", "json").contains(format)) {
      throw new UsageException("--format: '" + format + "' is not text or json");
    }
    BigDecimal price = price(own.last(PRICE));
    SyncPlan plan = plan(TemplateArguments.parse(args.toArray(String[]::new)), terminal);
    if (format.equals("json")) {
      terminal.out().println(plan.toJson());
    } else {
      terminal.out().print(plan.toText(price));
    }
    return ExitCode.OK;
  }

  static SyncPlan plan(TemplateArguments arguments, Terminal terminal) {
    try (Progress progress = Progress.start(terminal)) {
      progress.phase("planning");
      return arguments.plan();
    }
  }

  private static BigDecimal price(Optional<String> text) throws UsageException {
    if (text.isEmpty()) {
      return SyncPlan.LIST_PRICE;
    }
    if (!text.get().matches("\\d{1,6}(\\.\\d{1,6})?")) {
      throw new UsageException("--usd_per_tib: '" + text.get() + "' is no price such as 6.25");
    }
    return new BigDecimal(text.get());
  }
}
