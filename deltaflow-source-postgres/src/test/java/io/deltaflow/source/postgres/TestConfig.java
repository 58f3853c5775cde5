package io.deltaflow.source.postgres;

import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import io.deltaflow.spi.SecretRef;
import io.deltaflow.spi.Source;
import io.deltaflow.testing.PostgresServer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Options by name, as the engine would hand them over. */
final class TestConfig implements ConnectorConfig {
  private final Map<String, String> values = new LinkedHashMap<>();

  record Password(String flag, String value) implements SecretRef {
    @Override
    public String toString() {
      return flag;
    }
  }

  static TestConfig of(PostgresServer server, String database) {
    return new TestConfig()
        .with("host", server.host())
        .with("port", String.valueOf(server.port()))
        .with("database", database)
        .with("username", server.username())
        .with("password", server.password());
  }

  TestConfig with(String name, String value) {
    values.put(name, value);
    return this;
  }

  Source open() {
    return new PostgresConnector().open(this);
  }

  @Override
  public <T> Optional<T> find(ConnectorOption<T> option) {
    String text = values.get(option.name());
    return text == null ? option.defaultValue() : Optional.of(option.parse(flag(option), text));
  }

  @Override
  public boolean isGiven(ConnectorOption<?> option) {
    return values.containsKey(option.name());
  }

  @Override
  public Optional<SecretRef> secret(ConnectorOption<String> option) {
    return Optional.ofNullable(values.get(option.name()))
        .map(value -> new Password(flag(option), value));
  }

  @Override
  public String flag(ConnectorOption<?> option) {
    return "postgresql_" + option.name();
  }
}
