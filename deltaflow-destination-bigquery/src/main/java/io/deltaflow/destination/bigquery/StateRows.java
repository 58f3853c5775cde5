package io.deltaflow.destination.bigquery;

import io.deltaflow.spi.error.DestinationException;
import java.util.List;
import java.util.Optional;

/**
 * The rows of the state table at one moment.
 *
 * @param all one for each sync
 */
record StateRows(List<StateRow> all, Tables tables) {
  /** A sync's row; empty when it has none yet. */
  Optional<StateRow> of(String syncId) {
    List<StateRow> own = all.stream().filter(r -> r.syncId().equals(syncId)).toList();
    if (own.size() > 1) {
      throw new DestinationException(
          "the state table "
              + tables.state()
              + " has "
              + own.size()
              + " rows for the sync '"
              + syncId
              + "' and must have one; delete those that do not have the highest epoch");
    }
    return own.stream().findFirst();
  }

  /** Which other syncs have published into the target. */
  List<String> otherSyncs(String syncId) {
    return all.stream()
        .filter(r -> r.epoch() > 0 && !r.syncId().equals(syncId))
        .map(StateRow::syncId)
        .toList();
  }

  /** Which other syncs go on from a watermark. */
  List<String> otherWatermarks(String syncId) {
    return all.stream()
        .filter(r -> !r.syncId().equals(syncId))
        .filter(r -> !Watermarks.parse(r.watermarks(), tables.state()).isEmpty())
        .map(StateRow::syncId)
        .toList();
  }

  /**
   * The target as readers will see it: the table that has yet to take its place, if a run left one.
   */
  TableName effectiveTarget() {
    return all.stream()
        .filter(r -> r.replacement() != null)
        .findFirst()
        .map(r -> TableName.parse(r.replacement()))
        .orElse(tables.target());
  }
}
