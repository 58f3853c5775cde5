package io.deltaflow.destination.bigquery;

import com.google.auto.service.AutoService;
import io.deltaflow.destination.Destination;
import io.deltaflow.destination.DestinationProvider;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import io.deltaflow.spi.error.ConfigurationException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Writes to one BigQuery table. */
@AutoService(DestinationProvider.class)
public final class BigQueryDestinationProvider implements DestinationProvider {
  private static final Duration LEAST_EXPIRY = Duration.ofHours(1);
  private static final long LEAST_BYTES = 100 * 1024 * 1024;

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
    Optional<Long> bytes = config.find(BigQueryDestinationOptions.MAXIMUM_BYTES_BILLED);
    if (bytes.isPresent() && bytes.get() < LEAST_BYTES) {
      throw new ConfigurationException(
          "--"
              + config.flag(BigQueryDestinationOptions.MAXIMUM_BYTES_BILLED)
              + ": "
              + bytes.get()
              + " is too little, since BigQuery bills 10 MB or more for every table that a"
              + " statement reads; give at least "
              + LEAST_BYTES);
    }
    String stateDataset =
        config.find(BigQueryDestinationOptions.STATE_DATASET).orElse(target.dataset());
    return new BigQueryDestination(
        new Tables(target, stateDataset),
        new Settings(
            expiry,
            bytes.orElse(null),
            config.get(BigQueryDestinationOptions.PARTITION_FIELD_IMMUTABLE)));
  }
}
