package io.deltaflow.spi.error;

import java.util.List;

/**
 * The user can act: a parameter is missing, unknown, wrong, or does not fit the source or the
 * destination.
 */
public final class ConfigurationException extends DeltaFlowException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  public ConfigurationException(String problem) {
    this(List.of(problem), null);
  }

  public ConfigurationException(String problem, Throwable cause) {
    this(List.of(problem), cause);
  }

  /** Several problems at once, all shown in the message. */
  public ConfigurationException(List<String> problems) {
    this(problems, null);
  }

  private ConfigurationException(List<String> problems, Throwable cause) {
    super(
        problems.size() == 1
            ? problems.get(0)
            : problems.size() + " problems:\n  - " + String.join("\n  - ", problems),
        cause);
    this.problems = List.copyOf(problems);
  }

  /** One entry per problem, never empty. */
  public List<String> problems() {
    return problems;
  }
}
