package io.deltaflow.testing;

import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * The direct runner, with every element of every step of DeltaFlow processed twice, one after the
 * other; the first output is discarded, as by a runner that has lost it. A split is read twice into
 * files of other names, and a run that has published and cleaned up is published again.
 *
 * <p>{@code --runner=io.deltaflow.testing.RepeatingRunner}
 */
public final class RepeatingRunner extends PipelineRunner<PipelineResult> {
  private final PipelineOptions options;

  private RepeatingRunner(PipelineOptions options) {
    this.options = options;
  }

  /** Called by Beam. */
  public static RepeatingRunner fromOptions(PipelineOptions options) {
    return new RepeatingRunner(options);
  }

  @Override
  public PipelineResult run(Pipeline pipeline) {
    RepeatedSteps.in(pipeline, RepeatedFn.Order.IN_TURN);
    return DirectRunner.fromOptions(options).run(pipeline);
  }
}
