package io.deltaflow.spi;

import java.io.Serializable;

/**
 * Where a secret is, never what it is; may travel in the job graph. Resolve it with {@link
 * SourceContext#secret} right before use and keep the value nowhere.
 */
public interface SecretRef extends Serializable {
  /** The flag it was given with, for messages. */
  String flag();
}
