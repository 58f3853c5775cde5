package io.deltaflow.benchmarks;

import io.deltaflow.destination.Destination;
import io.deltaflow.destination.DestinationProvider;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import java.util.List;

/** For measuring runs without what comes after their load files. Not registered. */
final class FilesDestinationProvider implements DestinationProvider {
  static final ConnectorOption<String> FOLDER =
      ConnectorOption.string("folder", "A local folder that gets the load files.").withRequired();

  @Override
  public String name() {
    return "files";
  }

  @Override
  public String flagPrefix() {
    return "destination_files";
  }

  @Override
  public List<ConnectorOption<?>> options() {
    return List.of(FOLDER);
  }

  @Override
  public Destination open(ConnectorConfig config) {
    return new FilesDestination(config.get(FOLDER));
  }
}
