package io.deltaflow.spi.error;

/**
 * The rows do not pass a quality check whose action is to fail the run: whoever keeps the source
 * can act. Nothing was published.
 */
public final class QualityCheckException extends RefusedRunException {
  private static final long serialVersionUID = 1L;

  public QualityCheckException(String message) {
    super(message);
  }
}
