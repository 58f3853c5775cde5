package io.deltaflow.internal;

import io.deltaflow.RunMetric;
import io.deltaflow.RunReport;
import io.deltaflow.SyncRun;
import io.deltaflow.spi.error.DeltaFlowException;
import io.deltaflow.spi.error.InternalException;
import io.deltaflow.spi.error.LoadException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;

/** A submitted pipeline. */
record LaunchedRun(RunLayout layout, PipelineResult result, String reportPath) implements SyncRun {
  /** Submits the pipeline; a runner that runs in this process may fail right here. */
  static LaunchedRun of(RunLayout layout, Pipeline pipeline, String reportPath) {
    try {
      return new LaunchedRun(layout, pipeline.run(), reportPath);
    } catch (RuntimeException e) {
      RuntimeException failure = typed(e);
      // Ours came out of a run that has ended; after any other it may have been submitted.
      if (failure instanceof DeltaFlowException) {
        deleteFolder(layout, failure);
      }
      throw failure;
    }
  }

  @Override
  public String runId() {
    return layout.runId();
  }

  @Override
  public Map<RunMetric, String> metrics() {
    return MetricsText.of(result);
  }

  @Override
  public RunReport waitUntilFinish() {
    PipelineResult.State state;
    try {
      state = result.waitUntilFinish();
    } catch (RuntimeException e) {
      RuntimeException failure = typed(e);
      if (result.getState().isTerminal()) {
        deleteFolder(layout, failure);
      }
      throw failure;
    }
    if (state != PipelineResult.State.DONE) {
      InternalException failure =
          new InternalException(
              "run " + runId() + " ended as " + state + "; the runner's log has the reason");
      if (state != null && state.isTerminal()) {
        // Why is not known here, and files of a refused load are kept.
        deleteSecrets(layout, failure);
      }
      throw failure;
    }
    return report();
  }

  private RunReport report() {
    try {
      String json = new String(readReport(), StandardCharsets.UTF_8);
      RunFiles.delete(List.of(layout.report()));
      return RunReport.fromJson(json);
    } catch (IOException e) {
      throw new InternalException(
          "run " + runId() + " ended well, but its report " + reportPath + " could not be read", e);
    }
  }

  /** What could not be written where the user wanted it is in the run's folder. */
  private byte[] readReport() throws IOException {
    try {
      return RunFiles.read(layout.report());
    } catch (FileNotFoundException e) {
      return RunFiles.read(reportPath);
    }
  }

  /** Files of a run that has failed are of no use to anyone, unless they are why. */
  private static void deleteFolder(RunLayout layout, RuntimeException failure) {
    if (failure instanceof LoadException) {
      deleteSecrets(layout, failure);
      return;
    }
    try {
      RunFiles.deleteFolder(layout.folder(), "");
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static void deleteSecrets(RunLayout layout, RuntimeException failure) {
    try {
      RunFiles.delete(List.of(layout.secrets()));
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** Our own failure, out of what a runner wraps it in. */
  private static RuntimeException typed(RuntimeException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof DeltaFlowException ours) {
        return ours;
      }
    }
    return e;
  }
}
