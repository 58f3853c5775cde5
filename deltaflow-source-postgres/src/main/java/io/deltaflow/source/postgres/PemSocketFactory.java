package io.deltaflow.source.postgres;

import io.deltaflow.spi.Pem;
import java.security.GeneralSecurityException;
import java.util.Properties;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.postgresql.PGProperty;
import org.postgresql.ssl.NonValidatingFactory.NonValidatingTM;
import org.postgresql.ssl.WrappedFactory;

/**
 * TLS with certificates and keys that are texts, for the driver, whose own factories look for files
 * in the user's home. The driver makes it, from the connection's properties; host names are the
 * driver's to check.
 */
public final class PemSocketFactory extends WrappedFactory {
  static final String ROOT = "deltaflow.sslrootcert";
  static final String CERTIFICATE = "deltaflow.sslcert";
  static final String KEY = "deltaflow.sslkey";

  /** What the texts were given with, for messages. */
  static final String FLAG = ".flag";

  /** Throws a ConfigurationException when a text is not what it should be. */
  public PemSocketFactory(Properties connection) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(identity(connection), trust(connection), null);
    factory = context.getSocketFactory();
  }

  private static KeyManager[] identity(Properties p) {
    String certificate = p.getProperty(CERTIFICATE);
    return certificate == null
        ? null
        : Pem.identity(
            p.getProperty(CERTIFICATE + FLAG),
            certificate,
            p.getProperty(KEY + FLAG),
            p.getProperty(KEY));
  }

  /** Null for the authorities that the JVM trusts. */
  private static TrustManager[] trust(Properties p) {
    if (!PGProperty.SSL_MODE.getOrDefault(p).startsWith("verify")) {
      return new TrustManager[] {new NonValidatingTM()};
    }
    String root = p.getProperty(ROOT);
    return root == null ? null : Pem.trust(p.getProperty(ROOT + FLAG), root);
  }
}
