package io.deltaflow.destination;

import java.io.Serializable;

/**
 * What the commit did.
 *
 * @param epoch the new one
 * @param staged rows that it published from staging
 * @param deadLettered rows that were kept out of it
 * @param bytesProcessed of the whole commit, as the destination bills it
 * @param bytesLookup of them for finding where the rows to merge are now
 * @param bytesMerge of them for merging
 * @param repeated whether an earlier attempt of this run had committed, and this is its outcome
 */
public record PublishOutcome(
    long epoch,
    long staged,
    long deadLettered,
    long inserted,
    long updated,
    long deleted,
    long bytesProcessed,
    long bytesLookup,
    long bytesMerge,
    boolean repeated)
    implements Serializable {}
