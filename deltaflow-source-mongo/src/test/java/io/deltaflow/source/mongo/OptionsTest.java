package io.deltaflow.source.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.source.mongo.TestConfig.Opened;
import io.deltaflow.spi.error.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused before any server is contacted: nothing listens where these point to. */
class OptionsTest {
  private static TestConfig config() {
    return new TestConfig()
        .with("host", "db.example.com")
        .with("database", "shop")
        .with("collection", "orders");
  }

  @Test
  void allThatIsMissingIsNamedAtOnce() {
    assertThatThrownBy(() -> new TestConfig().with("query", "{").open())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--mongodb_host or --mongodb_connection_string is required")
        .hasMessageContaining("--mongodb_database is required")
        .hasMessageContaining("--mongodb_collection is required")
        .hasMessageContaining("--mongodb_query: '{' is no JSON object");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"$where\": \"sleep(1)\"}",
        "{\"a\": {\"$in\": [1, {\"$expr\": {\"$function\": {\"body\": \"f\"}}}]}}",
        "{\"a\": {\"$code\": \"f\"}}"
      })
  void javaScriptIsRefused(String query) {
    for (String option : new String[] {"query", "projection"}) {
      assertThatThrownBy(() -> config().with(option, query).open())
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("--mongodb_" + option)
          .hasMessageContaining("runs JavaScript on the server");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mongodb://u:hunter2@db/x", "db/hunter2?x", "a b", "169.254.169.254"})
  void hostsThatAreNoneAreRefusedWithoutTheirSecrets(String host) {
    assertThatThrownBy(() -> config().with("host", host).open())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--mongodb_host")
        .message()
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mongodb://u:hunter2@db@example.com/",
        "mongodb://u:hunter2@metadata.google.internal/",
        "postgres://u:hunter2@db",
        "projects/p/secrets/s/versions/1",
        "mongodb://u:hunter2@db.example.com/?tls=true&tlsCAFile=/etc/ca.pem"
      })
  void badConnectionStringsAreRefusedWithoutAWordOfThem(String string) {
    Opened opened = config().with("connection_string", string).open();
    assertThat(opened.source().toString() + opened.context()).doesNotContain("hunter2");
    assertThatThrownBy(opened::detect)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--mongodb_connection_string")
        .hasNoCause()
        .message()
        .doesNotContain("hunter2", "db.example.com");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tlsInsecure=true",
        "tls=true&tlsAllowInvalidCertificates=true",
        "tlsallowinvalidhostnames=TRUE",
        "tls=true;tlsInsecure=true",
        "tls=true;SSLInvalidHostNameAllowed=true"
      })
  void aConnectionStringMayNotSwitchTheCheckOfTheServerOff(String option) {
    Opened opened =
        config().with("connection_string", "mongodb://u:hunter2@127.0.0.1:1/?" + option).open();
    assertThatThrownBy(opened::detect)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--mongodb_connection_string")
        .hasMessageContaining("switches the check of the server's certificate off")
        .hasNoCause()
        .message()
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"?tlsCAFile=/etc/ca.pem", "?tls=true;tlsCertificateKeyFile=/etc/k.pem"})
  void filesOfCertificatesInAConnectionStringAreRefused(String options) {
    Opened opened =
        config()
            .with("connection_string", "mongodb://127.0.0.1:1/" + options)
            .with("connect_timeout", "200ms")
            .open();
    assertThatThrownBy(opened::detect)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("give --mongodb_tls_ca_file and --mongodb_tls_certificate_key_file");
  }

  @Test
  void encryptionThatAConnectionStringDoesNotAskForIsNotPromised() {
    Opened opened =
        config()
            .with("tls", "true")
            .with("connection_string", "mongodb://u:hunter2@127.0.0.1:1/shop")
            .open();
    assertThatThrownBy(opened::detect)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "--mongodb_tls=true is given together with --mongodb_connection_string")
        .hasMessageContaining("write tls=true into the connection string")
        .message()
        .doesNotContain("hunter2");
  }

  @Test
  void aServerThatIsNotThereIsNamedByItsFlagOnly() {
    Opened opened =
        config()
            .with("connection_string", "mongodb://u:hunter2@127.0.0.1:1/shop")
            .with("connect_timeout", "200ms")
            .open();
    assertThatThrownBy(opened::detect)
        .hasMessageContaining("not reachable")
        .hasMessageContaining("--mongodb_connection_string")
        .hasNoCause()
        .message()
        .doesNotContain("hunter2", "127.0.0.1");
  }

  @Test
  void aDatabaseMayComeFromTheConnectionString() {
    Opened opened =
        new TestConfig()
            .with("connection_string", "mongodb://127.0.0.1:1/")
            .with("collection", "orders")
            .open();
    assertThatThrownBy(opened::detect)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--mongodb_database is required");
  }

  @Test
  void oneQueryInTwoSpellingsIsOneSync() {
    String identity = config().with("query", "{\"a\": 1}").open().source().identity();
    assertThat(
            config().with("query", " { a : {\"$numberInt\":\"1\"} } ").open().source().identity())
        .isEqualTo(identity);
    assertThat(config().with("query", "{\"a\": 2}").open().source().identity())
        .isNotEqualTo(identity);
    assertThat(config().open().source().identity()).isEqualTo("mongodb:shop/orders");
  }
}
