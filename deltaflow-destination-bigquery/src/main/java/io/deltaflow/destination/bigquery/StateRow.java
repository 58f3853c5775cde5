package io.deltaflow.destination.bigquery;

import java.util.List;

/**
 * One sync's row of the state table.
 *
 * @param watermarks JSON; null at first
 * @param runId of the run that published last; null at first
 * @param replacement the table that has yet to take the target's place; null when there is none
 */
record StateRow(String syncId, long epoch, String watermarks, String runId, String replacement) {
  /** Columns as {@link StateTables#state} declares them. */
  static StateRow of(List<Object> cells) {
    return new StateRow(
        Cells.text(cells.get(0)),
        Cells.number(cells.get(1)),
        Cells.text(cells.get(2)),
        Cells.text(cells.get(4)),
        Cells.text(cells.get(5)));
  }
}
