package io.deltaflow.template;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.options.PipelineOptions;
import org.joda.time.Duration;

/** Takes a pipeline as a remote runner would, and keeps it instead of running it. */
public final class CapturingRunner extends PipelineRunner<PipelineResult> {
  private static final AtomicReference<Pipeline> LAST = new AtomicReference<>();

  private CapturingRunner() {}

  public static CapturingRunner fromOptions(PipelineOptions options) {
    return new CapturingRunner();
  }

  static Pipeline last() {
    return LAST.get();
  }

  @Override
  public PipelineResult run(Pipeline pipeline) {
    LAST.set(pipeline);
    return new Submitted();
  }

  private static final class Submitted implements PipelineResult {
    @Override
    public State getState() {
      return State.RUNNING;
    }

    @Override
    public State cancel() {
      throw new UnsupportedOperationException("nothing runs");
    }

    @Override
    public State waitUntilFinish(Duration duration) {
      throw new UnsupportedOperationException("a launched template is never waited for");
    }

    @Override
    public State waitUntilFinish() {
      throw new UnsupportedOperationException("a launched template is never waited for");
    }

    @Override
    public MetricResults metrics() {
      throw new UnsupportedOperationException("nothing runs");
    }
  }
}
