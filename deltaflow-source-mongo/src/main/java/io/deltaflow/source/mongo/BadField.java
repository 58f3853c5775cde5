package io.deltaflow.source.mongo;

/** A value that its column cannot hold; the reader adds the column and the document. */
final class BadField extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BadField(String problem) {
    super(problem, null, false, false);
  }
}
