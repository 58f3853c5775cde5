package io.deltaflow.internal;

import io.deltaflow.destination.Destination;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.Staging;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.QualityCheckException;
import io.deltaflow.transform.AggregateCheck;
import io.deltaflow.transform.CheckAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;

/** The checks of all rows of a run together, between staging and publishing. */
record RunChecks(List<AggregateCheck> checks, Destination destination, PipelineOptions options) {
  /** Launcher: what cannot be done is refused before anything is read. */
  static void check(List<AggregateCheck> checks) {
    List<String> problems =
        checks.stream()
            .filter(c -> c.action() == CheckAction.DEAD_LETTER)
            .map(
                c ->
                    "--quality_checks: '"
                        + c.name()
                        + "': of rows that repeat each other none can be told to be the wrong one;"
                        + " choose warn or fail")
            .toList();
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  /**
   * @param rows to be published
   * @return what those that only warn have found
   * @throws QualityCheckException when one that fails the run does not pass
   */
  List<String> evaluate(RunPlan plan, Staging staging, long rows) {
    List<String> found = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    for (AggregateCheck check : checks) {
      problem(check, plan, staging, rows)
          .map(p -> "check '" + check.name() + "': " + p)
          .ifPresent(p -> (check.action() == CheckAction.FAIL ? failed : found).add(p));
    }
    if (!failed.isEmpty()) {
      throw new QualityCheckException(String.join("; ", failed) + "; nothing was published");
    }
    return found;
  }

  private Optional<String> problem(AggregateCheck check, RunPlan plan, Staging staging, long rows) {
    if (check instanceof AggregateCheck.RowCount count) {
      return count.passes(rows)
          ? Optional.empty()
          : Optional.of(rows + " rows, expected " + expected(count));
    } else if (check instanceof AggregateCheck.Unique unique) {
      long repeated = destination.countRepeated(plan, staging, unique.columns(), options);
      return repeated == 0
          ? Optional.empty()
          : Optional.of(
              repeated
                  + " value(s) of "
                  + String.join(", ", unique.columns())
                  + " are in several rows of this run");
    }
    return freshness((AggregateCheck.Freshness) check, plan, staging);
  }

  private static String expected(AggregateCheck.RowCount count) {
    return count.max() == Long.MAX_VALUE
        ? "at least " + count.min()
        : count.min() == 0 ? "at most " + count.max() : count.min() + " to " + count.max();
  }

  private Optional<String> freshness(
      AggregateCheck.Freshness check, RunPlan plan, Staging staging) {
    Optional<Duration> age = destination.age(plan, staging, check.column(), options);
    if (age.isEmpty()) {
      return Optional.of("there is no value of " + check.column());
    }
    return age.get().compareTo(check.maxAge()) <= 0
        ? Optional.empty()
        : Optional.of(
            "the newest "
                + check.column()
                + " is "
                + age.get().truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                + " old, more than "
                + check.maxAge());
  }
}
