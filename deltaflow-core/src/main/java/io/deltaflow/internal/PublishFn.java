package io.deltaflow.internal;

import io.deltaflow.RunReport;
import io.deltaflow.destination.Destination;
import io.deltaflow.destination.Publication;
import io.deltaflow.destination.PublishOutcome;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.Staging;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.spi.error.DestinationException;
import io.deltaflow.spi.error.RefusedRunException;
import io.deltaflow.spi.error.StaleRunException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.PCollectionView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Load, verify, publish, clean up: the end of a run, inside the graph, since the launcher may have
 * gone. May run again after a crash, and twice at once.
 */
final class PublishFn extends DoFn<String, String> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(PublishFn.class);

  private final Destination destination;
  private final RunPlan plan;
  private final List<Integer> splitsBySource;
  private final ReportBasis basis;
  private final PCollectionView<Iterable<SplitResult>> results;

  PublishFn(
      Destination destination,
      RunPlan plan,
      List<Integer> splitsBySource,
      ReportBasis basis,
      PCollectionView<Iterable<SplitResult>> results) {
    this.destination = destination;
    this.plan = plan;
    this.splitsBySource = List.copyOf(splitsBySource);
    this.basis = basis;
    this.results = results;
  }

  @ProcessElement
  public void process(ProcessContext context) throws IOException {
    PipelineOptions options = context.getPipelineOptions();
    Refusal refusal = new Refusal(plan.tempPath());
    FileList list =
        FileList.of(context.sideInput(results), splitsBySource)
            .settle(plan.tempPath() + "files.json");
    CrashPoints.reach(CrashPoints.AFTER_SETTLE);
    Staging staging = Staging.empty();
    PublishOutcome outcome;
    try {
      refusal.check();
      if (!list.files().isEmpty()) {
        staging = destination.stage(plan, list.files(), options);
        CrashPoints.reach(CrashPoints.BEFORE_VERIFY);
        destination.verify(plan, staging, options);
        CrashPoints.reach(CrashPoints.AFTER_VERIFY);
      }
      outcome = destination.publish(new Publication(plan, staging, list.rowsRead(), 0), options);
    } catch (DestinationException e) {
      Staging staged = staging;
      outcome = earlierOutcome(e, options).orElseThrow(() -> failed(e, refusal, staged, options));
    }
    CrashPoints.reach(CrashPoints.AFTER_PUBLISH);
    RunReport report = basis.report(plan, staging, list, outcome, cleanUp(staging, options));
    CrashPoints.reach(CrashPoints.AFTER_CLEAN_UP);
    write(report);
    context.output(report.runId());
  }

  /**
   * Another attempt of this run may have published, and dropped the staging that this one misses.
   */
  private Optional<PublishOutcome> earlierOutcome(
      DestinationException failure, PipelineOptions options) {
    return failure instanceof StaleRunException
        ? Optional.empty()
        : destination.published(plan, options);
  }

  /**
   * A refusal is final, so staging is of no use any more, whoever refused and whatever became of
   * this attempt. Another attempt of this run may be at work at this moment, and one may follow:
   * whoever then misses its staging fails, since counts are asserted in the commit itself, and
   * finds the refusal, which is written before anything is dropped, to tell its reason instead.
   * Should it have committed in between, the run has published and the next attempt says so.
   */
  private DestinationException failed(
      DestinationException failure, Refusal refusal, Staging staging, PipelineOptions options) {
    Optional<RefusedRunException> refused = refusal.settle(failure);
    refused.ifPresent(
        r -> destination.cleanUp(plan, staging, options).forEach(w -> LOG.warn("{}", w)));
    return refused.isPresent() ? refused.get() : failure;
  }

  /** The run has published: a report that cannot be written where it should go must not fail it. */
  private void write(RunReport report) throws IOException {
    byte[] json = report.toJson().getBytes(StandardCharsets.UTF_8);
    try {
      RunFiles.write(basis.reportPath(), json);
    } catch (IOException e) {
      LOG.error(
          "Run {} has published, but --report={} could not be written; the report is {}",
          plan.runId(),
          basis.reportPath(),
          report.toJson(),
          e);
      RunFiles.write(plan.tempPath() + RunLayout.REPORT, json);
    }
  }

  private List<String> cleanUp(Staging staging, PipelineOptions options) {
    List<String> warnings = new ArrayList<>(destination.cleanUp(plan, staging, options));
    CrashPoints.reach(CrashPoints.MID_CLEAN_UP);
    try {
      RunFiles.deleteFolder(plan.tempPath(), RunLayout.REPORT);
    } catch (IOException e) {
      warnings.add("files below " + plan.tempPath() + " could not be deleted: " + e.getMessage());
    }
    return warnings;
  }
}
