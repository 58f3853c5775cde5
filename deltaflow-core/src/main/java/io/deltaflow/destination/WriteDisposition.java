package io.deltaflow.destination;

/** What happens to the rows that the target holds. */
public enum WriteDisposition {
  /** New rows are added. */
  WRITE_APPEND,
  /** The new rows replace all others, atomically. */
  WRITE_TRUNCATE,
  /** Fails unless the target is empty at the moment of the commit. */
  WRITE_EMPTY,
  /** Rows replace those with the same merge keys; others are added. */
  WRITE_MERGE
}
