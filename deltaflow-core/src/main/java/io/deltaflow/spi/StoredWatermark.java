package io.deltaflow.spi;

import java.io.Serializable;

/**
 * A watermark as it was last published.
 *
 * @param position the upper bound of the last published window: everything below it is in the
 *     destination
 * @param cursor the column it counts on
 * @param epoch how many times the sync has published
 */
public record StoredWatermark(CursorPosition position, String cursor, long epoch)
    implements Serializable {}
