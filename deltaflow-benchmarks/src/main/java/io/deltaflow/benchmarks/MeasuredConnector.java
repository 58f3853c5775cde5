package io.deltaflow.benchmarks;

import io.deltaflow.source.postgres.PostgresConnector;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceConnector;
import java.util.List;

/** The connector for PostgreSQL, which notes when its first split is opened. Not registered. */
final class MeasuredConnector implements SourceConnector {
  private final PostgresConnector postgres = new PostgresConnector();

  @Override
  public String name() {
    return postgres.name();
  }

  @Override
  public String description() {
    return postgres.description();
  }

  @Override
  public List<ConnectorOption<?>> options() {
    return postgres.options();
  }

  @Override
  public Source open(ConnectorConfig config) {
    return new MeasuredSource(postgres.open(config));
  }
}
