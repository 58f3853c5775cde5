package io.deltaflow.spi;

import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * What the engine lends to a source while it may contact its system; on the launcher and on
 * workers.
 */
public interface SourceContext {
  /**
   * The secret's value: as it was given, from the file, or from where secrets are stored, which is
   * contacted once a minute at most.
   *
   * @throws io.deltaflow.spi.error.ConfigurationException when it is missing or access is denied,
   *     without the value
   * @throws io.deltaflow.spi.error.SourceException when where it is stored does not answer
   */
  String secret(SecretRef reference);

  /**
   * The secret's value, if it is another by now than the one that the system refused: it is read
   * again where it is stored, past what is remembered. Call it once for a refused login.
   *
   * @return empty when it is the same, or stored nowhere
   */
  default Optional<String> changed(SecretRef reference, String refused) {
    return Optional.empty();
  }

  /**
   * The pipeline's options, for the endpoints and credentials of Google's services; empty outside a
   * pipeline.
   */
  default Optional<PipelineOptions> pipelineOptions() {
    return Optional.empty();
  }

  /**
   * Polled in long loops; when true the reader stops and throws {@link
   * java.util.concurrent.CancellationException}.
   */
  default boolean isCancelled() {
    return false;
  }
}
