package io.deltaflow.destination;

import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import java.util.List;

/**
 * One kind of destination; found with {@link java.util.ServiceLoader} on the launcher; stateless.
 */
public interface DestinationProvider {
  String name();

  /** What precedes an option's name in a flat flag, such as {@code destination_bigquery}. */
  String flagPrefix();

  List<ConnectorOption<?>> options();

  /** Validates; contacts nothing. */
  Destination open(ConnectorConfig config);
}
