package io.deltaflow.runner.testing;

import java.util.List;
import org.apache.beam.sdk.extensions.gcp.options.GcsOptions;
import org.apache.beam.sdk.io.FileSystem;
import org.apache.beam.sdk.io.FileSystemRegistrar;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Sends a worker's Cloud Storage requests to the emulator, whose address is a system property of
 * the worker: of all options that name a server, Beam sends {@code --gcsEndpoint} to no worker. It
 * is no file system, but is asked for one whenever file systems are set up.
 */
public final class EmulatedStorage implements FileSystemRegistrar {
  /** The emulator's {@code --gcsEndpoint}. */
  public static final String ENDPOINT = "deltaflow.emulated.storage";

  @Override
  public Iterable<FileSystem<?>> fromOptions(PipelineOptions options) {
    String endpoint = System.getProperty(ENDPOINT);
    if (endpoint != null && options != null) {
      options.as(GcsOptions.class).setGcsEndpoint(endpoint);
    }
    return List.of();
  }
}
