package io.deltaflow.spi;

/**
 * Finds a source's schema; may contact the source. Used on the launcher, and once more on a worker
 * before the commit when the schema {@link #isDeclared}.
 */
public interface SchemaDetector {
  /**
   * The same source state gives the same answer.
   *
   * @throws io.deltaflow.spi.error.DeltaFlowException typed by who can act; never an empty schema
   */
  DetectedSchema detect();

  /**
   * Whether the source declares its schema, as a database's catalog does, so that it changes only
   * when somebody alters it. A run then fails, and publishes nothing, when names, types or the
   * order of the fields are others after it was read. A detector that infers the schema from rows
   * answers false.
   */
  default boolean isDeclared() {
    return true;
  }
}
