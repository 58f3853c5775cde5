package io.deltaflow.source.mongo;

import com.mongodb.MongoClientSettings;
import io.deltaflow.spi.Pem;
import io.deltaflow.spi.SecretRef;
import io.deltaflow.spi.error.ConfigurationException;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** Certificates that were given; the check of the server's name is the driver's. */
final class MongoTls {
  private MongoTls() {}

  /**
   * Call it when the builder knows whether to encrypt.
   *
   * @param caFile null trusts whom the JVM trusts
   * @param certificateKeyFile null shows no certificate
   */
  static void addTo(
      MongoClientSettings.Builder builder,
      MongoSettings settings,
      String caFile,
      String certificateKeyFile) {
    if (!settings.hasCertificates()) {
      return;
    }
    if (!builder.build().getSslSettings().isEnabled()) {
      throw new ConfigurationException(
          settings.flags().of(MongoOptions.CONNECTION_STRING)
              + ": "
              + settings.flags().of(MongoOptions.TLS_CA_FILE)
              + " and "
              + settings.flags().of(MongoOptions.TLS_CERTIFICATE_KEY_FILE)
              + " are of use with tls=true in it only");
    }
    TrustManager[] trust = caFile == null ? null : Pem.trust(settings.tlsCaFile().flag(), caFile);
    SecretRef own = settings.tlsCertificateKeyFile();
    KeyManager[] identity =
        own == null
            ? null
            : Pem.identity(own.flag(), certificateKeyFile, own.flag(), certificateKeyFile);
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(identity, trust, null);
      builder.applyToSslSettings(s -> s.context(context));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JVM has TLS", e);
    }
  }
}
