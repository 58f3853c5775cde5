package io.deltaflow.internal;

import java.io.IOException;
import org.apache.beam.sdk.transforms.DoFn;

/** From the plan's path to its splits. */
final class ReadPlanFn extends DoFn<String, SplitTask> {
  private static final long serialVersionUID = 1L;

  @ProcessElement
  public void process(@Element String path, OutputReceiver<SplitTask> out) throws IOException {
    SplitPlan.read(path).forEach(out::output);
  }
}
