package io.deltaflow.internal;

import io.deltaflow.internal.GivenSecret.Place;
import io.deltaflow.spi.SecretRef;
import io.deltaflow.spi.SourceContext;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;

/** Resolves secrets on a worker: from Secret Manager, or from the run's secret file. */
record WorkerContext(SecretFile secrets, PipelineOptions options) implements SourceContext {
  @Override
  public Optional<PipelineOptions> pipelineOptions() {
    return Optional.ofNullable(options);
  }

  @Override
  public String secret(SecretRef reference) {
    return reference instanceof GivenSecret given && given.place() == Place.SECRET_MANAGER
        ? StoredSecrets.value(given, pipelineOptions())
        : secrets.secret(reference.flag());
  }

  @Override
  public Optional<String> changed(SecretRef reference, String refused) {
    return StoredSecrets.changed(reference, refused, pipelineOptions());
  }

  @Override
  public boolean isCancelled() {
    return Thread.currentThread().isInterrupted();
  }
}
