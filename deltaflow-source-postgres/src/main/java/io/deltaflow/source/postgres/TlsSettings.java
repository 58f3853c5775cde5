package io.deltaflow.source.postgres;

import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.SecretRef;
import io.deltaflow.spi.error.ConfigurationException;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * How the connection is encrypted, and who is believed.
 *
 * @param rootCertificate null trusts whom the JVM trusts
 * @param certificate null shows none
 * @param key of the certificate
 */
record TlsSettings(SslMode mode, SecretRef rootCertificate, SecretRef certificate, SecretRef key)
    implements Serializable {

  static TlsSettings of(ConnectorConfig config) {
    TlsSettings tls =
        new TlsSettings(
            config.get(PostgresOptions.SSLMODE),
            config.secret(PostgresOptions.SSLROOTCERT).orElse(null),
            config.secret(PostgresOptions.SSLCERT).orElse(null),
            config.secret(PostgresOptions.SSLKEY).orElse(null));
    Flags flags = Flags.of(config);
    String mode = flags.of(PostgresOptions.SSLMODE);
    if (tls.rootCertificate != null && !tls.mode.checksCertificate()) {
      throw new ConfigurationException(
          mode
              + "="
              + tls.mode
              + " checks no certificate, so that "
              + flags.of(PostgresOptions.SSLROOTCERT)
              + " would be of no use; give "
              + mode
              + "=verify-full, or verify-ca where the server's name is not in its certificate");
    }
    if ((tls.certificate == null) != (tls.key == null)) {
      throw new ConfigurationException(
          flags.of(PostgresOptions.SSLCERT)
              + " and "
              + flags.of(PostgresOptions.SSLKEY)
              + " are given together or not at all");
    }
    if (tls.certificate != null && tls.mode.mayBePlain()) {
      throw new ConfigurationException(
          mode
              + "="
              + tls.mode
              + " need not encrypt, so that "
              + flags.of(PostgresOptions.SSLCERT)
              + " might never be shown; give "
              + mode
              + "=verify-full, verify-ca or require");
    }
    return tls;
  }

  /** Those that are there. */
  List<SecretRef> files() {
    return Stream.of(rootCertificate, certificate, key).filter(Objects::nonNull).toList();
  }
}
