package io.deltaflow.internal;

import io.deltaflow.RunReport;
import io.deltaflow.SyncRun;
import io.deltaflow.spi.error.DeltaFlowException;
import io.deltaflow.spi.error.InternalException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;

/** A submitted pipeline. */
record LaunchedRun(
    String runId, PipelineResult result, String reportPath, boolean isReportTemporary)
    implements SyncRun {
  /** Submits the pipeline; a runner that runs in this process may fail right here. */
  static LaunchedRun of(
      String runId, Pipeline pipeline, String reportPath, boolean isReportTemporary) {
    try {
      return new LaunchedRun(runId, pipeline.run(), reportPath, isReportTemporary);
    } catch (RuntimeException e) {
      throw Failures.typed(e);
    }
  }

  @Override
  public RunReport waitUntilFinish() {
    PipelineResult.State state;
    try {
      state = result.waitUntilFinish();
    } catch (RuntimeException e) {
      throw Failures.typed(e);
    }
    if (state != PipelineResult.State.DONE) {
      throw new InternalException(
          "run " + runId + " ended as " + state + "; the runner's log has the reason");
    }
    try {
      String json = new String(RunFiles.read(reportPath), StandardCharsets.UTF_8);
      if (isReportTemporary) {
        RunFiles.delete(List.of(reportPath));
      }
      return RunReport.fromJson(json);
    } catch (IOException e) {
      throw new InternalException(
          "run " + runId + " ended well, but its report " + reportPath + " could not be read", e);
    }
  }

  /** Our own failures, out of what a runner wraps them in. */
  static final class Failures {
    private Failures() {}

    static RuntimeException typed(RuntimeException e) {
      for (Throwable t = e; t != null; t = t.getCause()) {
        if (t instanceof DeltaFlowException ours) {
          return ours;
        }
      }
      return e;
    }
  }
}
