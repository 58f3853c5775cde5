package io.deltaflow.emulator;

/** A value or a file that a load job refuses. */
final class LoadError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LoadError(String message) {
    super(message, null, false, false);
  }
}
