package io.deltaflow.transform;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.values.Row;

/** The checks of each row. Safe for use by several threads. */
public final class RowChecks {
  private final RowCheck[] checks;

  RowChecks(List<RowCheck> checks) {
    this.checks = checks.toArray(new RowCheck[0]);
  }

  /** One check of one column. */
  record RowCheck(String name, String column, int index, CheckAction action, Test test) {}

  /** Of one value. */
  @FunctionalInterface
  interface Test {
    /**
     * @param value may be null
     * @return null when it passes, else what is wrong
     */
    String problem(Object value);
  }

  boolean keepRowsOut() {
    return Arrays.stream(checks).anyMatch(c -> c.action == CheckAction.DEAD_LETTER);
  }

  /** Whether every row passes. */
  public boolean isEmpty() {
    return checks.length == 0;
  }

  /**
   * @param row of the schema that the checks were bound to
   * @return those that it does not pass, in the order of the configuration; usually none
   */
  public List<FailedCheck> failures(Row row) {
    List<FailedCheck> failures = null;
    for (RowCheck check : checks) {
      String problem = check.test.problem(row.getValue(check.index));
      if (problem != null) {
        if (failures == null) {
          failures = new ArrayList<>(1);
        }
        failures.add(new FailedCheck(check.name, check.column, check.action, problem));
      }
    }
    return failures == null ? List.of() : failures;
  }
}
