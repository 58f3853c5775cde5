package io.deltaflow.source.mongo;

/** What documents and arrays within a document become. */
enum Nested {
  /** Relaxed Extended JSON. */
  JSON,
  /**
   * A record for a document, a repeated field for an array whose elements are of one type and never
   * null; JSON for any other.
   */
  STRUCT
}
