package io.deltaflow.destination;

import io.deltaflow.spi.ServerSideRead;

/**
 * What is known of a run's rows before any is read.
 *
 * @param none whether there can be none, since every window is empty
 * @param moved by which the destination moves them itself, so that there are no load files; null
 *     when it does not
 * @param bytes of them, about, as the source keeps them; negative when not known
 */
public record ExpectedRows(boolean none, ServerSideRead moved, long bytes) {}
