package io.deltaflow.internal;

import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.Source;
import io.deltaflow.transform.BoundTransformation;
import java.util.Optional;

/**
 * One source of a run, on the launcher.
 *
 * @param index among the run's sources, from 0
 * @param name of its connector
 * @param id what its watermark is kept under
 * @param declared as the source gives it
 * @param detected as it is read, after the policies for values
 * @param transformation of its rows
 * @param output its rows after that
 */
record DetectedSource(
    int index,
    String name,
    Source source,
    String id,
    DetectedSchema declared,
    DetectedSchema detected,
    BoundTransformation transformation,
    DetectedSchema output) {

  /**
   * The source's own field whose values a field of the run has, unchanged but for its name; empty
   * when there is none.
   */
  Optional<String> fieldBehind(String runField) {
    return detected.schema().getFieldNames().stream()
        .filter(
            own ->
                transformation
                    .outputName(own)
                    .filter(out -> out.equalsIgnoreCase(runField) && !transformation.changes(out))
                    .isPresent())
        .findFirst();
  }
}
