package io.deltaflow.source.bigquery;

import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import java.io.Serializable;

/** Names of options as the user types them, for messages. */
record Flags(String prefix) implements Serializable {
  static Flags of(ConnectorConfig config) {
    String table = config.flag(BigQuerySourceOptions.TABLE);
    return new Flags(
        table.substring(0, table.length() - BigQuerySourceOptions.TABLE.name().length()));
  }

  /** {@code --source_bigquery_table}. */
  String of(ConnectorOption<?> option) {
    return "--" + prefix + option.name();
  }
}
