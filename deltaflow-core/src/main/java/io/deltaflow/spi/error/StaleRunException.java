package io.deltaflow.spi.error;

/** Another run of the same sync published first; this run changed nothing. Run again. */
public final class StaleRunException extends RefusedRunException {
  private static final long serialVersionUID = 1L;

  public StaleRunException(String message) {
    super(message);
  }
}
