package io.deltaflow.internal;

import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.Source;
import java.io.Serializable;
import java.util.Optional;

/**
 * One source of a run, what to read of it, and how its rows become the run's.
 *
 * @param request whose fields come in the order of the run's, unless there are steps
 * @param columns how the rows become the run's without steps
 * @param steps what is done with each row; null for nothing
 */
record SourceRead(Source source, ReadRequest request, SourceColumns columns, RowSteps steps)
    implements Serializable {
  /** The only source of a run, as it is. */
  static SourceRead alone(Source source, ReadRequest request) {
    return new SourceRead(
        source,
        request,
        SourceColumns.of(request.schema(), request.schema(), Optional.empty()),
        null);
  }

  /** Worker. */
  RowFeed feed(RowReader reader, SecretFile secrets) {
    return new RowFeed(reader, this, steps == null ? null : steps.open(secrets));
  }

  /** Whether its rows come into the run with the values that the source gives them. Worker. */
  boolean isUnchanged(SecretFile secrets) {
    return steps == null || steps.open(secrets).isUnchanged();
  }

  /** Where rows that are unchanged have the value of each of the source's fields. */
  int[] columnOfFields() {
    return steps == null ? columns.columnOfFields() : steps.columnOfFields();
  }
}
