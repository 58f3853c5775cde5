package io.deltaflow.internal;

import io.deltaflow.internal.GivenSecret.Place;
import io.deltaflow.spi.SecretRef;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.error.ConfigurationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** Resolves secrets on the launcher: from what was given, from files, from Secret Manager. */
public final class LauncherContext implements SourceContext {
  private final Map<String, String> secretsByFlag;
  private final Map<String, String> files = new ConcurrentHashMap<>();
  private final Map<String, String> stored = new ConcurrentHashMap<>();
  private final PipelineOptions options;

  private LauncherContext(Map<String, String> secretsByFlag, PipelineOptions options) {
    this.secretsByFlag = Map.copyOf(secretsByFlag);
    this.options = options;
  }

  /** Outside a pipeline. */
  public static LauncherContext of(Map<String, String> secretsByFlag) {
    return of(secretsByFlag, null);
  }

  static LauncherContext of(Map<String, String> secretsByFlag, PipelineOptions options) {
    return new LauncherContext(secretsByFlag, options);
  }

  @Override
  public Optional<PipelineOptions> pipelineOptions() {
    return Optional.ofNullable(options);
  }

  @Override
  public String secret(SecretRef reference) {
    if (reference instanceof GivenSecret given && given.place() == Place.SECRET_MANAGER) {
      stored.put(given.flag(), given.where());
      return StoredSecrets.value(given, pipelineOptions());
    }
    if (reference instanceof GivenSecret given && given.place() == Place.FILE) {
      return files.computeIfAbsent(given.flag(), flag -> read(given));
    }
    String value = secretsByFlag.get(reference.flag());
    if (value == null) {
      throw new ConfigurationException("--" + reference.flag() + " has no value in this run");
    }
    return value;
  }

  private String read(GivenSecret file) {
    if (options != null) {
      FileSystems.setDefaultPipelineOptions(options);
    }
    try {
      return new String(bytes(file.where()), StandardCharsets.UTF_8);
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigurationException(
          "--"
              + file.flag()
              + ": the file "
              + file.where()
              + " could not be read ("
              + e.getMessage()
              + "); expected a file that this machine can read, of a file system that Beam knows,"
              + " such as gs://bucket/file, or "
              + SecretName.FORM,
          e);
    }
  }

  /** Outside a pipeline nobody may have told Beam's file systems yet that there are others. */
  private byte[] bytes(String path) throws IOException {
    try {
      return RunFiles.read(path);
    } catch (IllegalArgumentException e) {
      if (options != null) {
        throw e;
      }
      FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
      return RunFiles.read(path);
    }
  }

  @Override
  public Optional<String> changed(SecretRef reference, String refused) {
    return StoredSecrets.changed(reference, refused, pipelineOptions());
  }

  /** By flag, the names in Secret Manager that were asked for so far. */
  Map<String, String> stored() {
    return new TreeMap<>(stored);
  }

  /**
   * What workers cannot find by themselves: plain values, and the files that were read here, since
   * a file of this machine is on no other.
   */
  Map<String, String> forWorkers() {
    Map<String, String> texts = new HashMap<>(secretsByFlag);
    texts.putAll(files);
    return texts;
  }
}
