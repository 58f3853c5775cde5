package io.deltaflow.internal;

import io.deltaflow.SyncOptions;
import io.deltaflow.SyncOptions.ValuePolicy;
import io.deltaflow.destination.Destination;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Window;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.transform.BoundChecks;
import io.deltaflow.transform.BoundTransformation;
import io.deltaflow.transform.QualityChecks;
import io.deltaflow.transform.Transformation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.beam.sdk.schemas.Schema;

/** The sources of a run, and the one schema that their rows have together. Launcher. */
final class DetectedSources {
  private final ConnectorConfig options;
  private final List<DetectedSource> all;
  private final DetectedSchema unified;
  private final QualityChecks checks;

  private DetectedSources(ConnectorConfig options, List<DetectedSource> all, QualityChecks checks) {
    this.options = options;
    this.all = List.copyOf(all);
    this.unified =
        UnifiedSchema.of(
            all.stream()
                .map(s -> new UnifiedSchema.Part(s.source().description(), s.output()))
                .toList());
    this.checks = checks;
  }

  /** Asks each source for its schema. */
  static DetectedSources detect(
      ConnectorConfig options, List<NamedSource> sources, SourceContext context) {
    Transformation transformation =
        Transformation.parse(options.find(SyncOptions.TRANSFORMATION_CONFIG).orElse(null));
    QualityChecks checks =
        QualityChecks.parse(options.find(SyncOptions.QUALITY_CHECKS).orElse(null));
    ValuePolicies policies = ValuePolicies.of(options);
    List<DetectedSchema> declared =
        sources.stream().map(s -> s.source().schemaDetector(context).detect()).toList();
    policies.check(declared.stream().map(DetectedSchema::schema).toList());
    List<DetectedSchema> detected = declared.stream().map(policies::applyTo).toList();
    List<BoundTransformation> bound =
        transformation.bindAll(detected.stream().map(DetectedSchema::schema).toList());
    List<DetectedSource> all = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      Source source = sources.get(i).source();
      all.add(
          new DetectedSource(
              i,
              sources.get(i).name(),
              source,
              declared.get(i).identity().orElse(source.identity()),
              declared.get(i),
              detected.get(i),
              bound.get(i),
              output(detected.get(i), bound.get(i))));
    }
    return new DetectedSources(options, all, checks);
  }

  private static DetectedSchema output(DetectedSchema detected, BoundTransformation bound) {
    if (bound.isEmpty()) {
      return detected;
    }
    List<String> keys =
        detected.primaryKey().stream()
            .flatMap(k -> bound.outputName(k).stream())
            .filter(k -> !bound.blurs(k))
            .toList();
    return detected
        .withSchema(bound.output())
        .withPrimaryKey(keys.size() == detected.primaryKey().size() ? keys : List.of());
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
    return unified
        .withSchema(
            Schema.builder()
                .addFields(unified.schema().getFields())
                .addField(
                    Schema.Field.of(column.get(), FieldTypes.STRING)
                        .withDescription("The connector that the row was read with."))
                .build())
        .withPrimaryKey(keys(column.get()));
  }

  /** Rows of several sources that are told apart are no versions of each other. */
  private List<String> keys(String sourceColumn) {
    List<String> keys = new ArrayList<>(unified.primaryKey());
    if (areSeveral() && !keys.isEmpty()) {
      keys.add(sourceColumn);
    }
    return keys;
  }

  /** Of the run's rows, those of all together among them. */
  BoundChecks checks() {
    return checks.bind(unified.schema());
  }

  /** Whether a source has a key that tells its rows apart no more once they are transformed. */
  boolean loseKeys() {
    return all.stream()
        .anyMatch(s -> !s.detected().primaryKey().isEmpty() && s.output().primaryKey().isEmpty());
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

  /**
   * The source's own name of the cursor: that of the option, or the field that gets this name.
   *
   * @throws ConfigurationException when the destination would not get its values as they are
   */
  String cursor(DetectedSource source) {
    String cursor = options.get(SyncOptions.SMART_SYNC_TIMESTAMP_COLUMN);
    if (!source.detected().schema().hasField(cursor)) {
      Optional<String> renamed = source.fieldBehind(cursor);
      renamed.filter(own -> isMadeText(source, own)).ifPresent(ValuePolicies::refuseCursor);
      return renamed.orElse(cursor);
    }
    Optional<String> output = source.transformation().outputName(cursor);
    if (output.isEmpty() || source.transformation().changes(output.get())) {
      throw new ConfigurationException(
          "--transformation_config "
              + (output.isEmpty() ? "drops" : "changes the values of")
              + " '"
              + cursor
              + "', and Smart Sync needs its cursor in the destination as the source has it; give"
              + " it another name at most");
    }
    return cursor;
  }

  private static boolean isMadeText(DetectedSource source, String field) {
    return !source
        .declared()
        .schema()
        .getField(field)
        .getType()
        .typesEqual(source.detected().schema().getField(field).getType());
  }

  /** The run's field that is the cursor; empty when the rows do not have it. */
  Optional<String> runCursor() {
    Set<String> names =
        all.stream()
            .map(s -> s.transformation().outputName(cursor(s)).orElse(cursor(s)))
            .map(UnifiedSchema::key)
            .collect(Collectors.toSet());
    if (names.size() > 1) {
      throw new ConfigurationException(
          "--transformation_config gives the cursor of the sources different names: "
              + String.join(", ", names));
    }
    return unified.schema().getFieldNames().stream()
        .filter(f -> names.contains(UnifiedSchema.key(f)))
        .findFirst();
  }

  /** What to read of a source, and how it becomes the run's. */
  SourceRead read(DetectedSource source, Optional<Window> window) {
    Schema own = source.detected().schema();
    boolean stepped = !source.transformation().isEmpty() || !checks().rowChecks().isEmpty();
    boolean ordered = areSeveral() && !stepped;
    ReadRequest request =
        ReadRequest.of(ordered ? SourceColumns.ordered(unified.schema(), own) : own)
            .withBatchSize(Math.toIntExact(options.get(SyncOptions.BATCH_SIZE)))
            .withDesiredSplits(Math.toIntExact(options.get(SyncOptions.SPLITS)));
    return new SourceRead(
        source.source(),
        window.map(request::withWindow).orElse(request),
        SourceColumns.of(
            unified.schema(),
            source.output().schema(),
            options.find(SyncOptions.SOURCE_COLUMN).map(c -> source.name())),
        stepped ? steps(source) : null);
  }

  private RowSteps steps(DetectedSource source) {
    Schema output = source.output().schema();
    Map<String, Integer> byKey = new TreeMap<>();
    output.getFieldNames().forEach(n -> byKey.put(UnifiedSchema.key(n), output.indexOf(n)));
    int[] order = new int[unified.schema().getFieldCount()];
    List<Schema.Field> fields = new ArrayList<>();
    boolean same = order.length == output.getFieldCount();
    for (int i = 0; i < order.length; i++) {
      Schema.Field field = unified.schema().getField(i);
      order[i] = byKey.getOrDefault(UnifiedSchema.key(field.getName()), -1);
      Schema.Field own = order[i] < 0 ? field : output.getField(order[i]);
      FieldTypes.Kind kind = FieldTypes.kind(own.getType());
      // Checks take single values as the column has them; others keep their elements' types.
      boolean single = kind != FieldTypes.Kind.ARRAY && kind != FieldTypes.Kind.RECORD;
      fields.add(single ? field : own.withName(field.getName()));
      same &= order[i] == i && kind == FieldTypes.kind(field.getType());
    }
    return new RowSteps(
        source.index(),
        source.detected().schema(),
        Schema.builder().addFields(fields).build(),
        same ? null : order,
        options.find(SyncOptions.QUALITY_CHECKS).orElse(null));
  }

  /** What workers must know and nobody may see, besides what users gave as secrets. */
  Map<String, String> secrets() {
    Map<String, String> secrets = new TreeMap<>();
    all.forEach(s -> secrets.put(RowSteps.secret(s.index()), s.transformation().configuration()));
    return secrets;
  }

  /**
   * The run's fields whose values have a policy; with the names that the sources give them, which
   * are those of values that a source or a step refuses, unless these are only rounded when they
   * are written.
   */
  Set<String> fields(ValuePolicies policies, ValuePolicy policy) {
    Set<String> fields = new HashSet<>();
    for (DetectedSource source : all) {
      for (String own : policies.fields(policy, source.declared().schema())) {
        if (policy != ValuePolicy.ROUND) {
          fields.add(own);
        }
        source.transformation().outputName(own).map(this::runField).ifPresent(fields::add);
      }
    }
    return fields;
  }

  private String runField(String output) {
    return unified.schema().getFieldNames().stream()
        .filter(output::equalsIgnoreCase)
        .findFirst()
        .orElseThrow();
  }
}
