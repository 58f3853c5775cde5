package io.deltaflow.transform;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/** A check of all rows of a run together, which the engine evaluates. */
public sealed interface AggregateCheck extends Serializable {
  /** Unlike that of any other check. */
  String name();

  /** What to do when it does not pass. */
  CheckAction action();

  /**
   * No two rows of the run have the same values. Rows with a NULL in one of the columns are left
   * out.
   *
   * @param columns of the output, at least one
   */
  record Unique(String name, CheckAction action, List<String> columns) implements AggregateCheck {
    private static final long serialVersionUID = 1L;

    public Unique {
      columns = List.copyOf(columns);
    }
  }

  /**
   * How many rows the run has.
   *
   * @param min the fewest; 0 when there is no such limit
   * @param max the most; {@link Long#MAX_VALUE} when there is no such limit
   */
  record RowCount(String name, CheckAction action, long min, long max) implements AggregateCheck {
    private static final long serialVersionUID = 1L;

    public boolean passes(long rows) {
      return rows >= min && rows <= max;
    }
  }

  /**
   * The largest value of a column is not older than this.
   *
   * @param column of the output; TIMESTAMP, DATETIME or DATE, the latter two in UTC
   */
  record Freshness(String name, CheckAction action, String column, Duration maxAge)
      implements AggregateCheck {
    private static final long serialVersionUID = 1L;
  }
}
