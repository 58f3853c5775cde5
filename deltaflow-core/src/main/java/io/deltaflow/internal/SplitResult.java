package io.deltaflow.internal;

import io.deltaflow.destination.LoadFile;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one split came to.
 *
 * @param rowsRead exactly; each is in a file or among the bad ones
 * @param rounded values
 * @param warned how many rows did not pass each check that only warns
 */
record SplitResult(
    int source,
    int index,
    long rowsRead,
    long rounded,
    List<LoadFile> files,
    BadRows bad,
    Map<String, Long> warned)
    implements Serializable {
  SplitResult {
    files = List.copyOf(files);
    warned = new TreeMap<>(warned);
  }
}
