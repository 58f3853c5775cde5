package io.deltaflow.source.postgres;

import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import java.io.Serializable;

/** Names of options as the user types them, for messages. */
record Flags(String prefix) implements Serializable {
  static Flags of(ConnectorConfig config) {
    String host = config.flag(PostgresOptions.HOST);
    return new Flags(host.substring(0, host.length() - PostgresOptions.HOST.name().length()));
  }

  /** {@code --postgresql_host}. */
  String of(ConnectorOption<?> option) {
    return "--" + prefix + option.name();
  }
}
