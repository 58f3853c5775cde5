package io.deltaflow.source.mongo;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCredential;
import com.mongodb.MongoDriverInformation;
import com.mongodb.ServerAddress;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.connection.ServerMonitoringMode;
import com.mongodb.connection.SslSettings;
import io.deltaflow.spi.SecretRef;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.error.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.UuidRepresentation;

/**
 * The driver's clients of this JVM, one for each way to reach a server. Its pool is where
 * connections are waited for: reads take one for each batch and hold none between. Secrets are
 * resolved whenever a client is asked for, and another password is another client.
 */
final class Clients {
  private static final ConcurrentMap<String, Client> CLIENTS = new ConcurrentHashMap<>();
  private static final byte[] SALT = SecureRandom.getSeed(16);
  private static final Pattern UNCHECKED_TLS =
      Pattern.compile(
          "[?&;](tlsinsecure|tlsallowinvalidcertificates|tlsallowinvalidhostnames|sslinsecure"
              + "|sslallowinvalidcertificates|sslallowinvalidhostnames|sslinvalidhostnameallowed)="
              + "(?!false\\b)");
  private static final Pattern TLS_FILES =
      Pattern.compile("[?&;](tlscafile|tlscertificatekeyfile)=");
  private static final long POOL_WAIT_MINUTES = 10;
  private static final long IDLE_SECONDS = 60;

  private Clients() {}

  /**
   * A client and what its settings say.
   *
   * @param database that the options or else the connection string name
   * @param exposed whether somebody between us and the server could read or change what passes
   * @param otherReads whether the connection string sends reads elsewhere than to the primary
   */
  record Client(MongoClient client, String database, boolean exposed, boolean otherReads) {}

  /** Contacts nothing by itself. */
  static Client of(MongoSettings settings, SourceContext context) {
    Secrets secrets =
        new Secrets(
            resolve(settings.password(), context),
            resolve(settings.connectionString(), context),
            resolve(settings.tlsCaFile(), context),
            resolve(settings.tlsCertificateKeyFile(), context));
    String key = settings + " " + secrets.fingerprint();
    return CLIENTS.computeIfAbsent(key, k -> open(settings, secrets));
  }

  /** Those that were not given are null. */
  private record Secrets(
      String password, String connectionString, String caFile, String certificateKeyFile) {
    String fingerprint() {
      return Stream.of(password, connectionString, caFile, certificateKeyFile)
          .map(Clients::fingerprint)
          .collect(Collectors.joining(" "));
    }

    @Override
    public String toString() {
      return "secrets";
    }
  }

  private static String resolve(SecretRef secret, SourceContext context) {
    return secret == null ? null : context.secret(secret);
  }

