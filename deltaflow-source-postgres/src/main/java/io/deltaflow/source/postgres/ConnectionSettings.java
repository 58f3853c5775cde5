package io.deltaflow.source.postgres;

import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.SecretRef;
import java.io.Serializable;
import java.time.Duration;
import java.util.Set;

/**
 * How to reach the server.
 *
 * @param password null where the role needs none
 * @param rootCertificate PEM text; null trusts whom the JVM trusts
 * @param statementTimeout null leaves the role's own
 */
record ConnectionSettings(
    String host,
    int port,
    String database,
    String username,
    SecretRef password,
    SslMode sslMode,
    String rootCertificate,
    int maxConnections,
    Duration connectTimeout,
    Duration statementTimeout,
    String application,
    Flags flags)
    implements Serializable {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

  /**
   * Ends the name of our own sessions, which never write, so that no application goes by the same.
   */
  private static final String READER = " [reader]";

  static ConnectionSettings of(ConnectorConfig config) {
    return new ConnectionSettings(
        config.get(PostgresOptions.HOST),
        Math.toIntExact(config.get(PostgresOptions.PORT)),
        config.get(PostgresOptions.DATABASE),
        config.get(PostgresOptions.USERNAME),
        config.secret(PostgresOptions.PASSWORD).orElse(null),
        config.get(PostgresOptions.SSLMODE),
        config.find(PostgresOptions.SSL_ROOT_CERTIFICATE).orElse(null),
        Math.toIntExact(config.get(PostgresOptions.MAX_CONNECTIONS)),
        config.get(PostgresOptions.CONNECT_TIMEOUT),
        config.find(PostgresOptions.STATEMENT_TIMEOUT).orElse(null),
        config.get(PostgresOptions.APPLICATION_NAME),
        Flags.of(config));
  }

  String applicationName() {
    return application + READER;
  }

  /** Whether somebody between us and the server could read or change what passes. */
  boolean isExposed() {
    return sslMode != SslMode.VERIFY_FULL && !LOOPBACK.contains(host);
  }

  /** For messages. */
  String server() {
    return host + ":" + port;
  }

  /** What two sources that may share connections have in common. */
  Identity identity() {
    return new Identity(host, port, database, username, sslMode, rootCertificate, application);
  }

  record Identity(
      String host,
      int port,
      String database,
      String username,
      SslMode sslMode,
      String rootCertificate,
      String application) {}
}
