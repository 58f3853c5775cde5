package io.deltaflow.source.mongo;

/** Which documents the schema is inferred from. */
enum SchemaMode {
  /** Some, drawn at random, and the newest. */
  SAMPLE,
  /** All. */
  CENSUS
}
