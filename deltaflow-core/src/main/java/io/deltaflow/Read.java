package io.deltaflow;

import io.deltaflow.internal.SourceRows;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;

/**
 * Reads a source as a bounded {@code PCollection<Row>} with the schema that was detected. Detection
 * and planning happen when the transform is applied, on the launcher; reading on the workers. A
 * split that fails for a passing reason is read again by the runner; each row of the source is in
 * the output exactly once. Needs {@code --tempLocation} for the plan; its files are deleted when
 * the last split was read.
 */
public final class Read extends PTransform<PBegin, PCollection<Row>> {
  private static final long serialVersionUID = 1L;

  private final transient ConfiguredSource source;

  Read(ConfiguredSource source) {
    this.source = source;
  }

  @Override
  public PCollection<Row> expand(PBegin input) {
    return SourceRows.read(input, source.source(), source.secrets());
  }
}
