package io.deltaflow.scenarios;

import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.SchemaDetector;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceConnector;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.UpperBound;
import io.deltaflow.spi.UpperBoundRequest;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.ServiceLoader;

/**
 * PostgreSQL with a bug that many have: the window ends at the present moment, whoever may still
 * commit rows below it.
 */
public final class UnsafeConnector implements SourceConnector {
  @Override
  public String name() {
    return "unsafe";
  }

  @Override
  public String description() {
    return "PostgreSQL, read up to now";
  }

  @Override
  public List<ConnectorOption<?>> options() {
    return postgres().options();
  }

  @Override
  public Source open(ConnectorConfig config) {
    return new UpToNow(postgres().open(config));
  }

  private static SourceConnector postgres() {
    return ServiceLoader.load(SourceConnector.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(c -> c.name().equals("postgresql"))
        .findFirst()
        .orElseThrow();
  }

  private record UpToNow(Source postgres) implements Source {
    @Override
    public UpperBound upperBound(UpperBoundRequest request, SourceContext context) {
      UpperBound safe = postgres.upperBound(request, context);
      if (safe.position().kind() != CursorKind.TIMESTAMP) {
        return safe;
      }
      return new UpperBound(
          CursorPosition.timestamp(Instant.now()),
          "now()",
          safe.deferredRows(),
          safe.nullRows(),
          safe.warnings());
    }

    @Override
    public String description() {
      return postgres.description();
    }

    @Override
    public String identity() {
      return postgres.identity();
    }

    @Override
    public SchemaDetector schemaDetector(SourceContext context) {
      return postgres.schemaDetector(context);
    }

    @Override
    public List<Split> split(ReadRequest request, SourceContext context) {
      return postgres.split(request, context);
    }

    @Override
    public RowReader open(Split split, ReadRequest request, SourceContext context)
        throws IOException {
      return postgres.open(split, request, context);
    }
  }
}
