package io.deltaflow.destination;

import io.deltaflow.spi.Window;
import java.io.Serializable;
import java.util.Optional;

/**
 * One source's part of a run.
 *
 * @param identity what its watermark is kept under: {@link
 *     io.deltaflow.spi.DetectedSchema#identity}, or {@link io.deltaflow.spi.Source#identity}
 * @param description {@link io.deltaflow.spi.Source#description}
 * @param only the window; null when everything is read
 * @param systemId {@link io.deltaflow.spi.UpperBound#systemId}; null when not known
 */
public record SourceProgress(String identity, String description, Window only, String systemId)
    implements Serializable {
  public Optional<Window> window() {
    return Optional.ofNullable(only);
  }

  public Optional<String> system() {
    return Optional.ofNullable(systemId);
  }
}
