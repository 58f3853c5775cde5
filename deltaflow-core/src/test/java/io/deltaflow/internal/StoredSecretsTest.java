package io.deltaflow.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.internal.GivenSecret.Place;
import io.deltaflow.spi.SecretStore;
import io.deltaflow.spi.error.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

final class StoredSecretsTest {
  private static final GivenSecret PASSWORD =
      new GivenSecret(
          "acme_password", Place.SECRET_MANAGER, "projects/p/secrets/s/versions/latest");

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final AtomicInteger reads = new AtomicInteger();

  private StoredSecrets secrets(byte[] value) {
    SecretStore store =
        (flag, name, options) -> {
          reads.incrementAndGet();
          return value;
        };
    return new StoredSecrets(() -> Optional.of(store), nanos::get);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aValueIsKeptForAMinuteAndNoLonger() {
    StoredSecrets secrets = secrets(bytes("v"));
    for (int i = 0; i < 3; i++) {
      assertThat(secrets.get(PASSWORD, Optional.empty())).isEqualTo("v");
      nanos.addAndGet(StoredSecrets.KEPT.toNanos() / 3);
    }
    assertThat(reads).hasValue(1);
    nanos.addAndGet(StoredSecrets.KEPT.toNanos() / 3);
    secrets.get(PASSWORD, Optional.empty());
    assertThat(reads).hasValue(2);
  }

  @Test
  void aValueThatWasRefusedIsReadAgainAndOfferedIfItIsAnother() {
    AtomicInteger version = new AtomicInteger(1);
    SecretStore store =
        (flag, name, options) -> {
          reads.incrementAndGet();
          return bytes("v" + version.get());
        };
    StoredSecrets secrets = new StoredSecrets(() -> Optional.of(store), nanos::get);
    assertThat(secrets.get(PASSWORD, Optional.empty())).isEqualTo("v1");
    assertThat(secrets.another(PASSWORD, "v1", Optional.empty())).isEmpty();
    version.set(2);
    assertThat(secrets.another(PASSWORD, "v1", Optional.empty())).contains("v2");
    assertThat(secrets.get(PASSWORD, Optional.empty())).isEqualTo("v2");
    assertThat(secrets.another(PASSWORD, "v1", Optional.empty()))
        .as("another thread was refused with the old one")
        .contains("v2");
    assertThat(reads).hasValue(3);
  }

  @Test
  void pipelinesWithOtherCredentialsAskForThemselves() {
    StoredSecrets secrets = secrets(bytes("v"));
    for (int i = 0; i < 2; i++) {
      secrets.get(PASSWORD, Optional.of(PipelineOptionsFactory.create()));
    }
    assertThat(reads).hasValue(2);
  }

  @Test
  void theLineBreakOfATextThatWasStoredWithEchoIsNoPartOfIt() {
    assertThat(secrets(bytes("ab\n")).get(PASSWORD, Optional.empty())).isEqualTo("ab");
    assertThat(secrets(bytes("a\n\n")).get(PASSWORD, Optional.empty())).isEqualTo("a\n");
  }

  @Test
  void whatIsNoTextIsRefusedWithoutIt() {
    assertThatThrownBy(
            () -> secrets(new byte[] {'h', 'u', 'n', (byte) 0xff}).get(PASSWORD, Optional.empty()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "--acme_password: the secret projects/p/secrets/s/versions/latest is no text in UTF-8")
        .hasNoCause();
    assertThatThrownBy(() -> secrets(bytes("\n")).get(PASSWORD, Optional.empty()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("is empty");
  }

  @Test
  void aReferenceThatNothingReadsIsSaidToBeOne() {
    assertThatThrownBy(
            () -> new StoredSecrets(Optional::empty, nanos::get).get(PASSWORD, Optional.empty()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--acme_password")
        .hasMessageContaining("deltaflow-secrets-google");
  }
}
