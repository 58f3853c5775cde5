package io.deltaflow.source.postgres;

import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import io.deltaflow.spi.SecretRef;
import io.deltaflow.spi.error.ConfigurationException;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How to reach the server.
 *
 * @param host any with Cloud SQL
 * @param password null where the role needs none
 * @param cloudSql null where the host is the server
 * @param statementTimeout null leaves the role's own
 * @param socketTimeout null waits for ever
 */
record ConnectionSettings(
    String host,
    int port,
    String database,
    String username,
    SecretRef password,
    TlsSettings tls,
    CloudSql cloudSql,
    int maxConnections,
    Duration connectTimeout,
    Duration statementTimeout,
    Duration socketTimeout,
    String application,
    Flags flags)
    implements Serializable {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

  /**
   * Ends the name of our own sessions, which never write, so that no application goes by the same.
   */
  private static final String READER = " [reader]";

  private static final Pattern METADATA =
      Pattern.compile(
          "(?i)(metadata|metadata\\.goog|metadata\\.google\\.internal|instance-data)\\.?"
              + "|169\\.254\\.169\\.254|\\[?fd00:ec2::254]?");

  private static final Pattern NOT_OF_A_HOST = Pattern.compile("[^a-zA-Z0-9._:%\\[\\]-]");

  static ConnectionSettings of(ConnectorConfig config) {
    CloudSql cloudSql = CloudSql.of(config);
    return new ConnectionSettings(
        cloudSql == null ? host(config) : "localhost",
        Math.toIntExact(config.get(PostgresOptions.PORT)),
        database(config),
        config.get(PostgresOptions.USERNAME),
        config.secret(PostgresOptions.PASSWORD).orElse(null),
        TlsSettings.of(config),
        cloudSql,
        Math.toIntExact(config.get(PostgresOptions.MAX_CONNECTIONS)),
        config.get(PostgresOptions.CONNECT_TIMEOUT),
        config.find(PostgresOptions.STATEMENT_TIMEOUT).orElse(null),
        config.find(PostgresOptions.SOCKET_TIMEOUT).orElse(null),
        config.get(PostgresOptions.APPLICATION_NAME),
        Flags.of(config));
  }

  private static String host(ConnectorConfig config) {
    String host = config.get(PostgresOptions.HOST);
    if (METADATA.matcher(host).matches()) {
      throw new ConfigurationException(
          Flags.of(config).of(PostgresOptions.HOST)
              + ": '"
              + host
              + "' is where cloud machines keep their own metadata and credentials, and no database"
              + " server");
    }
    Matcher bad = NOT_OF_A_HOST.matcher(host);
    if (bad.find()) {
      throw notUrl(
          config, PostgresOptions.HOST, "'" + bad.group() + "'", "the name or address of a host");
    }
    return host;
  }

  private static String database(ConnectorConfig config) {
    String database = config.get(PostgresOptions.DATABASE);
    if (database.contains("://")) {
      throw notUrl(config, PostgresOptions.DATABASE, "'://'", "the name of a database");
    }
    return database;
  }

  /** Does not repeat the value: URLs carry passwords. */
  private static ConfigurationException notUrl(
      ConnectorConfig config, ConnectorOption<String> option, String found, String expected) {
    Flags flags = Flags.of(config);
    return new ConfigurationException(
        flags.of(option)
            + ": expected "
            + expected
            + ", found a text with "
            + found
            + "; if it is a URL, give its parts in "
            + flags.of(PostgresOptions.HOST)
            + ", "
            + flags.of(PostgresOptions.PORT)
            + ", "
            + flags.of(PostgresOptions.DATABASE)
            + ", "
            + flags.of(PostgresOptions.USERNAME)
            + " and "
            + flags.of(PostgresOptions.PASSWORD));
  }

  String applicationName() {
    return application + READER;
  }

  /** Whether somebody between us and the server could read or change what passes. */
  boolean isExposed() {
    return cloudSql == null && tls.mode() != SslMode.VERIFY_FULL && !LOOPBACK.contains(host);
  }

  /** For messages. */
  String server() {
    return cloudSql == null ? host + ":" + port : "Cloud SQL instance " + cloudSql.instance();
  }

  /** What two sources that may share connections have in common. */
  Identity identity() {
    return new Identity(host, port, database, username, tls, cloudSql, application);
  }

  /** The secrets that a login takes; those that are there. */
  List<SecretRef> secrets() {
    List<SecretRef> all = new ArrayList<>(tls.files());
    if (password != null) {
      all.add(password);
    }
    return all;
  }

  record Identity(
      String host,
      int port,
      String database,
      String username,
      TlsSettings tls,
      CloudSql cloudSql,
      String application) {}
}
