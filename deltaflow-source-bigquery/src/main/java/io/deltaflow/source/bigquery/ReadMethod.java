package io.deltaflow.source.bigquery;

/** How rows leave BigQuery. */
enum ReadMethod {
  /** Streams of the Storage Read API. */
  DIRECT_READ,
  /** Avro files in Cloud Storage. */
  EXPORT
}
