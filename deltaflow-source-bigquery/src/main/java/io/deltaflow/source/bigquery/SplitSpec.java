package io.deltaflow.source.bigquery;

import io.deltaflow.spi.Split;
import io.deltaflow.spi.error.InternalException;

/**
 * One part of a read.
 *
 * @param stream of a read session; null of a file
 * @param file of an export; null of a stream
 */
record SplitSpec(String stream, String file) {
  private static final String STREAM = "stream ";
  private static final String FILE = "file ";

  static SplitSpec ofStream(String name) {
    return new SplitSpec(name, null);
  }

  static SplitSpec ofFile(String uri) {
    return new SplitSpec(null, uri);
  }

  boolean isFile() {
    return file != null;
  }

  Split split(long rows) {
    return new Split(isFile() ? FILE + file : STREAM + stream, rows);
  }

  static SplitSpec parse(Split split) {
    String spec = split.spec();
    if (spec.startsWith(STREAM)) {
      return ofStream(spec.substring(STREAM.length()));
    } else if (spec.startsWith(FILE)) {
      return ofFile(spec.substring(FILE.length()));
    }
    throw new InternalException("'" + spec + "' is no split of this source");
  }
}
