package io.deltaflow.internal;

import io.deltaflow.SyncOptions;
import io.deltaflow.destination.Destination;
import io.deltaflow.destination.TargetState;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Where the window of a sync without a watermark begins: at the beginning, at the fallback, or
 * where rows that another system wrote end.
 */
record FirstWindow(
    ConnectorConfig options,
    Destination destination,
    PipelineOptions pipeline,
    String cursor,
    boolean several) {
  private static final String TAKEN_OVER =
      "the table is taken over: after the largest cursor that it has";

  /**
   * The window's edges.
   *
   * @param lo null from the beginning
   * @param origin why it begins there, for people
   */
  record Edges(CursorPosition lo, CursorPosition hi, String origin) {}

  /**
   * Chooses the edges.
   *
   * @param bound the source's safe end
   * @param warnings takes what the user should know
   */
  Edges find(TargetState state, CursorPosition bound, List<String> warnings) {
    boolean replacing = options.get(SyncOptions.DELETE_EXISTING_TABLE);
    if (!state.hasRows() || replacing) {
      return new Edges(
          history(bound),
          bound,
          replacing ? "the table is loaded anew" : "the table has no rows" + limit());
    }
    boolean merging = options.get(SyncOptions.WRITE_DISPOSITION) == WriteDisposition.WRITE_MERGE;
    // Rows of unsafe or of other windows: their largest cursor says nothing about what is missing
    // below it.
    if (state.stateExists() || state.otherSyncs() || several) {
      if (!merging) {
        throw new ConfigurationException(unknownRows(state));
      }
      warnings.add(
          "the destination has rows of runs that left no watermark for this sync: all of history is"
              + " read this once, and merged");
      return new Edges(
          null, bound, "the table has rows and no watermark: all of history is merged");
    }
    return adopt(state, bound, merging, warnings);
  }

  private CursorPosition history(CursorPosition bound) {
    return options.get(SyncOptions.SYNC_ALL_ON_EMPTY_TABLE)
        ? null
        : CursorUnits.before(bound, fallback(), cursor);
  }

  private String limit() {
    return options.get(SyncOptions.SYNC_ALL_ON_EMPTY_TABLE)
        ? ""
        : ", and --sync_all_on_empty_table=false reads the last "
            + DurationText.of(fallback())
            + " only";
  }

  private java.time.Duration fallback() {
    return options
        .find(SyncOptions.SMART_SYNC_FALLBACK_HOURS)
        .map(java.time.Duration::ofHours)
        .orElseGet(() -> java.time.Duration.ofDays(options.get(SyncOptions.FALLBACK_DAYS)));
  }

  private String unknownRows(TargetState state) {
    return destination.description()
        + " has rows "
        + (several && !state.stateExists() && !state.otherSyncs()
            ? "of which nothing tells the source"
            : state.stateExists()
                ? "that this sync wrote without Smart Sync, or before it was reset"
                : "of another sync (another --sync_id, source or query, or one whose state was"
                    + " deleted)")
        + ", so which rows of the source are missing cannot be told, and appending could double"
        + " some; use --write_disposition=WRITE_MERGE, which reads everything once, or"
        + " --delete_existing_table=true to load the table anew, or, when you know up to where it"
        + " is complete, ./deltaflow adopt with the same flags";
  }

  /** Takes over a table that DeltaFlow never wrote, as the original system went on with its own. */
  private Edges adopt(
      TargetState state, CursorPosition bound, boolean merging, List<String> warnings) {
    Optional<CursorPosition> maximum = destination.maximum(cursor, bound.kind(), pipeline);
    if (maximum.isEmpty()) {
      return new Edges(
          history(bound), bound, "every " + cursor + " of the table is NULL" + limit());
    }
    CursorPosition next = maximum.get().plus(1);
    if (next.compareTo(bound) <= 0) {
      warnings.add(
          "the destination has rows and no watermark: it is taken over, and rows after its largest "
              + cursor
              + ", "
              + maximum.get()
              + ", are read");
      return new Edges(
          CursorUnits.before(next, options.get(SyncOptions.SMART_SYNC_OVERLAP), cursor),
          bound,
          TAKEN_OVER);
    }
    if (!merging) {
      throw new ConfigurationException(
          destination.description()
              + " has rows up to "
              + maximum.get()
              + ", which is not below the safe end of this run's window, "
              + bound
              + ", so that appending would double some; wait until the source is past it, correct"
              + " rows that are stamped in the future, or use --write_disposition=WRITE_MERGE");
    }
    warnings.add(
        "the destination has rows and no watermark: it is taken over; rows from "
            + bound
            + " on are read in later runs");
    return new Edges(bound, bound, TAKEN_OVER);
  }
}
