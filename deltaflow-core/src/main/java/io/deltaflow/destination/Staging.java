package io.deltaflow.destination;

import java.io.Serializable;
import java.util.List;

/**
 * What was loaded.
 *
 * @param tables one per load job, in the destination's own notation
 * @param rows of all tables, as the load jobs reported them
 * @param expectedRows of all files, as their writers counted them
 * @param bytes of all files
 */
public record Staging(List<String> tables, long rows, long expectedRows, long bytes)
    implements Serializable {
  /** Nothing was read. */
  public static Staging empty() {
    return new Staging(List.of(), 0, 0, 0);
  }
}
