package io.deltaflow.template;

import java.util.List;
import org.apache.beam.runners.dataflow.DataflowRunner;
import org.apache.beam.runners.dataflow.options.DataflowPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptions;

/** What Dataflow cannot do without; Beam names it by its Java methods only. */
final class DataflowRequirements {
  private DataflowRequirements() {}

  static void check(PipelineOptions options, List<String> problems) {
    if (options.getRunner() != DataflowRunner.class) {
      return;
    }
    DataflowPipelineOptions dataflow = options.as(DataflowPipelineOptions.class);
    require("project", dataflow.getProject(), "the project that the job runs in", problems);
    require("region", dataflow.getRegion(), "such as us-central1", problems);
  }

  private static void require(String name, String value, String what, List<String> problems) {
    if (value == null || value.isBlank()) {
      problems.add("--" + name + " is required for --runner=DataflowRunner (" + what + ")");
    }
  }
}
