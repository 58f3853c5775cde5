package io.deltaflow.destination.bigquery;

import io.deltaflow.OptionCatalog;
import io.deltaflow.destination.DestinationProvider;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceConnector;
import io.deltaflow.testing.ValuesConnector;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** The connector {@code values} twice, as {@code shop} and as {@code web}. */
final class TwoSystems {
  private TwoSystems() {}

  static OptionCatalog catalog() {
    ValuesConnector values = new ValuesConnector();
    return OptionCatalog.of(
        List.of(new Named("shop", values), new Named("web", values)),
        ServiceLoader.load(DestinationProvider.class),
        Map.of());
  }

  private record Named(String name, SourceConnector connector) implements SourceConnector {
    @Override
    public String description() {
      return connector.description();
    }

    @Override
    public List<ConnectorOption<?>> options() {
      return connector.options();
    }

    @Override
    public Source open(ConnectorConfig config) {
      return connector.open(config);
    }
  }
}
