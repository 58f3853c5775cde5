package io.deltaflow.source.postgres;

import io.deltaflow.spi.SecretRef;
import io.deltaflow.spi.SourceContext;

/** Resolves the passwords of {@link TestConfig}. */
final class TestContext implements SourceContext {
  volatile boolean cancelled;

  @Override
  public String secret(SecretRef reference) {
    return ((TestConfig.Password) reference).value();
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }
}
