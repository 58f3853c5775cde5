package io.deltaflow.scenarios;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;

/** The direct runner, after something else has happened: the run is planned, and nothing read. */
public final class AfterPlanRunner extends PipelineRunner<PipelineResult> {
  private static final AtomicReference<Runnable> WORK = new AtomicReference<>();

  private final DirectRunner runner;

  private AfterPlanRunner(DirectRunner runner) {
    this.runner = runner;
  }

  /** What happens after the next plan. */
  static void next(Runnable work) {
    WORK.set(work);
  }

  /** Called by Beam. */
  public static AfterPlanRunner fromOptions(PipelineOptions options) {
    return new AfterPlanRunner(DirectRunner.fromOptions(options));
  }

  @Override
  public PipelineResult run(Pipeline pipeline) {
    WORK.getAndSet(null).run();
    return runner.run(pipeline);
  }
}
