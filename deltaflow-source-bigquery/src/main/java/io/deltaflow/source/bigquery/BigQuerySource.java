package io.deltaflow.source.bigquery;

import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.FieldRange;
import io.deltaflow.spi.ReadForecast;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RequiredAccess;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.SchemaDetector;
import io.deltaflow.spi.ServerSideRead;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.UpperBound;
import io.deltaflow.spi.UpperBoundRequest;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One table, view or query. */
record BigQuerySource(Target target, Settings settings) implements Source {

  static BigQuerySource of(ConnectorConfig config) {
    return new BigQuerySource(Target.of(config), Settings.of(config));
  }

  @Override
  public String description() {
    return "bigquery " + target.description();
  }

  @Override
  public String identity() {
    return target.identity();
  }

  @Override
  public SchemaDetector schemaDetector(SourceContext context) {
    return new BigQuerySchemaDetector(this, context);
  }

  @Override
  public UpperBound upperBound(UpperBoundRequest request, SourceContext context) {
    return new UpperBoundFinder(this, request, context).find();
  }

  @Override
  public Optional<FieldRange> range(String field, ReadRequest request, SourceContext context) {
    return new FieldTimes(this, field, request, context).range();
  }

  @Override
  public OptionalLong countDistinct(
      String field, ChronoUnit unit, ReadRequest request, SourceContext context) {
    return new FieldTimes(this, field, request, context).countDistinct(unit);
  }

  @Override
  public Optional<ServerSideRead> serverSide(ReadRequest request, SourceContext context) {
    return settings.serverSide()
        ? Optional.of(new SplitPlanner(this, request, context).query())
        : Optional.empty();
  }

  @Override
  public List<Split> split(ReadRequest request, SourceContext context) {
    return new SplitPlanner(this, request, context).plan();
  }

  @Override
  public ReadForecast forecast(ReadRequest request, SourceContext context) {
    return new SplitPlanner(this, request, context).forecast();
  }

  @Override
  public List<RequiredAccess> requiredAccess(SourceContext context) {
    return SourceAccess.of(this, context);
  }

  @Override
  public RowReader open(Split split, ReadRequest request, SourceContext context)
      throws IOException {
    SplitSpec spec = SplitSpec.parse(split);
    AvroBlocks blocks =
        spec.isFile()
            ? ExportedFile.open(spec.file(), target)
            : new StreamBlocks(StorageClients.get(settings, context), spec.stream(), this, context);
    return new AvroRowReader(blocks, request.schema());
  }
}
