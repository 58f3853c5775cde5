package io.deltaflow.emulator;

import java.io.IOException;
import java.sql.SQLException;

/**
 * Reads the rows of a load's files; one instance serves the files of one job, from several threads.
 */
interface LoadedFile {
  /** Takes checked rows. */
  interface Sink {
    void accept(Object[] row) throws SQLException;
  }

  void read(ObjectStore.Stored file, Sink sink) throws IOException, SQLException;
}
