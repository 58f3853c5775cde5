package io.deltaflow.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.source.postgres.TestConfig.Opened;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.testing.PostgresServer;
import io.deltaflow.testing.TestAuthority;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that admits nobody without TLS, with a certificate of an authority of its own. */
class EncryptionTest {
  @TempDir private static Path folder;
  private static TestAuthority authority;
  private static TestAuthority.Issued reader;
  private static String stranger;
  private static PostgresServer server;

  @BeforeAll
  static void startServer() throws Exception {
    authority = TestAuthority.create(Files.createDirectory(folder.resolve("own")));
    stranger = TestAuthority.create(Files.createDirectory(folder.resolve("other"))).certificate();
    reader = authority.issue("reader", "dns:reader");
    TestAuthority.Issued issued = authority.issue("server", "ip:127.0.0.1");
    Path trusted = Files.writeString(folder.resolve("ca.crt"), authority.certificate());
    Properties settings = new Properties();
    settings.setProperty("ssl", "on");
    settings.setProperty("ssl_cert_file", issued.certificateFile().toString());
    settings.setProperty("ssl_key_file", issued.keyFile().toString());
    settings.setProperty("ssl_ca_file", trusted.toString());
    server = PostgresServer.start(settings);
    server.createDatabase("certificates");
    server.admit(
        "hostssl certificates all 127.0.0.1/32 scram-sha-256 clientcert=verify-ca",
        "hostssl all all 127.0.0.1/32 scram-sha-256");
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  private static TestConfig config(String sslMode) {
    return TestConfig.of(server, "postgres")
        .with("sslmode", sslMode)
        .with("query", "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
  }

  private static void assertEncrypted(TestConfig config) {
    assertThat(Rows.column(Rows.all(config.open()), "ssl")).containsExactly(true);
  }

  private static void assertRefused(TestConfig config, String... words) {
    Opened opened = config.open();
    assertThatThrownBy(() -> Rows.detect(opened))
        .isInstanceOf(ConfigurationException.class)
        .message()
        .contains(words);
  }

  @ParameterizedTest
  @ValueSource(strings = {"allow", "prefer", "require"})
  void connectionsAreEncryptedWhereTheServerAsksForIt(String sslMode) {
    assertEncrypted(config(sslMode));
  }

  @ParameterizedTest
  @ValueSource(strings = {"verify-ca", "verify-full"})
  void aServerIsBelievedThatATrustedAuthoritySigned(String sslMode) {
    assertEncrypted(config(sslMode).with("sslrootcert", folder.resolve("ca.crt").toString()));
    assertEncrypted(config(sslMode).with("sslrootcert", stranger + authority.certificate()));
  }

  @Test
  void aServerThatAdmitsNobodyUnencryptedSaysSo() {
    assertRefused(config("disable"), "unencrypted", "--postgresql_sslmode=verify-full");
  }

  @Test
  void aServerOfAnUnknownAuthorityIsRefused() {
    String advice = "signed by nobody who is trusted; give the certificate of its authority";
    assertRefused(config("verify-full"), advice, "--postgresql_sslrootcert");
    assertRefused(config("verify-ca").with("sslrootcert", stranger), advice);
  }

  @Test
  void aServerOfAnotherNameIsRefused() {
    TestConfig other =
        config("verify-full")
            .with("host", "localhost")
            .with("sslrootcert", authority.certificate());
    assertRefused(
        other, "for another name than 'localhost'", "--postgresql_host", "sslmode=verify-ca");
    assertEncrypted(other.with("sslmode", "verify-ca"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"disable", "allow", "prefer", "require"})
  void anAuthorityThatWouldNotBeAskedIsRefusedBeforeAnyContact(String sslMode) {
    assertThatThrownBy(() -> config(sslMode).with("sslrootcert", "ca.pem").open())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--postgresql_sslmode=" + sslMode + " checks no certificate")
        .hasMessageContaining("verify-full");
  }

  @Test
  void aClientsCertificateIsShown() {
    TestConfig config =
        config("verify-full")
            .with("database", "certificates")
            .with("sslrootcert", authority.certificate());
    assertRefused(config, "asks for a certificate", "--postgresql_sslcert", "--postgresql_sslkey");
    config.with("sslcert", reader.certificateFile().toString());
    assertEncrypted(config.with("sslkey", reader.keyFile().toString()));
    assertEncrypted(config.with("sslkey", pkcs1(reader.key())));
    assertEncrypted(config.with("sslmode", "require").without("sslrootcert"));
  }

  /** The older form, which Cloud SQL hands out: the same key within another frame. */
  private static String pkcs1(String pem) {
    byte[] pkcs8 = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]+-----", ""));
    byte[] inner = java.util.Arrays.copyOfRange(pkcs8, 26, pkcs8.length);
    return "-----BEGIN RSA PRIVATE KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(inner)
        + "\n-----END RSA PRIVATE KEY-----\n";
  }

  @Test
  void aKeyIsNeverShownAndDoesNotTravelWithTheSource() throws IOException {
    String inside = reader.key().substring(200, 230);
    Opened opened =
        config("require").with("sslcert", reader.certificate()).with("sslkey", reader.key()).open();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(opened.source());
    }
    assertThat(bytes.toString(StandardCharsets.ISO_8859_1)).doesNotContain(inside);
    assertThat(opened.source().toString()).doesNotContain(inside);

    String broken = reader.key().replace(inside, "A".repeat(30));
    Opened bad =
        config("require").with("sslcert", reader.certificate()).with("sslkey", broken).open();
    assertThatThrownBy(() -> Rows.detect(bad))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--postgresql_sslkey")
        .message()
        .doesNotContain(inside, broken.substring(100, 120));
  }

  @ParameterizedTest
  @CsvSource({
    "sslrootcert, /nowhere/ca.pem, could not be read",
    "sslrootcert, file:x, could not be read",
    "sslrootcert, gs2://bucket/ca.pem, could not be read",
    "sslrootcert, '-----BEGIN CERTIFICATE-----x-----END CERTIFICATE-----', cannot be read",
    "sslrootcert, '-----BEGIN SOMETHING-----AA==-----END SOMETHING-----', expected a certificate",
  })
  void aFileThatHoldsNoCertificateIsNamed(String option, String value, String why) {
    assertRefused(config("verify-full").with(option, value), "--postgresql_" + option, why);
  }

  @Test
  void aCertificateWithoutItsKeyIsRefused() {
    assertThatThrownBy(() -> config("require").with("sslcert", "reader.pem").open())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--postgresql_sslcert and --postgresql_sslkey");
  }
}
