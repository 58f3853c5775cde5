package io.deltaflow.spi.error;

/**
 * Whoever runs the destination can act: a permission, a quota, a load or a publish that was
 * refused.
 */
public class DestinationException extends DeltaFlowException {
  private static final long serialVersionUID = 1L;

  public DestinationException(String message) {
    super(message, null);
  }

  public DestinationException(String message, Throwable cause) {
    super(message, cause);
  }
}
