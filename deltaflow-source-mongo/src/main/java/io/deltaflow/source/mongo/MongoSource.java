package io.deltaflow.source.mongo;

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
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** One collection of a database. */
record MongoSource(
    MongoSettings settings,
    String collection,
    Selection selection,
    SchemaMode schemaMode,
    int sampleSize,
    Nested nested,
    LegacyUuid legacyUuid)
    implements Source {

  static MongoSource of(ConnectorConfig config) {
    List<String> problems = new ArrayList<>();
    MongoSettings settings = MongoSettings.of(config, problems);
    String collection = config.find(MongoOptions.COLLECTION).orElse(null);
    String flag = settings.flags().of(MongoOptions.COLLECTION);
    if (collection == null) {
      problems.add(flag + " is required (collection to read)");
    } else if (collection.indexOf('\0') >= 0 || collection.contains("$")) {
      problems.add(flag + ": a collection's name has no $ and no NUL");
    }
    MongoSource source =
        new MongoSource(
            settings,
            collection,
            Selection.of(config, problems),
            config.get(MongoOptions.SCHEMA_MODE),
            Math.toIntExact(config.get(MongoOptions.SAMPLE_SIZE)),
            config.get(MongoOptions.NESTED),
            config.get(MongoOptions.LEGACY_UUID));
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return source;
  }

  @Override
  public String description() {
    return "mongodb "
        + (settings.database() == null ? "" : settings.database() + ".")
        + collection
        + (selection.query() == null ? "" : " (query)");
  }

  @Override
  public String identity() {
    return identity(settings.database() == null ? "" : settings.database());
  }

  /** With the database that a connection string names. */
  String identity(String database) {
    return "mongodb:" + database + "/" + collection + selection.identity();
  }

  @Override
  public SchemaDetector schemaDetector(SourceContext context) {
    return new MongoSchemaDetector(this, context);
  }

  @Override
  public UpperBound upperBound(UpperBoundRequest request, SourceContext context) {
    return new UpperBoundFinder(this, request, context).find();
  }

  @Override
  public Optional<FieldRange> range(String field, ReadRequest request, SourceContext context) {
    return new FieldDates(this, field, request, context).range();
  }

  @Override
  public OptionalLong countDistinct(
      String field, ChronoUnit unit, ReadRequest request, SourceContext context) {
    return new FieldDates(this, field, request, context).countDistinct(unit);
  }

  @Override
  public List<Split> split(ReadRequest request, SourceContext context) {
    return new SplitPlanner(this, request, context).plan();
  }

  @Override
  public ReadForecast forecast(ReadRequest request, SourceContext context) {
    List<Split> splits = split(request, context);
    return ReadForecast.of(
        splits, splits.size() == 1 ? "not cut" : "by ranges of _id, one type of it each");
  }

  @Override
  public OptionalInt connectionsPerWorker() {
    return OptionalInt.of(settings.maxConnections());
  }

  @Override
  public List<RequiredAccess> requiredAccess(SourceContext context) {
    return List.of(new RequiredAccess("read", description(), "to read the collection"));
  }

  @Override
  public RowReader open(Split split, ReadRequest request, SourceContext context) {
    return DocumentReader.open(this, SplitSpec.parse(split), request, context);
  }
}
