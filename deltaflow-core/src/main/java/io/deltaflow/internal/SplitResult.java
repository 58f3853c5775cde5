package io.deltaflow.internal;

import io.deltaflow.destination.LoadFile;
import java.io.Serializable;
import java.util.List;

/** What one split came to: its rows, exactly, how many values were rounded, and the files. */
record SplitResult(int source, int index, long rowsRead, long rounded, List<LoadFile> files)
    implements Serializable {
  SplitResult {
    files = List.copyOf(files);
  }
}
