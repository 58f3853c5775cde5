package io.deltaflow.source.mongo;

import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import java.io.Serializable;

/** Names of options as the user types them, for messages. */
record Flags(String prefix) implements Serializable {
  static Flags of(ConnectorConfig config) {
    String host = config.flag(MongoOptions.HOST);
    return new Flags(host.substring(0, host.length() - MongoOptions.HOST.name().length()));
  }

  /** {@code --mongodb_host}. */
  String of(ConnectorOption<?> option) {
    return "--" + prefix + option.name();
  }
}
