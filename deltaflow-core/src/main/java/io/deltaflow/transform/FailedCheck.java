package io.deltaflow.transform;

/**
 * A check that a row did not pass.
 *
 * @param name of the check
 * @param column in the output
 * @param action what to do
 * @param problem what was found and what was expected; it shows the value
 */
public record FailedCheck(String name, String column, CheckAction action, String problem) {
  @Override
  public String toString() {
    return "check '" + name + "' of column '" + column + "': " + problem;
  }
}
