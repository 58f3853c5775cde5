package io.deltaflow.destination;

import java.io.Serializable;
import java.util.Optional;

/**
 * What becomes of rows that do not fit.
 *
 * @param given the table they go to, as the user names it; null for the destination's own choice
 * @param most how many a run may keep out
 */
public record DeadLetterPlan(String given, long most) implements Serializable {
  public Optional<String> table() {
    return Optional.ofNullable(given);
  }
}
