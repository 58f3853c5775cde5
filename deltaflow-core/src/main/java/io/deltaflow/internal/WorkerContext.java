package io.deltaflow.internal;

import io.deltaflow.spi.SecretRef;
import io.deltaflow.spi.SourceContext;

/** Resolves secrets on a worker, from the run's secret file. */
record WorkerContext(SecretFile secrets) implements SourceContext {
  @Override
  public String secret(SecretRef reference) {
    return secrets.secret(reference.flag());
  }

  @Override
  public boolean isCancelled() {
    return Thread.currentThread().isInterrupted();
  }
}
