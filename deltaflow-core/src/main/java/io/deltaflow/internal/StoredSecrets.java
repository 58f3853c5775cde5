package io.deltaflow.internal;

import io.deltaflow.internal.GivenSecret.Place;
import io.deltaflow.spi.SecretRef;
import io.deltaflow.spi.SecretStore;
import io.deltaflow.spi.error.ConfigurationException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Secrets that were given by name, on the launcher and on workers. A value is kept for a minute:
 * splits do not ask one by one, and a new version of a secret is in use soon.
 */
final class StoredSecrets {
  static final Duration KEPT = Duration.ofMinutes(1);
  private static final StoredSecrets OF_THIS_JVM =
      new StoredSecrets(StoredSecrets::discover, System::nanoTime);

  private final Supplier<Optional<SecretStore>> store;
  private final LongSupplier nanos;
  private final Map<Key, Value> values = new ConcurrentHashMap<>();

  /** Pipelines of one JVM may have different credentials. */
  private record Key(String name, long pipeline) {}

  private record Value(String text, long readNanos) {
    @Override
    public String toString() {
      return "a secret's value";
    }
  }

  StoredSecrets(Supplier<Optional<SecretStore>> store, LongSupplier nanos) {
    this.store = store;
    this.nanos = nanos;
  }

  static String value(GivenSecret secret, Optional<PipelineOptions> options) {
    return OF_THIS_JVM.get(secret, options);
  }

  /** Empty for a secret that is not stored. */
  static Optional<String> changed(
      SecretRef secret, String refused, Optional<PipelineOptions> options) {
    return secret instanceof GivenSecret given && given.place() == Place.SECRET_MANAGER
        ? OF_THIS_JVM.another(given, refused, options)
        : Optional.empty();
  }

  private static Optional<SecretStore> discover() {
    return ServiceLoader.load(SecretStore.class)
        .findFirst()
        .or(
            () ->
                ServiceLoader.load(SecretStore.class, StoredSecrets.class.getClassLoader())
                    .findFirst());
  }

  /** Threads that ask for the same secret at once share one request. */
  String get(GivenSecret secret, Optional<PipelineOptions> options) {
    values.values().removeIf(v -> nanos.getAsLong() - v.readNanos() >= KEPT.toNanos());
    return values
        .computeIfAbsent(
            key(secret, options), k -> new Value(read(secret, options), nanos.getAsLong()))
        .text();
  }

  /** The value, read again if it is still the one that was refused; empty if it stays that. */
  Optional<String> another(GivenSecret secret, String refused, Optional<PipelineOptions> options) {
    String now =
        values
            .compute(
                key(secret, options),
                (k, kept) ->
                    kept != null && !kept.text().equals(refused)
                        ? kept
                        : new Value(read(secret, options), nanos.getAsLong()))
            .text();
    return now.equals(refused) ? Optional.empty() : Optional.of(now);
  }

  private static Key key(GivenSecret secret, Optional<PipelineOptions> options) {
    return new Key(secret.where(), options.map(PipelineOptions::getOptionsId).orElse(-1L));
  }

  private String read(GivenSecret secret, Optional<PipelineOptions> options) {
    SecretStore reader =
        store
            .get()
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "--"
                            + secret.flag()
                            + ": "
                            + secret.where()
                            + " is in Secret Manager, and nothing on the class path reads it; add"
                            + " io.deltaflow:deltaflow-secrets-google"));
    String text = text(secret, reader.read(secret.flag(), secret.where(), options));
    if (text.isEmpty()) {
      throw new ConfigurationException(
          "--" + secret.flag() + ": the secret " + secret.where() + " is empty");
    }
    return text;
  }

  /** Without the line break that {@code echo} puts behind what it stores. */
  private static String text(GivenSecret secret, byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.replaceFirst("\\r?\\n\\z", "");
    } catch (CharacterCodingException e) {
      // The cause would be of no use, and tells about the value.
      throw new ConfigurationException(
          "--" + secret.flag() + ": the secret " + secret.where() + " is no text in UTF-8");
    }
  }
}
