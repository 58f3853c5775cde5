package io.deltaflow.destination.bigquery;

import io.deltaflow.destination.CreateDisposition;
import io.deltaflow.destination.SchemaEvolution;
import io.deltaflow.destination.TargetRequest;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.FieldTypes;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/** What runs ask of their target, with the defaults of the flags. */
record Requests(TargetRequest request) {
  static final Schema ORDERS =
      Schema.of(
          required("id", FieldTypes.INT64).withDescription("the order's number"),
          nullable("customer", FieldTypes.STRING),
          nullable("total", FieldTypes.numeric(12, 2)),
          required("updated_at", FieldTypes.TIMESTAMP));

  static Field required(String name, FieldType type) {
    return Field.of(name, type);
  }

  static Field nullable(String name, FieldType type) {
    return Field.nullable(name, type);
  }

  static Requests of(Schema schema) {
    return new Requests(
        new TargetRequest(
            DetectedSchema.of(schema),
            WriteDisposition.WRITE_APPEND,
            CreateDisposition.CREATE_IF_NEEDED,
            List.of(),
            Optional.of("updated_at"),
            false,
            List.of(),
            true,
            false,
            SchemaEvolution.ADDITIVE,
            Set.of()));
  }

  Requests disposition(WriteDisposition disposition, String... keys) {
    return new Requests(
        new TargetRequest(
            request.schema(),
            disposition,
            request.createDisposition(),
            List.of(keys),
            request.partitionField(),
            request.partitionFieldGiven(),
            request.clusteringFields(),
            request.autoSchema(),
            request.deleteExisting(),
            request.schemaEvolution(),
            request.rounded()));
  }

  Requests partition(String field) {
    return new Requests(
        new TargetRequest(
            request.schema(),
            request.writeDisposition(),
            request.createDisposition(),
            request.mergeKeys(),
            Optional.of(field),
            true,
            request.clusteringFields(),
            request.autoSchema(),
            request.deleteExisting(),
            request.schemaEvolution(),
            request.rounded()));
  }

  Requests clustering(String... fields) {
    return new Requests(
        new TargetRequest(
            request.schema(),
            request.writeDisposition(),
            request.createDisposition(),
            request.mergeKeys(),
            request.partitionField(),
            request.partitionFieldGiven(),
            List.of(fields),
            request.autoSchema(),
            request.deleteExisting(),
            request.schemaEvolution(),
            request.rounded()));
  }

  Requests creating(CreateDisposition create, boolean autoSchema) {
    return new Requests(
        new TargetRequest(
            request.schema(),
            request.writeDisposition(),
            create,
            request.mergeKeys(),
            request.partitionField(),
            request.partitionFieldGiven(),
            request.clusteringFields(),
            autoSchema,
            request.deleteExisting(),
            request.schemaEvolution(),
            request.rounded()));
  }

  Requests deleteExisting() {
    return new Requests(
        new TargetRequest(
            request.schema(),
            request.writeDisposition(),
            request.createDisposition(),
            request.mergeKeys(),
            request.partitionField(),
            request.partitionFieldGiven(),
            request.clusteringFields(),
            request.autoSchema(),
            true,
            request.schemaEvolution(),
            request.rounded()));
  }

  Requests evolution(SchemaEvolution evolution, String... rounded) {
    return new Requests(
        new TargetRequest(
            request.schema(),
            request.writeDisposition(),
            request.createDisposition(),
            request.mergeKeys(),
            request.partitionField(),
            request.partitionFieldGiven(),
            request.clusteringFields(),
            request.autoSchema(),
            request.deleteExisting(),
            evolution,
            Set.of(rounded)));
  }
}
