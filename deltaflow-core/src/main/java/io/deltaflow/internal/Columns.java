package io.deltaflow.internal;

import io.deltaflow.NearNames;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.ArrayList;
import java.util.List;

/** Columns that options name. */
final class Columns {
  private Columns() {}

  /** The source's own names; exact ones first, else without regard to case. */
  static List<String> resolve(
      String flag, List<String> columns, DetectedSchema detected, String source) {
    List<String> names = detected.schema().getFieldNames();
    List<String> resolved = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (String column : columns) {
      List<String> alike = names.stream().filter(column::equalsIgnoreCase).toList();
      if (names.contains(column)) {
        resolved.add(column);
      } else if (alike.size() == 1) {
        resolved.add(alike.get(0));
      } else {
        problems.add(
            flag
                + ": "
                + source
                + " has no column '"
                + column
                + "'"
                + NearNames.hint(column, names));
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return resolved;
  }
}
