package io.deltaflow.destination;

import io.deltaflow.spi.DetectedSchema;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a run wants of its target.
 *
 * @param schema of the rows to come
 * @param mergeKeys as given, or the source's primary key; empty when there are none
 * @param partitionField may name a field that is not there
 * @param partitionFieldGiven whether the user named it, rather than the default
 * @param clusteringFields in order
 * @param autoSchema whether the table may be created from the detected schema
 * @param deleteExisting replace the table, its schema too
 * @param schemaEvolution of an existing table; none without {@code autoSchema}
 * @param rounded fields whose numbers are rounded to the target's column
 */
public record TargetRequest(
    DetectedSchema schema,
    WriteDisposition writeDisposition,
    CreateDisposition createDisposition,
    List<String> mergeKeys,
    Optional<String> partitionField,
    boolean partitionFieldGiven,
    List<String> clusteringFields,
    boolean autoSchema,
    boolean deleteExisting,
    SchemaEvolution schemaEvolution,
    Set<String> rounded) {}
