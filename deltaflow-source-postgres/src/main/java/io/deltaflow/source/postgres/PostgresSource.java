package io.deltaflow.source.postgres;

import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.FieldRange;
import io.deltaflow.spi.ReadForecast;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RequiredAccess;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.SchemaDetector;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.UpperBound;
import io.deltaflow.spi.UpperBoundRequest;
import io.deltaflow.spi.error.ConfigurationException;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One table or query of a database.
 *
 * @param splitColumn null leaves it to the primary key
 * @param timeZone of {@code timestamp} values; null leaves them local
 */
record PostgresSource(
    ConnectionSettings settings,
    Targets targets,
    String splitColumn,
    String timeZone,
    ReadMethod method,
    HorizonSettings horizon)
    implements Source {

  static PostgresSource of(ConnectorConfig config) {
    ConnectionSettings settings = ConnectionSettings.of(config);
    String timeZone = config.find(PostgresOptions.SOURCE_TIMEZONE).orElse(null);
    if (timeZone != null && !ZoneId.getAvailableZoneIds().contains(timeZone)) {
      throw new ConfigurationException(
          settings.flags().of(PostgresOptions.SOURCE_TIMEZONE)
              + ": '"
              + timeZone
              + "' is not a time zone; expected a name such as Europe/Berlin or UTC");
    }
    return new PostgresSource(
        settings,
        Targets.of(config, settings.flags()),
        config.find(PostgresOptions.SPLIT_COLUMN).orElse(null),
        timeZone,
        config.get(PostgresOptions.READ_METHOD),
        HorizonSettings.of(config));
  }

  @Override
  public String description() {
    return "postgresql " + targets.description();
  }

  @Override
  public String identity() {
    return identity(targets.identity());
  }

  /** What is read, within the database. */
  String identity(String what) {
    return "postgresql:" + settings.database() + "/" + what;
  }

  @Override
  public SchemaDetector schemaDetector(SourceContext context) {
    return new PostgresSchemaDetector(this, context);
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
  public List<Split> split(ReadRequest request, SourceContext context) {
    return new SplitPlanner(this, request, context).plan();
  }

  @Override
  public ReadForecast forecast(ReadRequest request, SourceContext context) {
    List<Split> splits = split(request, context);
    return ReadForecast.of(splits, SplitSpec.cut(splits));
  }

  @Override
  public OptionalInt connectionsPerWorker() {
    return OptionalInt.of(settings.maxConnections());
  }

  @Override
  public List<RequiredAccess> requiredAccess(SourceContext context) {
    return List.of(
        new RequiredAccess("SELECT", description(), "to read as the role " + settings.username()));
  }

  @Override
  public RowReader open(Split split, ReadRequest request, SourceContext context) {
    return new ReaderOpener(this, request, context).open(SplitSpec.parse(split));
  }
}
