package io.deltaflow.testing;

import com.google.auto.service.AutoService;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceConnector;
import java.util.List;

/**
 * The connector {@code values}: rows from this JVM's memory, so that an engine can be tested alone.
 */
@AutoService(SourceConnector.class)
public final class ValuesConnector implements SourceConnector {
  static final ConnectorOption<String> TABLE =
      ConnectorOption.string("table", "The name of a ValuesTable in this JVM.").withRequired();
  static final ConnectorOption<Long> SPLIT_ROWS =
      ConnectorOption.integer("split_rows", "Rows in each split.").withDefault(3L);
  static final ConnectorOption<String> PASSWORD =
      ConnectorOption.string(
              "password", "Must be 'opens' when it is given; shows how secrets travel.")
          .withSecret();

  @Override
  public String name() {
    return "values";
  }

  @Override
  public String description() {
    return "Rows in this JVM's memory, for tests";
  }

  @Override
  public List<ConnectorOption<?>> options() {
    return List.of(TABLE, SPLIT_ROWS, PASSWORD);
  }

  @Override
  public Source open(ConnectorConfig config) {
    return new ValuesSource(
        config.get(TABLE),
        Math.toIntExact(config.get(SPLIT_ROWS)),
        config.secret(PASSWORD).orElse(null));
  }
}
