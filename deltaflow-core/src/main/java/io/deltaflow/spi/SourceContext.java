package io.deltaflow.spi;

/**
 * What the engine lends to a source while it may contact its system; on the launcher and on
 * workers.
 */
public interface SourceContext {
  /**
   * The secret's value.
   *
   * @throws io.deltaflow.spi.error.ConfigurationException when it is missing or access is denied,
   *     without the value
   */
  String secret(SecretRef reference);

  /**
   * Polled in long loops; when true the reader stops and throws {@link
   * java.util.concurrent.CancellationException}.
   */
  default boolean isCancelled() {
    return false;
  }
}
