package io.deltaflow.destination;

import io.deltaflow.spi.Window;
import java.io.Serializable;
import java.util.Optional;

/**
 * One source's part of a run.
 *
 * @param identity {@link io.deltaflow.spi.Source#identity}
 * @param description {@link io.deltaflow.spi.Source#description}
 * @param only the window; null when everything is read
 */
public record SourceProgress(String identity, String description, Window only)
    implements Serializable {
  public Optional<Window> window() {
    return Optional.ofNullable(only);
  }
}
