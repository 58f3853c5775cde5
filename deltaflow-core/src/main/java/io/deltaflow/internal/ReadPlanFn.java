package io.deltaflow.internal;

import org.apache.beam.sdk.transforms.DoFn;

/** From an impulse to the splits of a plan. */
final class ReadPlanFn extends DoFn<byte[], SplitTask> {
  private static final long serialVersionUID = 1L;

  private final String path;

  ReadPlanFn(String path) {
    this.path = path;
  }

  @ProcessElement
  public void process(OutputReceiver<SplitTask> out) {
    SplitPlan.read(path).forEach(out::output);
  }
}
