package io.deltaflow.destination;

import io.deltaflow.destination.ColumnType.Kind;
import java.util.List;

/** The columns of the table of rows that were kept out, and of the files that are loaded to it. */
public final class DeadLetterTable {
  /**
   * {@code id} tells the rows of all runs apart; {@code row} is the source's row as a JSON object;
   * {@code corrected_row} is for people; {@code replayed_run_id} is the run that published it after
   * all, {@code claimed_run_id} one that was to.
   */
  public static final List<Column> COLUMNS =
      List.of(
          of("id", Kind.STRING, true),
          of("run_id", Kind.STRING, true),
          of("sync_id", Kind.STRING, true),
          of("source", Kind.STRING, true),
          of("position", Kind.STRING, true),
          of("field", Kind.STRING, false),
          of("reason", Kind.STRING, true),
          of("row", Kind.JSON, false),
          of("recorded_at", Kind.TIMESTAMP, true),
          of("corrected_row", Kind.JSON, false),
          of("claimed_run_id", Kind.STRING, false),
          of("replayed_run_id", Kind.STRING, false));

  private DeadLetterTable() {}

  private static Column of(String name, Kind kind, boolean required) {
    return new Column(name, name, name, ColumnType.of(kind), required);
  }
}
