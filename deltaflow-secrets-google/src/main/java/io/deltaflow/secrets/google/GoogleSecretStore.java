package io.deltaflow.secrets.google;

import com.google.auto.service.AutoService;
import io.deltaflow.spi.SecretStore;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Google Secret Manager, with the pipeline's credentials. Loads no class of Google's before a
 * secret is read.
 */
@AutoService(SecretStore.class)
public final class GoogleSecretStore implements SecretStore {
  @Override
  public byte[] read(String flag, String name, Optional<PipelineOptions> options) {
    return new SecretRequest(flag, name).send(options);
  }
}
