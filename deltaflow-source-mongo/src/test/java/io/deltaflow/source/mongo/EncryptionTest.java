package io.deltaflow.source.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.DeltaFlowException;
import io.deltaflow.testing.MongoServer;
import io.deltaflow.testing.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that speaks TLS only, with a certificate of an authority of its own. */
class EncryptionTest {
  @TempDir private static Path folder;
  private static TestAuthority authority;
  private static String stranger;
  private static MongoServer server;

  @BeforeAll
  static void start() throws IOException {
    authority = TestAuthority.create(Files.createDirectory(folder.resolve("own")));
    stranger = TestAuthority.create(Files.createDirectory(folder.resolve("other"))).certificate();
    server = MongoServer.startTls(authority);
    server.insert("shop", "orders", "{_id: 1}", "{_id: 2}");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static TestConfig config(MongoServer at) {
    return new TestConfig()
        .with("host", at.host())
        .with("port", Integer.toString(at.port()))
        .with("database", "shop")
        .with("collection", "orders")
        .with("connect_timeout", "2s");
  }

  private static void assertRefused(
      TestConfig config, Class<? extends DeltaFlowException> type, String... words) {
    TestConfig.Opened opened = config.open();
    assertThatThrownBy(opened::detect).isInstanceOf(type).message().contains(words);
  }

  @Test
  void aServerIsBelievedThatATrustedAuthoritySigned() throws IOException {
    Path file = Files.writeString(folder.resolve("ca.pem"), authority.certificate());
    TestConfig encrypted = config(server).with("tls", "true");
    assertThat(encrypted.with("tls_ca_file", file.toString()).open().rows()).hasSize(2);
    String string = "mongodb://127.0.0.1:" + server.port() + "/shop?tls=true";
    assertThat(
            new TestConfig()
                .with("connection_string", string)
                .with("collection", "orders")
                .with("tls_ca_file", stranger + authority.certificate())
                .open()
                .rows())
        .hasSize(2);
  }

  @Test
  void aServerOfAnUnknownAuthorityIsRefused() {
    String advice = "signed by nobody who is trusted; give the certificate of its authority";
    TestConfig encrypted = config(server).with("tls", "true");
    assertRefused(encrypted, ConfigurationException.class, advice, "--mongodb_tls_ca_file");
    encrypted.with("tls_ca_file", stranger);
    assertRefused(encrypted, ConfigurationException.class, advice);
  }

  @Test
  void aServerOfAnotherNameIsRefused() {
    assertRefused(
        config(server)
            .with("tls", "true")
            .with("host", "localhost")
            .with("tls_ca_file", authority.certificate()),
        ConfigurationException.class,
        "for another name than 'localhost'",
        "--mongodb_host");
  }

  @Test
  void aServerWithoutTlsAndOneThatTakesNothingElseSayWhatToDo() {
    try (MongoServer plain = MongoServer.start()) {
      assertRefused(
          config(plain).with("tls", "true").with("tls_ca_file", authority.certificate()),
          DeltaFlowException.class,
          "if the server has no TLS, leave --mongodb_tls out");
    }
    assertRefused(
        config(server),
        DeltaFlowException.class,
        "encrypted connections only",
        "--mongodb_tls=true");
    assertRefused(
        new TestConfig()
            .with("connection_string", "mongodb://127.0.0.1:" + server.port() + "/shop")
            .with("collection", "orders")
            .with("connect_timeout", "2s"),
        DeltaFlowException.class,
        "encrypted connections only, write tls=true into --mongodb_connection_string");
  }

  @Test
  void certificatesWithoutEncryptionAreRefused() {
    assertThatThrownBy(() -> config(server).with("tls_ca_file", "ca.pem").open())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--mongodb_tls_ca_file is given without --mongodb_tls=true");
    assertRefused(
        new TestConfig()
            .with("connection_string", "mongodb://127.0.0.1:1/shop")
            .with("collection", "orders")
            .with("tls_ca_file", authority.certificate()),
        ConfigurationException.class,
        "--mongodb_connection_string",
        "tls=true");
  }

  @Test
  void aKeyThatIsNoneIsRefusedWithoutIt() {
    assertRefused(
        config(server)
            .with("tls", "true")
            .with("tls_certificate_key_file", authority.certificate()),
        ConfigurationException.class,
        "--mongodb_tls_certificate_key_file: expected a private key");
  }
}
