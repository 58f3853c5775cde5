package io.deltaflow.source.postgres;

import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.error.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Properties;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/** Opens connections. */
final class Login {
  private static final byte[] SALT = SecureRandom.getSeed(16);

  private static final Pattern SECRET_MANAGER =
      Pattern.compile(
          "(//secretmanager\\.googleapis\\.com/)?projects/[^/]+/(locations/[^/]+/)?secrets/[^/]+"
              + "(/versions/[^/]+)?");

  private Login() {}

  /** What is meant as the place of a password must not reach a server as the password itself. */
  private static String password(ConnectionSettings settings, SourceContext context) {
    String password = context.secret(settings.password());
    if (SECRET_MANAGER.matcher(password.strip()).matches()) {
      throw new ConfigurationException(
          settings.flags().of(PostgresOptions.PASSWORD)
              + ": expected the password itself, found the name of a secret in Secret Manager;"
              + " reading it from there is not available yet");
    }
    return password;
  }

  /** Tells two passwords apart within this JVM without keeping either. */
  static String fingerprint(ConnectionSettings settings, SourceContext context) {
    if (settings.password() == null) {
      return "";
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(SALT);
      digest.update(password(settings, context).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JVM has SHA-256", e);
    }
  }

  /**
   * Waits out a server that is starting or full, for the connect timeout; any other refusal is
   * final.
   */
  static Connection connect(ConnectionSettings settings, SourceContext context) {
    long deadline = System.nanoTime() + settings.connectTimeout().toNanos();
    long pauseMillis = 100;
    while (true) {
      try {
        return new Driver().connect(url(settings), login(settings, context));
      } catch (SQLException e) {
        boolean busy =
            SqlErrors.TOO_MANY_CONNECTIONS.equals(e.getSQLState())
                || SqlErrors.CANNOT_CONNECT_NOW.equals(e.getSQLState());
        if (!busy || System.nanoTime() > deadline || context.isCancelled()) {
          throw SqlErrors.connecting(e, settings);
        }
      }
      pause(pauseMillis);
      pauseMillis = Math.min(2 * pauseMillis, 2000);
    }
  }

  private static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while connecting");
    }
  }

  // The database goes into the properties: in the URL it could carry further properties.
  private static String url(ConnectionSettings settings) {
    String host = settings.host();
    boolean bareIpv6 = host.indexOf(':') >= 0 && !host.startsWith("[");
    return "jdbc:postgresql://"
        + (bareIpv6 ? "[" + host + "]" : host)
        + ":"
        + settings.port()
        + "/";
  }

  private static Properties login(ConnectionSettings settings, SourceContext context) {
    Properties p = new Properties();
    PGProperty.PG_DBNAME.set(p, settings.database());
    PGProperty.USER.set(p, settings.username());
    if (settings.password() != null) {
      PGProperty.PASSWORD.set(p, password(settings, context));
    }
    PGProperty.APPLICATION_NAME.set(p, settings.applicationName());
    PGProperty.SSL_MODE.set(p, settings.sslMode().toString());
    if (settings.sslMode().compareTo(SslMode.VERIFY_CA) >= 0) {
      trust(p, settings.rootCertificate());
    }
    PGProperty.CONNECT_TIMEOUT.set(p, seconds(settings.connectTimeout()));
    PGProperty.LOGIN_TIMEOUT.set(p, seconds(settings.connectTimeout()));
    PGProperty.TCP_KEEP_ALIVE.set(p, true);
    PGProperty.READ_ONLY.set(p, true);
    // Named statements would outlive the transaction, which poolers do not allow.
    PGProperty.PREPARE_THRESHOLD.set(p, 0);
    return p;
  }

  /** The driver's own default is a file in the user's home, which workers do not have. */
  private static void trust(Properties p, String rootCertificate) {
    if (rootCertificate == null) {
      PGProperty.SSL_FACTORY.set(p, "org.postgresql.ssl.DefaultJavaSSLFactory");
    } else {
      PGProperty.SSL_FACTORY.set(p, "org.postgresql.ssl.SingleCertValidatingFactory");
      PGProperty.SSL_FACTORY_ARG.set(p, rootCertificate.strip());
    }
  }

  private static int seconds(Duration duration) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, duration.toSeconds()));
  }
}
