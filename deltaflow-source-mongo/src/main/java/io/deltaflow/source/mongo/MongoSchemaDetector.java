package io.deltaflow.source.mongo;

import com.mongodb.MongoException;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.SchemaDetector;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;

/**
 * Infers the schema from documents. The types of {@code _id} are looked up in its index and do not
 * depend on the sample.
 */
record MongoSchemaDetector(MongoSource source, SourceContext context) implements SchemaDetector {

  @Override
  public boolean isDeclared() {
    return false;
  }

  @Override
  public DetectedSchema detect() {
    String doing = "detecting the schema of " + source.description();
    try {
      return detect(OpenCollection.of(source, context));
    } catch (MongoException e) {
      throw MongoErrors.of(e, source.settings(), doing);
    }
  }

  private DetectedSchema detect(OpenCollection collection) {
    List<String> warnings = new ArrayList<>();
    boolean keyed = collection.hasIdKey();
    boolean census = source.schemaMode() == SchemaMode.CENSUS;
    boolean nested = source.nested() == Nested.STRUCT;
    CensusFn fn = new CensusFn(nested ? SchemaInference.DEEPEST_RECORD : 0);
    DocumentCensus seen =
        census
            ? new CollectionCensus(source, fn, context).take()
            : new Sample(collection, fn).take(source.selection().filter());
    if (seen.documents() == 0) {
      seen = ofAnyDocument(collection, fn, warnings);
    } else if (!census && seen.documents() >= source.sampleSize()) {
      warnings.add(
          "the schema is inferred from a sample of "
              + source.sampleSize()
              + " documents; a field or a type that it misses fails the run, and "
              + source.settings().flags().of(MongoOptions.SCHEMA_MODE)
              + "=CENSUS looks at all");
    }
    if (keyed) {
      seen = fn.mergeAccumulators(List.of(seen, ids(collection, fn)));
    }
    SchemaInference inference = new SchemaInference(nested, census);
    Schema schema = inference.schema(seen, source.selection().withId(), keyed);
    if (schema.getFieldCount() == 0) {
      throw nothing("have no field that the projection leaves and that is not null");
    }
    warnings.addAll(inference.warnings());
    if (collection.isExposed()) {
      warnings.add(
          "the connection to "
              + source.settings().server()
              + " is not encrypted: anybody between could read or change what passes; use "
              + source.settings().flags().of(MongoOptions.TLS)
              + "=true, or tls=true in the connection string");
    }
    DetectedSchema detected =
        DetectedSchema.of(schema)
            .withIdentity(source.identity(collection.databaseName()))
            .withWarnings(warnings);
    if (keyed && source.selection().withId()) {
      detected = detected.withPrimaryKey(List.of("_id"));
    }
    Optional<OpenCollection.Size> size = collection.size();
    return size.isPresent()
        ? detected.withEstimate(size.get().documents(), size.get().bytes())
        : detected;
  }

  /** A query that matches nothing for now must not fail a run. */
  private DocumentCensus ofAnyDocument(
      OpenCollection collection, CensusFn fn, List<String> warnings) {
    DocumentCensus any = new Sample(collection, fn).take(new BsonDocument());
    if (any.documents() == 0) {
      throw nothing("are none");
    }
    warnings.add(
        "no document matches "
            + source.settings().flags().of(MongoOptions.QUERY)
            + "; the schema is inferred from the others");
    return any;
  }

  private ConfigurationException nothing(String what) {
    return new ConfigurationException(
        "the schema of "
            + source.description()
            + " is inferred from its documents, and there "
            + what
            + "; run again when there are, or check "
            + source.settings().flags().of(MongoOptions.COLLECTION));
  }

  private static DocumentCensus ids(OpenCollection collection, CensusFn fn) {
    DocumentCensus ids = fn.createAccumulator();
    for (RawBsonDocument id : IdTypes.present(collection).values()) {
      fn.addInput(ids, id);
    }
    return ids;
  }
}
