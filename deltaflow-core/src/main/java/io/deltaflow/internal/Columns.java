package io.deltaflow.internal;

import io.deltaflow.NearNames;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.List;

/** Columns that options name. */
final class Columns {
  private Columns() {}

  static void checkPresent(
      String flag, List<String> columns, DetectedSchema detected, Source source) {
    List<String> names = detected.schema().getFieldNames();
    List<String> problems =
        columns.stream()
            .filter(c -> !names.contains(c))
            .map(
                c ->
                    flag
                        + ": "
                        + source.description()
                        + " has no column '"
                        + c
                        + "'"
                        + NearNames.hint(c, names))
            .toList();
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }
}
