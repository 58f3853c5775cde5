package io.deltaflow.internal;

import io.deltaflow.spi.SecretRef;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;

/** Resolves secrets on the launcher, from what was given there. */
public final class LauncherContext implements SourceContext {
  private final Map<String, String> secretsByFlag;
  private final PipelineOptions options;

  private LauncherContext(Map<String, String> secretsByFlag, PipelineOptions options) {
    this.secretsByFlag = secretsByFlag;
    this.options = options;
  }

  /** Outside a pipeline. */
  public static SourceContext of(Map<String, String> secretsByFlag) {
    return new LauncherContext(Map.copyOf(secretsByFlag), null);
  }

  static SourceContext of(Map<String, String> secretsByFlag, PipelineOptions options) {
    return new LauncherContext(Map.copyOf(secretsByFlag), options);
  }

  @Override
  public Optional<PipelineOptions> pipelineOptions() {
    return Optional.ofNullable(options);
  }

  @Override
  public String secret(SecretRef reference) {
    String value = secretsByFlag.get(reference.flag());
    if (value == null) {
      throw new ConfigurationException("--" + reference.flag() + " has no value in this run");
    }
    return value;
  }
}
