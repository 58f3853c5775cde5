package io.deltaflow.spi;

/** The unit in which a cursor column counts. */
public enum CursorKind {
  /** An instant; microseconds since 1970-01-01T00:00:00Z. */
  TIMESTAMP,
  /** A local date and time; microseconds since 1970-01-01T00:00:00. */
  DATETIME,
  /** A date; days since 1970-01-01. */
  DATE,
  /** A whole number. */
  INTEGER
}
