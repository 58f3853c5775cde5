package io.deltaflow.internal;

import io.deltaflow.spi.SecretRef;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.Map;

/** Resolves secrets on the launcher, from what was given there. */
public final class LauncherContext implements SourceContext {
  private final Map<String, String> secretsByFlag;

  private LauncherContext(Map<String, String> secretsByFlag) {
    this.secretsByFlag = secretsByFlag;
  }

  public static SourceContext of(Map<String, String> secretsByFlag) {
    return new LauncherContext(Map.copyOf(secretsByFlag));
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
