package io.deltaflow.internal;

import io.deltaflow.transform.FailedCheck;

/** A row that a check keeps out of the destination. Never leaves the reading of a split. */
final class FailedRowException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient FailedCheck failed;

  FailedRowException(FailedCheck failed) {
    // There may be many.
    super(failed.toString(), null, false, false);
    this.failed = failed;
  }

  String column() {
    return failed.column();
  }
}
