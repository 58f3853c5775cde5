package io.deltaflow.destination;

import java.util.Map;

/**
 * What a run finds at the destination.
 *
 * @param exists whether the target table exists
 * @param hasRows whether it holds rows
 * @param stateExists whether this sync has published into it before
 * @param otherSyncs whether another sync has published into it, or one whose state was deleted
 * @param epoch how many times this sync has published; 0 at first
 * @param watermarks by source identity
 */
public record TargetState(
    boolean exists,
    boolean hasRows,
    boolean stateExists,
    boolean otherSyncs,
    long epoch,
    Map<String, StoredWatermark> watermarks) {}
