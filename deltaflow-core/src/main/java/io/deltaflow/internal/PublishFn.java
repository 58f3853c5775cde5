package io.deltaflow.internal;

import io.deltaflow.RunReport;
import io.deltaflow.destination.Destination;
import io.deltaflow.destination.Publication;
import io.deltaflow.destination.PublishOutcome;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.Staging;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.spi.error.DeltaFlowException;
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
  private final List<PlannedSchema> schemas;
  private final List<Integer> splitsBySource;
  private final ReportBasis basis;
  private final PCollectionView<Iterable<SplitResult>> results;

  PublishFn(
      Destination destination,
      RunPlan plan,
      List<PlannedSchema> schemas,
      List<Integer> splitsBySource,
      ReportBasis basis,
      PCollectionView<Iterable<SplitResult>> results) {
    this.destination = destination;
    this.plan = plan;
    this.schemas = List.copyOf(schemas);
    this.splitsBySource = List.copyOf(splitsBySource);
    this.basis = basis;
    this.results = results;
  }

  @ProcessElement
  public void process(ProcessContext context) throws IOException, InterruptedException {
    PipelineOptions options = context.getPipelineOptions();
    FileList list =
        FileList.of(context.sideInput(results), splitsBySource)
            .settle(plan.tempPath() + "files.json");
    CrashPoints.reach(CrashPoints.AFTER_SETTLE);
    Staging staging = Staging.empty();
    PublishOutcome outcome;
    try {
      requireUnchangedSources();
      if (!list.files().isEmpty()) {
        staging = destination.stage(plan, list.files(), options);
        CrashPoints.reach(CrashPoints.BEFORE_VERIFY);
        destination.verify(plan, staging, options);
        CrashPoints.reach(CrashPoints.AFTER_VERIFY);
      }
      outcome = destination.publish(new Publication(plan, staging, list.rowsRead(), 0), options);
    } catch (RuntimeException e) {
      outcome = earlierOutcome(e, options).orElseThrow(() -> refused(e, list.rowsRead(), options));
    }
    CrashPoints.reach(CrashPoints.AFTER_PUBLISH);
    RunReport report = basis.report(plan, staging, list, outcome, cleanUp(staging, options));
    CrashPoints.reach(CrashPoints.AFTER_CLEAN_UP);
    write(report);
    context.output(report.runId());
  }

  /** A source without splits was not read, and an idle run asks it nothing. */
  private void requireUnchangedSources() throws IOException, InterruptedException {
    for (int i = 0; i < schemas.size(); i++) {
      if (splitsBySource.get(i) > 0) {
        schemas.get(i).requireUnchanged(plan.maxRetries());
      }
    }
  }

  /**
   * Another attempt of this run may have published, and dropped the staging or the secrets that
   * this one misses.
   */
  private Optional<PublishOutcome> earlierOutcome(
      RuntimeException failure, PipelineOptions options) {
    if (!(failure instanceof DeltaFlowException) || failure instanceof StaleRunException) {
      return Optional.empty();
    }
    try {
      return destination.published(plan, options);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
      // Nobody knows, so the ledger is not to say that it was refused.
      throw failure;
    }
  }

  /** The failure itself; that it could not be recorded must not hide it. */
  private RuntimeException refused(
      RuntimeException failure, long rowsRead, PipelineOptions options) {
    if (Thread.currentThread().isInterrupted()) {
      return failure;
    }
    // Messages of others might repeat what they were given.
    String detail =
        failure instanceof DeltaFlowException
            ? failure.getMessage()
            : failure.getClass().getName() + "; the worker's log has the message";
    try {
      destination.recordRefusal(plan, rowsRead, detail, options);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  /** The run has published: a report that cannot be written where it should go must not fail it. */
  private void write(RunReport report) throws IOException {
    byte[] json = report.toJson().getBytes(StandardCharsets.UTF_8);
    try {
      RunFiles.write(basis.reportPath(), json);
    } catch (IOException e) {
      if (isWritten(report)) {
        return;
      }
      LOG.error(
          "Run {} has published, but --report={} could not be written; the report is {}",
          plan.runId(),
          basis.reportPath(),
          report.toJson(),
          e);
      RunFiles.write(plan.tempPath() + RunLayout.REPORT, json);
    }
  }

  /** Of two attempts at once only one can create a file. */
  private boolean isWritten(RunReport report) {
    try {
      String found = new String(RunFiles.read(basis.reportPath()), StandardCharsets.UTF_8);
      return RunReport.fromJson(found).runId().equals(report.runId());
    } catch (IOException | DeltaFlowException e) {
      return false;
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
