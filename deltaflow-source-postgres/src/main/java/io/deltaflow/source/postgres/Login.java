package io.deltaflow.source.postgres;

import io.deltaflow.spi.SecretRef;
import io.deltaflow.spi.SourceContext;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
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
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/** Opens connections. */
final class Login {
  private static final byte[] SALT = SecureRandom.getSeed(16);

  private Login() {}

  /** Tells two logins apart within this JVM without keeping their secrets. */
  static String fingerprint(ConnectionSettings settings, SourceContext context) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(SALT);
      for (SecretRef secret : settings.secrets()) {
        byte[] value = context.secret(secret).getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(4).putInt(value.length).flip());
        digest.update(value);
      }
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
    boolean readAgain = false;
    while (true) {
      Properties login = login(settings, context);
      try {
        return new Driver().connect(url(settings), login);
      } catch (SQLException e) {
        if (!readAgain && isPasswordChanged(e, settings, login, context)) {
          readAgain = true;
          continue;
        }
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

  /** A password that was changed a moment ago may be remembered as it was. */
  private static boolean isPasswordChanged(
      SQLException e, ConnectionSettings settings, Properties login, SourceContext context) {
    return SqlErrors.WRONG_PASSWORD.equals(e.getSQLState())
        && settings.password() != null
        && context
            .changed(settings.password(), PGProperty.PASSWORD.getOrDefault(login))
            .isPresent();
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
      PGProperty.PASSWORD.set(p, context.secret(settings.password()));
    }
    PGProperty.APPLICATION_NAME.set(p, settings.applicationName());
    if (settings.cloudSql() == null) {
      encrypt(p, settings.tls(), context);
    } else {
      settings.cloudSql().addTo(p, settings.flags());
    }
    PGProperty.CONNECT_TIMEOUT.set(p, seconds(settings.connectTimeout()));
    PGProperty.LOGIN_TIMEOUT.set(p, seconds(settings.connectTimeout()));
    if (settings.socketTimeout() != null) {
      PGProperty.SOCKET_TIMEOUT.set(p, atLeastASecond(settings.socketTimeout()));
    }
    PGProperty.TCP_KEEP_ALIVE.set(p, true);
    PGProperty.READ_ONLY.set(p, true);
    // Named statements would outlive the transaction, which poolers do not allow.
    PGProperty.PREPARE_THRESHOLD.set(p, 0);
    return p;
  }

  private static void encrypt(Properties p, TlsSettings tls, SourceContext context) {
    PGProperty.SSL_MODE.set(p, tls.mode().toString());
    if (!tls.mode().checksCertificate() && tls.certificate() == null) {
      return;
    }
    put(p, PemSocketFactory.ROOT, tls.rootCertificate(), context);
    put(p, PemSocketFactory.CERTIFICATE, tls.certificate(), context);
    put(p, PemSocketFactory.KEY, tls.key(), context);
    PGProperty.SSL_FACTORY.set(p, PemSocketFactory.class.getName());
    check(p);
  }

  private static void put(Properties p, String name, SecretRef file, SourceContext context) {
    if (file != null) {
      p.setProperty(name, context.secret(file));
      p.setProperty(name + PemSocketFactory.FLAG, file.flag());
    }
  }

  /** The driver would hide what is wrong with a text. */
  private static void check(Properties p) {
    try {
      new PemSocketFactory(p);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JVM has TLS", e);
    }
  }

  /** 0 is for ever, to the user and to the driver. */
  private static int atLeastASecond(Duration timeout) {
    return timeout.isZero() ? 0 : seconds(timeout);
  }

  private static int seconds(Duration duration) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, duration.toSeconds()));
  }
}
