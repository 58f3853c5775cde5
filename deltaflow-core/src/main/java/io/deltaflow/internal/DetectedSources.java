package io.deltaflow.internal;

import io.deltaflow.SyncOptions;
import io.deltaflow.destination.Destination;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Window;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.beam.sdk.schemas.Schema;

/** The sources of a run, and the one schema that their rows have together. Launcher. */
final class DetectedSources {
  private final ConnectorConfig options;
  private final List<DetectedSource> all;
  private final DetectedSchema unified;

  private DetectedSources(
      ConnectorConfig options, List<DetectedSource> all, DetectedSchema unified) {
    this.options = options;
    this.all = all;
    this.unified = unified;
  }

  /** Asks each source for its schema. */
  static DetectedSources detect(
      ConnectorConfig options, List<NamedSource> sources, SourceContext context) {
    ValuePolicies policies = ValuePolicies.of(options);
    List<DetectedSchema> declared =
        sources.stream().map(s -> s.source().schemaDetector(context).detect()).toList();
    policies.check(declared.stream().map(DetectedSchema::schema).toList());
    List<DetectedSource> all = new java.util.ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      Source source = sources.get(i).source();
      DetectedSchema schema = declared.get(i);
      all.add(
          new DetectedSource(
              sources.get(i).name(),
              source,
              schema.identity().orElse(source.identity()),
              schema,
              policies.applyTo(schema)));
    }
    DetectedSchema unified =
        UnifiedSchema.of(
            all.stream()
                .map(s -> new UnifiedSchema.Part(s.source().description(), s.detected()))
                .toList());
    return new DetectedSources(options, List.copyOf(all), unified);
  }

  List<DetectedSource> all() {
    return all;
  }

  boolean areSeveral() {
    return all.size() > 1;
  }

  /** Of the run's rows. */
  DetectedSchema schema() {
    Optional<String> column = options.find(SyncOptions.SOURCE_COLUMN);
    if (column.isEmpty()) {
      return unified;
    }
    for (String field : unified.schema().getFieldNames()) {
      if (field.equalsIgnoreCase(column.get())) {
        throw new ConfigurationException(
            "--source_column="
                + column.get()
                + ": "
                + descriptions()
                + " has a column of that name; name another");
      }
    }
    return unified.withSchema(
        Schema.builder()
            .addFields(unified.schema().getFields())
            .addField(
                Schema.Field.of(column.get(), FieldTypes.STRING)
                    .withDescription("The connector that the row was read with."))
            .build());
  }

  /** For messages. */
  String descriptions() {
    return all.stream().map(s -> s.source().description()).collect(Collectors.joining(", "));
  }

  /** The name under which the destination keeps the watermarks: as given, or made of all. */
  String syncId(Destination destination) {
    return options
        .find(SyncOptions.SYNC_ID)
        .orElseGet(
            () ->
                all.stream().map(DetectedSource::id).sorted().collect(Collectors.joining(" + "))
                    + " -> "
                    + destination.identity());
  }

  /** What to read of a source, and how it becomes the run's. */
  SourceRead read(DetectedSource source, Optional<Window> window) {
    Schema own = source.detected().schema();
    ReadRequest request =
        ReadRequest.of(areSeveral() ? SourceColumns.ordered(unified.schema(), own) : own)
            .withBatchSize(Math.toIntExact(options.get(SyncOptions.BATCH_SIZE)))
            .withDesiredSplits(Math.toIntExact(options.get(SyncOptions.SPLITS)));
    return new SourceRead(
        source.source(),
        window.map(request::withWindow).orElse(request),
        SourceColumns.of(
            unified.schema(),
            own,
            options.find(SyncOptions.SOURCE_COLUMN).map(c -> source.name())));
  }
}