  private static String fingerprint(String secret) {
    if (secret == null) {
      return "";
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(SALT);
      digest.update(secret.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JVM has SHA-256", e);
    }
  }

  private static Client open(MongoSettings settings, Secrets secrets) {
    String string = secrets.connectionString();
    MongoClientSettings.Builder builder =
        MongoClientSettings.builder()
            .applicationName("deltaflow")
            .uuidRepresentation(UuidRepresentation.STANDARD)
            .applyToClusterSettings(
                c ->
                    c.serverSelectionTimeout(
                        settings.connectTimeout().toMillis(), TimeUnit.MILLISECONDS))
            .applyToSocketSettings(
                s ->
                    s.connectTimeout(
                        Math.toIntExact(settings.connectTimeout().toMillis()),
                        TimeUnit.MILLISECONDS))
            // One connection to watch a server, not two.
            .applyToServerSettings(s -> s.serverMonitoringMode(ServerMonitoringMode.POLL));
    ConnectionString parsed = string == null ? null : parse(settings, string);
    if (parsed == null) {
      byParts(builder, settings, secrets.password());
    } else {
      builder.applyConnectionString(parsed);
      checkTls(builder.build().getSslSettings(), settings);
    }
    MongoTls.addTo(builder, settings, secrets.caFile(), secrets.certificateKeyFile());
    // Last, so that a connection string cannot open more than was allowed.
    builder.applyToConnectionPoolSettings(
        p ->
            p.minSize(0)
                .maxSize(settings.maxConnections())
                .maxWaitTime(POOL_WAIT_MINUTES, TimeUnit.MINUTES)
                .maxConnectionIdleTime(IDLE_SECONDS, TimeUnit.SECONDS));
    MongoClientSettings made = builder.build();
    boolean exposed =
        !made.getSslSettings().isEnabled()
            && !made.getClusterSettings().getHosts().stream()
                .allMatch(a -> MongoSettings.isLoopback(a.getHost()));
    String database =
        settings.database() != null || parsed == null ? settings.database() : parsed.getDatabase();
    if (database == null) {
      throw new ConfigurationException(
          settings.flags().of(MongoOptions.DATABASE)
              + " is required, since "
              + settings.flags().of(MongoOptions.CONNECTION_STRING)
              + " names no database");
    }
    return new Client(
        MongoClients.create(made, MongoDriverInformation.builder().driverName("DeltaFlow").build()),
        database,
        exposed,
        !made.getReadPreference().getName().equals("primary"));
  }

  private static void byParts(
      MongoClientSettings.Builder builder, MongoSettings settings, String password) {
    builder
        .applyToClusterSettings(
            c -> c.hosts(List.of(new ServerAddress(settings.bracketedHost(), settings.port()))))
        .applyToSslSettings(s -> s.enabled(settings.tls()));
    if (settings.username() != null) {
      builder.credential(
          MongoCredential.createCredential(
              settings.username(), settings.authSource(), password.toCharArray()));
    }
  }

  /** Nothing that the driver says of a connection string may be shown: it quotes it. */
  private static ConnectionString parse(MongoSettings settings, String string) {
    String flag = settings.flags().of(MongoOptions.CONNECTION_STRING);
    if (UNCHECKED_TLS.matcher(string.toLowerCase(Locale.ROOT)).find()) {
      throw unchecked(flag);
    }
    if (TLS_FILES.matcher(string.toLowerCase(Locale.ROOT)).find()) {
      throw new ConfigurationException(
          flag
              + ": the driver knows no files of certificates in a connection string (tlsCAFile,"
              + " tlsCertificateKeyFile); give "
              + settings.flags().of(MongoOptions.TLS_CA_FILE)
              + " and "
              + settings.flags().of(MongoOptions.TLS_CERTIFICATE_KEY_FILE)
              + " in their place");
    }
    ConnectionString parsed;
    try {
      parsed = new ConnectionString(string.strip());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          flag
              + ": the value given is no connection string that the driver understands; expected"
              + " mongodb://user:password@host:port/database?authSource=admin or mongodb+srv://...,"
              + " with @ : / ? # [ ] % in the user or the password percent-encoded");
    }
    if (parsed.getHosts().stream().anyMatch(h -> MongoSettings.isMetadata(withoutPort(h)))) {
      throw new ConfigurationException(flag + ": a host in it " + MongoSettings.METADATA_SERVER);
    }
    return parsed;
  }

  /** Whatever the spelling that the driver understood. */
  private static void checkTls(SslSettings made, MongoSettings settings) {
    String flag = settings.flags().of(MongoOptions.CONNECTION_STRING);
    if (made.isInvalidHostNameAllowed()) {
      throw unchecked(flag);
    }
    if (settings.tls() && !made.isEnabled()) {
      throw new ConfigurationException(
          settings.flags().of(MongoOptions.TLS)
              + "=true is given together with "
              + flag
              + ", which does not encrypt; write tls=true into the connection string");
    }
  }

  private static ConfigurationException unchecked(String flag) {
    return new ConfigurationException(
        flag
            + ": an option in it switches the check of the server's certificate off"
            + " (tlsInsecure, tlsAllowInvalidCertificates or tlsAllowInvalidHostnames), so that"
            + " anybody could pose as the server; leave it out");
  }

  private static String withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
  }
}
