package io.deltaflow.internal;

import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.Source;
import java.io.Serializable;
import java.util.Optional;

/**
 * One source of a run, what to read of it, and how its rows become the run's.
 *
 * @param request whose fields come in the order of the run's
 */
record SourceRead(Source source, ReadRequest request, SourceColumns columns)
    implements Serializable {
  /** The only source of a run. */
  static SourceRead alone(Source source, ReadRequest request) {
    return new SourceRead(
        source, request, SourceColumns.of(request.schema(), request.schema(), Optional.empty()));
  }
}
