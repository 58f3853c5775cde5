package io.deltaflow.spi.error;

/**
 * Whoever runs the source can act: it is not reachable, refuses the login, lacks a permission, or
 * broke off.
 */
public final class SourceException extends DeltaFlowException {
  private static final long serialVersionUID = 1L;

  private final boolean passing;

  private SourceException(String message, Throwable cause, boolean passing) {
    super(message, cause);
    this.passing = passing;
  }

  /** Trying again unchanged would fail again. */
  public static SourceException permanent(String message, Throwable cause) {
    return new SourceException(message, cause, false);
  }

  /**
   * For a passing reason: the engine tries the same split again, up to {@code max_retries} times.
   */
  public static SourceException passing(String message, Throwable cause) {
    return new SourceException(message, cause, true);
  }

  /** Whether the same call may succeed later. */
  public boolean isPassing() {
    return passing;
  }
}
