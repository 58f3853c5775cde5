package io.deltaflow.destination;

import java.io.Serializable;

/**
 * One atomic commit: expected epoch and windows are the plan's, rows are staging's.
 *
 * @param rowsRead from all sources
 * @param rowsDeadLettered kept out of the target
 */
public record Publication(RunPlan plan, Staging staging, long rowsRead, long rowsDeadLettered)
    implements Serializable {}
