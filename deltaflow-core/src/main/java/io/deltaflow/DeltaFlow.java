package io.deltaflow;

import io.deltaflow.internal.Launch;
import io.deltaflow.internal.Verify;
import java.util.Map;
import org.apache.beam.sdk.options.PipelineOptions;

/** The library's front door. */
public final class DeltaFlow {
  private DeltaFlow() {}

  /**
   * Plans a run, creates the destination's tables where they are absent, and submits the pipeline.
   * Called on the launcher; contacts source, destination and the temporary location; does not wait
   * for the run (a runner that runs in this process may, by its own options).
   *
   * @throws io.deltaflow.spi.error.DeltaFlowException typed by who can act; then nothing that a
   *     reader of the destination can see has changed
   */
  public static SyncRun launch(SyncSpec spec, PipelineOptions options) {
    return new Launch(spec.options(), spec.sources(), spec.destination(), spec.secrets(), options)
        .run();
  }

  /**
   * Reads all rows of the source and of the destination, in this process, and sums both up. They
   * are equal when the source is at rest and every row was synced.
   */
  public static Proof verify(SyncSpec spec, PipelineOptions options) {
    return new Verify(spec.options(), spec.sources(), spec.destination(), spec.secrets(), options)
        .run();
  }

  /**
   * Rows of a source for a pipeline of one's own, read from the same splits in the same way.
   *
   * @param connector its name, such as {@code values}
   * @param options of the connector, by name without prefix
   */
  public static Read read(String connector, Map<String, String> options) {
    return new Read(ConfiguredSource.of(OptionCatalog.discover().connector(connector), options));
  }
}
