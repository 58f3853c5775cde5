package io.deltaflow.source.mongo;

import com.google.auto.service.AutoService;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceConnector;
import java.util.List;

/**
 * MongoDB: one collection, with a filter and a projection where they are given. The schema is
 * inferred from documents.
 */
@AutoService(SourceConnector.class)
public final class MongoConnector implements SourceConnector {
  @Override
  public String name() {
    return "mongodb";
  }

  @Override
  public String description() {
    return "Collections of a MongoDB database";
  }

  @Override
  public List<ConnectorOption<?>> options() {
    return MongoOptions.all();
  }

  @Override
  public Source open(ConnectorConfig config) {
    return MongoSource.of(config);
  }
}
