package io.deltaflow.secrets.google;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.OAuth2Credentials;
import io.deltaflow.spi.SecretStore;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.SourceException;
import io.deltaflow.testing.SecretManagerServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.beam.sdk.extensions.gcp.options.GcpOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class GoogleSecretStoreTest {
  private static final String VALUE = "hunter2-that-nobody-may-see";
  private static SecretManagerServer server;
  private static Optional<PipelineOptions> options;

  @BeforeAll
  static void start() {
    server = SecretManagerServer.start();
    options = Optional.of(PipelineOptionsFactory.fromArgs(server.pipelineArgument()).create());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String read(String name) {
    return new String(
        new GoogleSecretStore().read("acme_password", name, options), StandardCharsets.UTF_8);
  }

  private static void assertRefused(String name, String why) {
    assertThatThrownBy(() -> read(name))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("--acme_password: " + name + ": ")
        .hasMessageContaining(why)
        .message()
        .doesNotContain(VALUE);
  }

  @Test
  void itIsFoundOnTheClassPath() {
    assertThat(ServiceLoader.load(SecretStore.class))
        .singleElement()
        .isInstanceOf(GoogleSecretStore.class);
  }

  @Test
  void aVersionIsReadByNumberAndAsLatest() {
    String first = server.add("projects/p/secrets/versions", "one");
    server.add("projects/p/secrets/versions", "two");
    assertThat(read(first)).isEqualTo("one");
    assertThat(read("projects/p/secrets/versions/versions/latest")).isEqualTo("two");
  }

  @Test
  void aSecretOfARegionIsReadToo() {
    String name = server.add("projects/p/locations/europe-west3/secrets/regional", VALUE);
    assertThat(read(name)).isEqualTo(VALUE);
  }

  @Test
  void whatIsMissingIsNamed() {
    String disabled = server.add("projects/p/secrets/disabled", VALUE);
    server.disable(disabled);
    String destroyed = server.add("projects/p/secrets/destroyed", VALUE);
    server.destroy(destroyed);
    String denied = server.add("projects/p/secrets/denied", VALUE);
    server.deny("projects/p/secrets/denied");

    assertRefused(disabled, "disabled or destroyed");
    assertRefused(destroyed, "DESTROYED");
    assertRefused(denied, "roles/secretmanager.secretAccessor");
    assertRefused("projects/p/secrets/disabled/versions/7", "no such version");
    assertRefused("projects/p/secrets/nobody/versions/1", "no such secret");
  }

  /** Of all loggers, at their finest level. */
  @Test
  void noLogHoldsAValue() {
    String name = server.add("projects/p/secrets/logged", VALUE);
    List<String> messages = new CopyOnWriteArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord logged) {
            messages.add(logged.getMessage() + Arrays.toString(logged.getParameters()));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger root = Logger.getLogger("");
    Level usual = root.getLevel();
    root.setLevel(Level.ALL);
    root.addHandler(handler);
    try {
      assertThat(read(name)).isEqualTo(VALUE);
    } finally {
      root.removeHandler(handler);
      root.setLevel(usual);
    }
    String coded =
        Base64.getEncoder().encodeToString(VALUE.getBytes(StandardCharsets.UTF_8)).substring(0, 20);
    assertThat(messages).as("something was logged").isNotEmpty();
    assertThat(messages).noneMatch(m -> m.contains(VALUE) || m.contains(coded));
  }

  @Test
  void aServiceThatIsAwayForAMomentIsAskedAgain() {
    String name = server.add("projects/p/secrets/patient", VALUE);
    int before = server.requests();
    server.fail(1);
    assertThat(read(name)).isEqualTo(VALUE);
    assertThat(server.requests() - before).isEqualTo(2);
  }

  @Test
  void credentialsThatGiveNoTokenAreNotTakenForASilentService() {
    PipelineOptions own = PipelineOptionsFactory.create();
    own.as(GcpOptions.class)
        .setGcpCredential(
            new OAuth2Credentials() {
              @Override
              public AccessToken refreshAccessToken() throws IOException {
                throw new IOException("no such account");
              }
            });
    assertThatThrownBy(
            () ->
                new GoogleSecretStore()
                    .read("acme_password", "projects/p/secrets/s/versions/1", Optional.of(own)))
        .hasMessageContaining("the Google credentials of this machine give no access token")
        .hasMessageContaining("no such account")
        .message()
        .doesNotContain("Private Google Access");
  }

  @Test
  void anAnswerThatWasDamagedIsNotUsed() {
    String name = server.add("projects/p/secrets/damaged", VALUE);
    server.damage(1);
    assertThatThrownBy(() -> read(name))
        .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.isPassing()).isTrue())
        .hasMessageContaining("CRC32C");
    assertThat(read(name)).isEqualTo(VALUE);
  }
}
