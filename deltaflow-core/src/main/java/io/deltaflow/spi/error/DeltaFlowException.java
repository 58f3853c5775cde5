package io.deltaflow.spi.error;

/**
 * A failure, typed by who can act on it: {@link ConfigurationException} the user, {@link
 * SourceException} whoever runs the source, {@link DestinationException} whoever runs the
 * destination, {@link InternalException} us.
 *
 * <p>Messages name the parameter, table or column, what was found, what was expected, and what to
 * do; never a secret.
 */
public abstract class DeltaFlowException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DeltaFlowException(String message, Throwable cause) {
    super(message, cause);
  }
}
