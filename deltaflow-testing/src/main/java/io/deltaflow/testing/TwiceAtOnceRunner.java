package io.deltaflow.testing;

import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * The direct runner, with every element of every step of DeltaFlow processed twice at once, by two
 * threads, as by a runner that takes a worker for dead which is not. The output of one is
 * discarded; a failure of either fails the pipeline.
 *
 * <p>{@code --runner=io.deltaflow.testing.TwiceAtOnceRunner}
 */
public final class TwiceAtOnceRunner extends PipelineRunner<PipelineResult> {
  private final PipelineOptions options;

  private TwiceAtOnceRunner(PipelineOptions options) {
    this.options = options;
  }

  /** Called by Beam. */
  public static TwiceAtOnceRunner fromOptions(PipelineOptions options) {
    return new TwiceAtOnceRunner(options);
  }

  @Override
  public PipelineResult run(Pipeline pipeline) {
    RepeatedSteps.in(pipeline, RepeatedFn.Order.AT_ONCE);
    return DirectRunner.fromOptions(options).run(pipeline);
  }
}
