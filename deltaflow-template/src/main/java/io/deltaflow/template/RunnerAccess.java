package io.deltaflow.template;

import io.deltaflow.SyncOptions;
import io.deltaflow.SyncSpec;
import io.deltaflow.spi.RequiredAccess;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.runners.dataflow.DataflowRunner;
import org.apache.beam.runners.dataflow.options.DataflowPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptions;

/** What accounts need beside what source and destination ask for. */
final class RunnerAccess {
  private static final String FILES = "roles/storage.objectUser";
  private static final String ASKING = "roles/storage.legacyBucketReader";
  private static final String ASKED = "to ask for the bucket, which Beam does before a job";

  private RunnerAccess() {}

  /**
   * Contacts nothing.
   *
   * @param staging where the job's files go; empty for the temporary location
   */
  static List<RequiredAccess> of(SyncSpec spec, PipelineOptions options, Optional<String> staging) {
    List<RequiredAccess> all = new ArrayList<>();
    spec.options()
        .find(SyncOptions.REPORT)
        .flatMap(path -> RequiredAccess.ofBucket(FILES, path, "to write the report"))
        .ifPresent(all::add);
    if (options.getRunner() == DataflowRunner.class) {
      dataflow(options.as(DataflowPipelineOptions.class), all);
      for (String path : staging.stream().toList()) {
        RequiredAccess.ofBucket(FILES, path, "to stage the job").ifPresent(all::add);
        RequiredAccess.ofBucket(ASKING, path, ASKED).ifPresent(all::add);
      }
    }
    return all;
  }

  private static void dataflow(DataflowPipelineOptions options, List<RequiredAccess> all) {
    String project = "project " + options.getProject();
    all.add(new RequiredAccess("roles/dataflow.worker", project, "to run as Dataflow's workers"));
    RequiredAccess.ofBucket(ASKING, options.getTempLocation(), ASKED).ifPresent(all::add);
    String account = options.getServiceAccount();
    all.add(
        new RequiredAccess(
            "roles/dataflow.developer", project, "of whoever launches: to create the job"));
    all.add(
        new RequiredAccess(
            "roles/iam.serviceAccountUser",
            account == null ? "the workers' service account" : "service account " + account,
            "of whoever launches: to let workers run as it"));
    Optional.ofNullable(options.getSubnetwork())
        .ifPresent(
            s ->
                all.add(
                    new RequiredAccess(
                        "roles/compute.networkUser",
                        "subnetwork " + s,
                        "of Dataflow's service agent, where the network is another project's")));
  }
}
