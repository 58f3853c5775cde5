package io.deltaflow.spi.error;

/** A broken promise of DeltaFlow or of a connector itself: please report it. */
public final class InternalException extends DeltaFlowException {
  private static final long serialVersionUID = 1L;

  public InternalException(String message) {
    super(message, null);
  }

  public InternalException(String message, Throwable cause) {
    super(message, cause);
  }
}
