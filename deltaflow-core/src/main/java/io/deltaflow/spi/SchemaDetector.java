package io.deltaflow.spi;

/** Finds a source's schema; launcher; may contact the source. */
public interface SchemaDetector {
  /**
   * The same source state gives the same answer.
   *
   * @throws io.deltaflow.spi.error.DeltaFlowException typed by who can act; never an empty schema
   */
  DetectedSchema detect();
}
