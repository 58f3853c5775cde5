package io.deltaflow;

import org.apache.beam.sdk.PipelineResult;

/** A launched run. */
public interface SyncRun {
  String runId();

  /** Beam's own handle. */
  PipelineResult result();

  /**
   * Waits for the end; never called when a template is launched.
   *
   * @throws io.deltaflow.spi.error.DeltaFlowException as the run failed, typed by who can act
   */
  RunReport waitUntilFinish();
}
