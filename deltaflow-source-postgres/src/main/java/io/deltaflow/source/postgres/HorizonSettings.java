package io.deltaflow.source.postgres;

import io.deltaflow.spi.ConnectorConfig;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * How to find the end of a window.
 *
 * @param lag null when not given
 */
record HorizonSettings(Duration lag, Duration maxHold, Duration transactionWait, List<String> ignoredApplications)
    implements Serializable {
  static HorizonSettings of(ConnectorConfig config) {
    return new HorizonSettings(
        config.find(PostgresOptions.LAG).orElse(null),
        config.get(PostgresOptions.MAX_HOLD),
        config.get(PostgresOptions.OPEN_TRANSACTION_WAIT),
        List.copyOf(config.find(PostgresOptions.IGNORE_APPLICATIONS).orElse(List.of())));
  }
}
