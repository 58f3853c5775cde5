package io.deltaflow.internal;

import io.deltaflow.spi.SchemaDetector;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.error.SourceException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.schemas.Schema;

/**
 * The schema that a run was planned with. Its splits are read one after another, each as the source
 * is at that moment; rows from before and after an ALTER TABLE must not be published as one.
 *
 * @param detected before any policy
 */
record PlannedSchema(Source source, Schema detected, SecretFile secrets) implements Serializable {
  /**
   * Looks at the source again, once all is read. Names, types and the order of the columns count:
   * columns that change places were dropped, added or renamed. Whether they may be NULL does not,
   * since every value is checked.
   *
   * @throws SourceException when it has changed, saying which columns
   */
  void requireUnchanged(int maxRetries, PipelineOptions options)
      throws IOException, InterruptedException {
    SchemaDetector detector = source.schemaDetector(new WorkerContext(secrets, options));
    if (!detector.isDeclared()) {
      return;
    }
    Schema now =
        SplitAttempts.run(source.description(), maxRetries, () -> detector.detect().schema());
    List<String> changes = changes(detected, now);
    if (!changes.isEmpty()) {
      throw SourceException.permanent(
          source.description()
              + " was altered after the run was planned: "
              + String.join("; ", changes)
              + ". Nothing was published; run again",
          null);
    }
  }

  /** One line for each column that is not what it was; empty when all are. */
  static List<String> changes(Schema before, Schema after) {
    Map<String, String> was = columns(before);
    Map<String, String> is = columns(after);
    List<String> changes = new ArrayList<>();
    was.forEach(
        (name, type) -> {
          if (!is.containsKey(name)) {
            changes.add("column '" + name + "' is gone");
          } else if (!is.get(name).equals(type)) {
            changes.add("column '" + name + "' was " + type + " and is " + is.get(name));
          }
        });
    is.keySet().stream()
        .filter(name -> !was.containsKey(name))
        .forEach(name -> changes.add("column '" + name + "' is new"));
    if (changes.isEmpty() && !before.getFieldNames().equals(after.getFieldNames())) {
      changes.add(
          "the columns were "
              + String.join(", ", before.getFieldNames())
              + " and are "
              + String.join(", ", after.getFieldNames())
              + " in this order");
    }
    return changes;
  }

  private static Map<String, String> columns(Schema schema) {
    Map<String, String> columns = new LinkedHashMap<>();
    schema.getFields().forEach(f -> columns.put(f.getName(), FieldTypeText.of(f.getType())));
    return columns;
  }
}
