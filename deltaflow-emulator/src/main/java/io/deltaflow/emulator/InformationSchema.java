package io.deltaflow.emulator;

import java.util.List;

/** The metadata views of a dataset. */
final class InformationSchema {
  private InformationSchema() {}

  static BoundTable view(SqlSession session, List<String> path) {
    throw BigQueryError.unsupported(String.join(".", path));
  }
}
