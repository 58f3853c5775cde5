package io.deltaflow.internal;

import io.deltaflow.spi.SecretRef;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.Map;
import java.util.function.Function;

/** Resolves secrets: on the launcher from what was given, on workers from the run's secret file. */
record WorkerContext(Function<String, String> secrets) implements SourceContext {
  static WorkerContext onLauncher(Map<String, String> secretsByFlag) {
    return new WorkerContext(
        flag -> {
          String value = secretsByFlag.get(flag);
          if (value == null) {
            throw new ConfigurationException("--" + flag + " has no value in this run");
          }
          return value;
        });
  }

  static WorkerContext onWorker(SecretFile file) {
    return new WorkerContext(file::secret);
  }

  @Override
  public String secret(SecretRef reference) {
    return secrets.apply(reference.flag());
  }

  @Override
  public boolean isCancelled() {
    return Thread.currentThread().isInterrupted();
  }

  @Override
  public String toString() {
    return "WorkerContext";
  }
}
