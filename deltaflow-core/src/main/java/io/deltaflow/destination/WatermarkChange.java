package io.deltaflow.destination;

import io.deltaflow.LedgerEntry.Outcome;
import java.time.Instant;
import java.util.List;

/**
 * A change of a sync's watermarks that the user asked for, outside of any run.
 *
 * @param id letters, digits and underscores; part of the job id, and the ledger's {@code run_id}
 * @param epoch of the state that the decision was made from
 * @param outcome {@code RESET} removes all watermarks, {@code ADOPTED} sets those of the sources
 * @param sources the ends of their windows are the new watermarks; empty for {@code RESET}
 * @param detail for the ledger
 * @param started by the launcher's clock
 */
public record WatermarkChange(
    String id,
    String syncId,
    long epoch,
    Outcome outcome,
    List<SourceProgress> sources,
    String detail,
    Instant started) {
  public WatermarkChange {
    sources = List.copyOf(sources);
  }
}
