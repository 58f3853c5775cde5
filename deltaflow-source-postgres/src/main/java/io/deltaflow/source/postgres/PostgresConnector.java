package io.deltaflow.source.postgres;

import com.google.auto.service.AutoService;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceConnector;
import java.util.List;

/**
 * PostgreSQL 14 and later: tables, views and queries, read with binary COPY.
 *
 * <p>What to read: with a window, {@code base_query} when it is given; else {@code query}; else
 * {@code table}.
 */
@AutoService(SourceConnector.class)
public final class PostgresConnector implements SourceConnector {
  @Override
  public String name() {
    return "postgresql";
  }

  @Override
  public String description() {
    return "Tables, views and queries of a PostgreSQL database";
  }

  @Override
  public List<ConnectorOption<?>> options() {
    return PostgresOptions.all();
  }

  @Override
  public Source open(ConnectorConfig config) {
    return PostgresSource.of(config);
  }
}
