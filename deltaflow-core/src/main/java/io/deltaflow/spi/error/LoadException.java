package io.deltaflow.spi.error;

/**
 * The destination did not take a run's files as they are. They are kept, since its message names
 * places in them, until a launch finds them older than seven days.
 */
public final class LoadException extends DestinationException {
  private static final long serialVersionUID = 1L;

  public LoadException(String message, Throwable cause) {
    super(message, cause);
  }
}
