package io.deltaflow.internal;

import io.deltaflow.destination.LoadFile;
import java.io.Serializable;
import java.util.List;

/**
 * What one split came to.
 *
 * @param rowsRead exactly; each is in a file or among the bad ones
 * @param rounded values
 */
record SplitResult(
    int source, int index, long rowsRead, long rounded, List<LoadFile> files, BadRows bad)
    implements Serializable {
  SplitResult {
    files = List.copyOf(files);
  }
}
