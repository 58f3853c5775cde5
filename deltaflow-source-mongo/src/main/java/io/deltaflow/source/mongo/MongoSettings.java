package io.deltaflow.source.mongo;

import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.SecretRef;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How to reach the server.
 *
 * @param host null with a connection string
 * @param database null leaves it to the connection string
 * @param username null where the server asks for none
 * @param password null where there is none
 * @param tlsCaFile null trusts whom the JVM trusts
 * @param tlsCertificateKeyFile null shows no certificate
 * @param connectionString null with a host
 */
record MongoSettings(
    String host,
    int port,
    String database,
    String username,
    SecretRef password,
    String authSource,
    boolean tls,
    SecretRef tlsCaFile,
    SecretRef tlsCertificateKeyFile,
    SecretRef connectionString,
    int maxConnections,
    Duration connectTimeout,
    Flags flags)
    implements Serializable {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "[::1]");
  private static final Pattern METADATA =
      Pattern.compile(
          "(?i)(metadata|metadata\\.goog|metadata\\.google\\.internal|instance-data)\\.?"
              + "|169\\.254\\.169\\.254|\\[?fd00:ec2::254]?");
  private static final Pattern NOT_OF_A_HOST = Pattern.compile("[^a-zA-Z0-9._:%\\[\\]-]");

  /** Adds a line to the problems for each thing that is wrong. */
  static MongoSettings of(ConnectorConfig config, List<String> problems) {
    Flags flags = Flags.of(config);
    MongoSettings settings =
        new MongoSettings(
            config.find(MongoOptions.HOST).orElse(null),
            Math.toIntExact(config.get(MongoOptions.PORT)),
            config.find(MongoOptions.DATABASE).orElse(null),
            config.find(MongoOptions.USERNAME).orElse(null),
            config.secret(MongoOptions.PASSWORD).orElse(null),
            config.get(MongoOptions.AUTH_SOURCE),
            config.get(MongoOptions.TLS),
            config.secret(MongoOptions.TLS_CA_FILE).orElse(null),
            config.secret(MongoOptions.TLS_CERTIFICATE_KEY_FILE).orElse(null),
            config.secret(MongoOptions.CONNECTION_STRING).orElse(null),
            Math.toIntExact(config.get(MongoOptions.MAX_CONNECTIONS)),
            config.get(MongoOptions.CONNECT_TIMEOUT),
            flags);
    settings.check(problems);
    return settings;
  }

  private void check(List<String> problems) {
    if (database != null && database.matches("(?s).*[/\\\\. \"$\\x00].*")) {
      problems.add(
          flags.of(MongoOptions.DATABASE)
              + ": a database's name has none of / \\ . \" $, no space and no NUL");
    }
    if (connectionString != null) {
      return;
    }
    if (host == null) {
      problems.add(
          flags.of(MongoOptions.HOST)
              + " or "
              + flags.of(MongoOptions.CONNECTION_STRING)
              + " is required");
    } else {
      checkHost(problems);
    }
    if (database == null) {
      problems.add(flags.of(MongoOptions.DATABASE) + " is required (database to read)");
    }
    if (!tls && hasCertificates()) {
      problems.add(
          flags.of(
                  tlsCaFile != null
                      ? MongoOptions.TLS_CA_FILE
                      : MongoOptions.TLS_CERTIFICATE_KEY_FILE)
              + " is given without "
              + flags.of(MongoOptions.TLS)
              + "=true, which encrypts");
    }
    if (username == null && password != null) {
      problems.add(
          flags.of(MongoOptions.PASSWORD) + " is given without " + flags.of(MongoOptions.USERNAME));
    }
    if (username != null && password == null) {
      problems.add(
          flags.of(MongoOptions.PASSWORD) + " is required with " + flags.of(MongoOptions.USERNAME));
    }
  }

  boolean hasCertificates() {
    return tlsCaFile != null || tlsCertificateKeyFile != null;
  }

  /** Does not repeat a value that may be a URL: URLs carry passwords. */
  private void checkHost(List<String> problems) {
    if (isMetadata(host)) {
      problems.add(flags.of(MongoOptions.HOST) + ": '" + host + "' " + METADATA_SERVER);
      return;
    }
    Matcher bad = NOT_OF_A_HOST.matcher(host);
    if (bad.find()) {
      problems.add(
          flags.of(MongoOptions.HOST)
              + ": expected the name or address of a host, found a text with '"
              + bad.group()
              + "'; give a whole connection string in "
              + flags.of(MongoOptions.CONNECTION_STRING));
    }
  }

  static final String METADATA_SERVER =
      "is where cloud machines keep their own metadata and credentials, and no database server";

  static boolean isMetadata(String host) {
    return METADATA.matcher(host).matches();
  }

  static boolean isLoopback(String host) {
    return LOOPBACK.contains(host);
  }

  /** For messages: never a part of the connection string. */
  String server() {
    return connectionString == null
        ? host + ":" + port
        : "the server of " + flags.of(MongoOptions.CONNECTION_STRING);
  }

  /** The host in the form that the driver takes; IPv6 in brackets. */
  String bracketedHost() {
    return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
  }
}
