package io.deltaflow.spi;

import java.util.Optional;

/**
 * The options given for one connector, parsed and checked against their declarations. Only declared
 * options can be asked for.
 */
public interface ConnectorConfig {
  /** The option's value or its default. */
  <T> Optional<T> find(ConnectorOption<T> option);

  /** The option's value or its default; for options that are required or have a default. */
  default <T> T get(ConnectorOption<T> option) {
    return find(option)
        .orElseThrow(
            () ->
                new io.deltaflow.spi.error.InternalException(
                    "option "
                        + flag(option)
                        + " was read as if it were required, and has no value"));
  }

  /** Whether the user gave the option, as against its default or a blank. */
  boolean isGiven(ConnectorOption<?> option);

  /** A reference to a secret option's value, empty when none was given. */
  Optional<SecretRef> secret(ConnectorOption<String> option);

  /** The flag as the user types it, without dashes, for messages: {@code postgresql_host}. */
  String flag(ConnectorOption<?> option);
}
