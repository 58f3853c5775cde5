package io.deltaflow.destination;

import java.util.Optional;

/**
 * Which dead letters a run is to publish.
 *
 * @param runId the run that publishes them
 * @param syncId whose rows they are
 * @param onlyRun the run that kept them out; empty for all that have published
 * @param uncorrected whether those are wanted too that nobody has corrected
 */
public record DeadLetterClaim(
    String runId, String syncId, Optional<String> onlyRun, boolean uncorrected) {}
