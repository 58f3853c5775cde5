package io.deltaflow;

import io.deltaflow.internal.LauncherContext;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceConnector;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One connector with its options, checked; on the launcher. Holds the secrets that were given. */
public final class ConfiguredSource {
  private final Source source;
  private final Map<String, String> secrets;

  private ConfiguredSource(Source source, Map<String, String> secrets) {
    this.source = source;
    this.secrets = Map.copyOf(secrets);
  }

  /**
   * Checks the options and opens the connector; contacts nothing.
   *
   * @param options by name without prefix
   * @throws ConfigurationException with every problem at once
   */
  public static ConfiguredSource of(SourceConnector connector, Map<String, String> options) {
    List<String> problems = new ArrayList<>();
    List<String> known = connector.options().stream().map(o -> o.name()).toList();
    Map<String, String> texts = new LinkedHashMap<>();
    options.forEach(
        (option, text) -> {
          if (!known.contains(option)) {
            problems.add(
                "the connector '"
                    + connector.name()
                    + "' has no option '"
                    + option
                    + "'"
                    + NearNames.hint(option, known));
          }
          texts.put(connector.flagPrefix() + "_" + option, text);
        });
    ParsedConfig config =
        ParsedConfig.parse(connector.flagPrefix(), connector.options(), texts, problems);
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new ConfiguredSource(connector.open(config), config.secretsByFlag());
  }

  public Source source() {
    return source;
  }

  /** For calls of the source from this process. */
  public SourceContext context() {
    return LauncherContext.of(secrets);
  }

  Map<String, String> secrets() {
    return secrets;
  }

  @Override
  public String toString() {
    return source.description();
  }
}
