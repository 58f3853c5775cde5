package io.deltaflow.internal;

/**
 * What a run publishes instead of what its sources hold.
 *
 * @param letters how many, all claimed
 */
record ReplayOf(RunLayout layout, String syncId, long letters) {}
