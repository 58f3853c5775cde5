package io.deltaflow.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.source.postgres.TestConfig.Opened;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.testing.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncryptionTest {
  private static final String STORE_PASSWORD = "changeit";
  @TempDir private static Path folder;
  private static String certificate;
  private static PostgresServer server;

  @BeforeAll
  static void startServer() throws Exception {
    certificate = createCertificate("server", "SAN=ip:127.0.0.1");
    Properties settings = new Properties();
    settings.setProperty("ssl", "on");
    settings.setProperty("ssl_cert_file", folder.resolve("server.crt").toString());
    settings.setProperty("ssl_key_file", folder.resolve("server.key").toString());
    server = PostgresServer.start(settings);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  /** With the JDK's keytool; leaves NAME.crt and NAME.key for the server. */
  private static String createCertificate(String name, String extension) throws Exception {
    Path store = folder.resolve(name + ".p12");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            name,
            "-keyalg",
            "RSA",
            "-dname",
            "CN=" + name,
            "-ext",
            extension,
            "-ext",
            "BC=ca:true",
            "-validity",
            "2",
            "-storetype",
            "PKCS12",
            "-storepass",
            STORE_PASSWORD,
            "-keystore",
            store.toString());
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(keytool.getInputStream().readAllBytes());
    assertThat(keytool.waitFor()).as(output).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, STORE_PASSWORD.toCharArray());
    }
    String text = pem("CERTIFICATE", keys.getCertificate(name).getEncoded());
    Files.writeString(folder.resolve(name + ".crt"), text);
    write(
        folder.resolve(name + ".key"),
        pem("PRIVATE KEY", keys.getKey(name, STORE_PASSWORD.toCharArray()).getEncoded()));
    return text;
  }

  /** The server refuses a key that others may read. */
  private static void write(Path file, String text) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text);
  }

  private static String pem(String kind, byte[] bytes) {
    return "-----BEGIN "
        + kind
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
        + "\n-----END "
        + kind
        + "-----\n";
  }

  private static TestConfig config(String sslMode) {
    return TestConfig.of(server, "postgres")
        .with("sslmode", sslMode)
        .with("query", "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
  }

  @ParameterizedTest
  @ValueSource(strings = {"prefer", "require", "verify-ca", "verify-full"})
  void connectionsAreEncrypted(String sslMode) {
    Opened opened = config(sslMode).with("ssl_root_certificate", certificate).open();
    assertThat(Rows.column(Rows.all(opened), "ssl")).containsExactly(true);
  }

  @Test
  void encryptionCanBeSwitchedOff() {
    assertThat(Rows.column(Rows.all(config("disable").open()), "ssl")).containsExactly(false);
  }

  @Test
  void aServerOfAnUnknownAuthorityIsRefused() throws Exception {
    String other = createCertificate("other", "SAN=ip:127.0.0.1");
    for (Opened opened :
        List.of(
            config("verify-full").open(),
            config("verify-ca").with("ssl_root_certificate", other).open())) {
      assertThatThrownBy(() -> Rows.detect(opened))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("--postgresql_ssl_root_certificate");
    }
  }

  @Test
  void aServerOfAnotherNameIsRefused() {
    Opened opened =
        config("verify-full")
            .with("host", "localhost")
            .with("ssl_root_certificate", certificate)
            .open();
    assertThatThrownBy(() -> Rows.detect(opened))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("localhost")
        .hasMessageContaining("--postgresql_sslmode");
  }

  @Test
  void aCertificateThatIsNoneIsRefusedBeforeAnyContact() {
    assertThatThrownBy(() -> config("verify-full").with("ssl_root_certificate", "file:x").open())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("ssl_root_certificate");
  }
}
