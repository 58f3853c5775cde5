package io.deltaflow.template;

import java.util.List;
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
    }
    return options;
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
