package io.deltaflow.spi.error;

/**
 * One value of one row does not fit its column's type and the policy for it is to fail. Thrown by
 * readers and by {@link io.deltaflow.spi.ValueSink}s; the engine adds the source and the split.
 */
public final class BadValueException extends DeltaFlowException {
  private static final long serialVersionUID = 1L;

  private final String column;
  private final String problem;

  public BadValueException(String column, String problem) {
    this(column, problem, null);
  }

  public BadValueException(String column, String problem, Throwable cause) {
    super("column '" + column + "': " + problem, cause);
    this.column = column;
    this.problem = problem;
  }

  /** The source's name of the column. */
  public String column() {
    return column;
  }

  /** The message without the column. */
  public String problem() {
    return problem;
  }
}
