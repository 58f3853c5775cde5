package io.deltaflow.source.postgres;

import io.deltaflow.ConfiguredSource;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.testing.PostgresServer;
import java.util.HashMap;
import java.util.Map;

/** Options by name, parsed as the engine parses them. */
final class TestConfig {
  private final Map<String, String> options = new HashMap<>();

  static TestConfig of(PostgresServer server, String database) {
    return new TestConfig()
        .with("host", server.host())
        .with("port", String.valueOf(server.port()))
        .with("database", database)
        .with("username", server.username())
        .with("password", server.password());
  }

  TestConfig with(String name, String value) {
    options.put(name, value);
    return this;
  }

  TestConfig without(String name) {
    options.remove(name);
    return this;
  }

  Map<String, String> options() {
    return options;
  }

  Opened open() {
    ConfiguredSource configured = ConfiguredSource.of(new PostgresConnector(), options);
    return new Opened(configured.source(), configured.context());
  }

  /** A source with what it may contact its server with. */
  record Opened(Source source, SourceContext context) {}
}
