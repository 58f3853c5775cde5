package io.deltaflow.destination.bigquery;

import com.google.auto.service.AutoService;
import io.deltaflow.destination.Destination;
import io.deltaflow.destination.DestinationProvider;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import io.deltaflow.spi.error.ConfigurationException;
import java.time.Duration;
import java.util.List;

/** Writes to one BigQuery table. */
@AutoService(DestinationProvider.class)
public final class BigQueryDestinationProvider implements DestinationProvider {
  private static final Duration LEAST_EXPIRY = Duration.ofHours(1);

  @Override
  public String name() {
    return "bigquery";
  }

  @Override
  public String flagPrefix() {
    return "destination_bigquery";
  }

  @Override
  public List<ConnectorOption<?>> options() {
    return BigQueryDestinationOptions.all();
  }

  @Override
  public Destination open(ConnectorConfig config) {
    TableName target =
        new TableName(
            config.get(BigQueryDestinationOptions.PROJECT),
            config.get(BigQueryDestinationOptions.DATASET),
            config.get(BigQueryDestinationOptions.TABLE));
    Duration expiry = config.get(BigQueryDestinationOptions.STAGING_EXPIRY);
    if (expiry.compareTo(LEAST_EXPIRY) < 0) {
      throw new ConfigurationException(
          "--"
              + config.flag(BigQueryDestinationOptions.STAGING_EXPIRY)
              + ": "
              + expiry.toSeconds()
              + "s is too short, staging tables would vanish during a run; give at least 1h");
    }
    String stateDataset =
        config.find(BigQueryDestinationOptions.STATE_DATASET).orElse(target.dataset());
    return new BigQueryDestination(new Tables(target, stateDataset), expiry);
  }
}
