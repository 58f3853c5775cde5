package io.deltaflow.destination;

import java.io.Serializable;

/**
 * One row that the destination itself refuses.
 *
 * @param file that it was to be loaded from
 * @param row which of that file, from 0
 * @param alone a file of this row only
 * @param field the source's name of the column whose value it refuses; null when it does not say
 * @param reason in the destination's own words
 */
public record RefusedRow(LoadFile file, long row, LoadFile alone, String field, String reason)
    implements Serializable {}
