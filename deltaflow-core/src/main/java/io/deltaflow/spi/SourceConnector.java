package io.deltaflow.spi;

import java.util.List;

/**
 * One kind of source. Found with {@link java.util.ServiceLoader} on the launcher; needs a public
 * no-argument constructor; stateless.
 */
public interface SourceConnector {
  /**
   * A value of {@code data_source}, stable for ever: lower-case letters, digits and underscores.
   */
  String name();

  /**
   * What precedes an option's name in a flat flag: {@code postgresql} makes {@code postgresql_host}
   * of {@code host}.
   */
  default String flagPrefix() {
    return name();
  }

  /** One line for {@code deltaflow connectors} and the documentation. */
  String description();

  /** Every option the connector understands; others are refused before {@link #open}. */
  List<ConnectorOption<?>> options();

  /**
   * The source that a configuration describes. Called once per run, on the launcher; validates what
   * can be validated without contacting anything.
   *
   * @throws io.deltaflow.spi.error.ConfigurationException with every problem found
   */
  Source open(ConnectorConfig config);
}
