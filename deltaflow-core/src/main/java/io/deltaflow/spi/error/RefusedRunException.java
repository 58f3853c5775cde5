package io.deltaflow.spi.error;

/**
 * The destination will not publish this run, however often it is tried; nothing was changed. What
 * the run has staged is dropped.
 */
public class RefusedRunException extends DestinationException {
  private static final long serialVersionUID = 1L;

  public RefusedRunException(String message) {
    super(message);
  }

  public RefusedRunException(String message, Throwable cause) {
    super(message, cause);
  }
}
