package io.deltaflow;

import java.util.Map;
import org.apache.beam.sdk.PipelineResult;

/** A launched run. */
public interface SyncRun {
  String runId();

  /** Beam's own handle. */
  PipelineResult result();

  /**
   * What the run has counted so far, by Beam's own means: numbers of {@link RunMetric}s by name, of
   * a distribution its number of updates, mean and largest. Empty where the runner cannot say.
   */
  default Map<RunMetric, String> metrics() {
    return Map.of();
  }

  /**
   * Waits for the end; never called when a template is launched.
   *
   * @throws io.deltaflow.spi.error.DeltaFlowException as the run failed, typed by who can act
   */
  RunReport waitUntilFinish();
}
