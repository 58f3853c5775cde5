package io.deltaflow.source.postgres;

import io.deltaflow.spi.ConnectorConfig;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/** How the connector's options say to find the end of a window. */
record HorizonSettings(Duration transactionWait, List<String> ignoredApplications)
    implements Serializable {
  static HorizonSettings of(ConnectorConfig config) {
    return new HorizonSettings(
        config.get(PostgresOptions.OPEN_TRANSACTION_WAIT),
        List.copyOf(config.find(PostgresOptions.IGNORE_APPLICATIONS).orElse(List.of())));
  }
}
