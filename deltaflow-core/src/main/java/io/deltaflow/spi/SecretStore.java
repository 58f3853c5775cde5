package io.deltaflow.spi;

import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Reads secrets that were given by name. Found with {@link java.util.ServiceLoader} on the launcher
 * and on workers when the first such secret is needed; needs a public no-argument constructor;
 * stateless. The engine keeps values for a minute.
 */
public interface SecretStore {
  /**
   * The secret's value, as it is stored.
   *
   * @param flag the option that it was given for, for messages
   * @param name {@code projects/P/secrets/S/versions/V} or {@code
   *     projects/P/locations/L/secrets/S/versions/V}, checked
   * @param options the pipeline's, for credentials; empty outside a pipeline
   * @throws io.deltaflow.spi.error.ConfigurationException when it is missing or access is denied,
   *     with flag and name
   * @throws io.deltaflow.spi.error.SourceException when the service does not answer
   */
  byte[] read(String flag, String name, Optional<PipelineOptions> options);
}
