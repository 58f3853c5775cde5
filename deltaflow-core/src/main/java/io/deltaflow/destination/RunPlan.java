package io.deltaflow.destination;

import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All that was decided on the launcher; the same for every attempt of the run.
 *
 * @param runId letters, digits and underscores; part of every job id and staging name
 * @param tempPath the run's own folder, ending in a slash
 * @param started by the launcher's clock, for the ledger only
 * @param epoch of the state that the plan was made from
 * @param mergeKeys the source's field names
 * @param cursor field whose newer value wins a merge; null without one
 * @param replayed how many dead letters the run publishes, all of which it has claimed; 0 when it
 *     reads its sources
 * @param letters for rows that do not fit; null when the first of them fails the run
 * @param maxRetries tries of an operation that failed for a passing reason
 */
public record RunPlan(
    String runId,
    String syncId,
    String tempPath,
    Instant started,
    long epoch,
    List<SourceProgress> sources,
    WriteDisposition writeDisposition,
    List<String> mergeKeys,
    String cursor,
    boolean allowEmpty,
    long replayed,
    DeadLetterPlan letters,
    int maxRetries,
    TargetPlan target)
    implements Serializable {
  public Optional<DeadLetterPlan> deadLetters() {
    return Optional.ofNullable(letters);
  }
}
