package io.deltaflow.source.bigquery;

import com.google.auto.service.AutoService;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceConnector;
import java.util.List;

/**
 * BigQuery: tables, views and queries, of any project that the run's account may read. {@code
 * query} when it is given, else {@code table}.
 */
@AutoService(SourceConnector.class)
public final class BigQueryConnector implements SourceConnector {
  @Override
  public String name() {
    return "bigquery";
  }

  @Override
  public String flagPrefix() {
    return "source_bigquery";
  }

  @Override
  public String description() {
    return "Tables, views and GoogleSQL queries of BigQuery";
  }

  @Override
  public List<ConnectorOption<?>> options() {
    return BigQuerySourceOptions.all();
  }

  @Override
  public Source open(ConnectorConfig config) {
    return BigQuerySource.of(config);
  }
}
