package io.deltaflow.internal;

import io.deltaflow.destination.LoadFile;
import java.io.Serializable;
import java.util.List;

/** What one split came to: its rows, exactly, and the files that hold them. */
record SplitResult(int source, int index, long rowsRead, List<LoadFile> files)
    implements Serializable {
  SplitResult {
    files = List.copyOf(files);
  }
}
