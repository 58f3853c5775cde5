package io.deltaflow.destination;

/**
 * What is known of a run's rows before any is read.
 *
 * @param none whether there can be none, since every window is empty
 * @param serverSide whether the destination moves them itself, so that there are no load files
 * @param bytes of them, about, as the source keeps them; negative when not known
 */
public record ExpectedRows(boolean none, boolean serverSide, long bytes) {}
