package io.deltaflow.internal;

import io.deltaflow.spi.SecretRef;

/**
 * A secret option as it was given.
 *
 * @param place where the value is
 * @param where the name of a secret or the path of a file; null for a plain value, which travels
 *     with the run's secrets
 */
public record GivenSecret(String flag, Place place, String where) implements SecretRef {
  private static final long serialVersionUID = 1L;

  /** Where the value is. */
  public enum Place {
    /** In the option itself. */
    PLAIN,
    /** In Secret Manager. */
    SECRET_MANAGER,
    /** In a file that the launcher reads. */
    FILE
  }

  @Override
  public String toString() {
    return "--" + flag + " (" + place + ")";
  }
}
