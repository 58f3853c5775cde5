package io.deltaflow.template;

import java.util.List;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.options.ApplicationNameOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** Beam's part of a command line, with what is filled in where it was not given. */
final class BeamArguments {
  private BeamArguments() {}

  /** For a run: with a place for its files, and what its runner cannot do without. */
  static PipelineOptions ofRun(SplitArguments split, List<String> problems) {
    PipelineOptions options = ofRequests(split, problems);
    if (options != null) {
      LocalEndpoint.addFiles(options, split, problems);
      DataflowRequirements.check(options, problems);
      fillDirectRunner(options, split);
    }
    return options;
  }

  /**
   * The direct runner copies and compares every element unless told otherwise, to find pipelines
   * that would not run elsewhere; ours are tested. And it looks for work without a pause on a
   * thread that has none, so that more threads than cores slow the others down.
   */
  private static void fillDirectRunner(PipelineOptions options, SplitArguments split) {
    if (options.getRunner() != DirectRunner.class) {
      return;
    }
    DirectOptions direct = options.as(DirectOptions.class);
    if (!split.isBeamGiven("enforceImmutability")) {
      direct.setEnforceImmutability(false);
    }
    if (!split.isBeamGiven("enforceEncodability")) {
      direct.setEnforceEncodability(false);
    }
    if (!split.isBeamGiven("targetParallelism")) {
      direct.setTargetParallelism(Runtime.getRuntime().availableProcessors());
    }
  }

  /**
   * For requests to the destination alone.
   *
   * @return null when Beam refuses them, which the problems then say
   */
  static PipelineOptions ofRequests(SplitArguments split, List<String> problems) {
    try {
      PipelineOptions options = PipelineOptionsFactory.fromArgs(split.beam()).create();
      LocalEndpoint.addCredentials(options, split, problems);
      if (!split.isBeamGiven("appName")) {
        options.as(ApplicationNameOptions.class).setAppName("deltaflow");
      }
      return options;
    } catch (IllegalArgumentException e) {
      problems.add(split.repeatedBeam().orElse("Beam refuses an option: " + e.getMessage()));
      return null;
    }
  }
}
