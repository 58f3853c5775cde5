package io.deltaflow.internal;

import io.deltaflow.RunMetric;
import io.deltaflow.RunReport;
import io.deltaflow.destination.DeadLetterPlan;
import io.deltaflow.destination.Destination;
import io.deltaflow.destination.Publication;
import io.deltaflow.destination.PublishOutcome;
import io.deltaflow.destination.RefusedRow;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.Staging;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.spi.ServerSideRead;
import io.deltaflow.spi.error.DeltaFlowException;
import io.deltaflow.spi.error.DestinationException;
import io.deltaflow.spi.error.RefusedRunException;
import io.deltaflow.spi.error.StaleRunException;
import io.deltaflow.transform.AggregateCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.PCollectionView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Load, verify, publish, clean up: the end of a run, inside the graph, since the launcher may have
 * gone. May run again after a crash, and twice at once.
 */
final class PublishFn extends DoFn<byte[], String> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(PublishFn.class);

  private final Destination destination;
  private final RunPlan plan;
  private final RefusedLetters refusedLetters;
  private final List<PlannedSchema> schemas;
  private final List<Integer> splitsBySource;
  private final ServerSideRead serverSide;
  private final List<AggregateCheck> checks;
  private final ReportBasis basis;
  private final PCollectionView<Iterable<SplitResult>> results;
  private final Counter rowsDeadLettered = RunMetrics.counter(RunMetric.ROWS_DEAD_LETTERED);

  PublishFn(
      Destination destination,
      RunPlan plan,
      RefusedLetters refusedLetters,
      List<PlannedSchema> schemas,
      List<Integer> splitsBySource,
      ServerSideRead serverSide,
      List<AggregateCheck> checks,
      ReportBasis basis,
      PCollectionView<Iterable<SplitResult>> results) {
    this.destination = destination;
    this.plan = plan;
    this.refusedLetters = refusedLetters;
    this.schemas = List.copyOf(schemas);
    this.splitsBySource = List.copyOf(splitsBySource);
    this.serverSide = serverSide;
    this.checks = List.copyOf(checks);
    this.basis = basis;
    this.results = results;
  }

  @ProcessElement
  public void process(ProcessContext context) throws IOException, InterruptedException {
    Phases phases = new Phases();
    PipelineOptions options = context.getPipelineOptions();
    Refusal refusal = new Refusal(plan.tempPath());
    FileList list =
        FileList.of(context.sideInput(results), splitsBySource)
            .settle(plan.tempPath() + "files.json");
    CrashPoints.reach(CrashPoints.AFTER_SETTLE);
    Staging staging = Staging.empty();
    List<String> lateWarnings = new ArrayList<>();
    PublishOutcome outcome;
    try {
      refusal.check();
      requireUnchangedSources(options);
      keepBadRows(list.bad(), options);
      if (!list.files().isEmpty() || serverSide != null) {
        staging = stage(list, options);
        list = list.keepingOut(keepRefused(staging.refused(), list, options));
        phases.end("load");
      }
      if (staging.rows() > 0 || staging.expectedRows() > 0) {
        CrashPoints.reach(CrashPoints.BEFORE_VERIFY);
        staging = destination.verify(plan, staging, options);
        phases.end("verify");
        CrashPoints.reach(CrashPoints.AFTER_VERIFY);
      }
      lateWarnings.addAll(
          new RunChecks(checks, destination, options)
              .evaluate(plan, staging, staging.expectedRows()));
      outcome =
          destination.publish(
              new Publication(plan, staging, rowsRead(list, staging), list.bad().count()), options);
    } catch (RuntimeException e) {
      Staging staged = staging;
      long rows = rowsRead(list, staging);
      outcome =
          earlierOutcome(e, options).orElseThrow(() -> failed(e, refusal, staged, rows, options));
    }
    phases.end("publish");
    RunMetrics.published(plan, outcome);
    // An attempt that comes too late does not find the refused rows of the one that published.
    rowsDeadLettered.inc(outcome.deadLettered() - list.bad().count());
    CrashPoints.reach(CrashPoints.AFTER_PUBLISH);
    lateWarnings.addAll(cleanUp(staging, options));
    phases.end("clean_up");
    RunReport report = basis.report(plan, staging, list, outcome, phases, lateWarnings);
    CrashPoints.reach(CrashPoints.AFTER_CLEAN_UP);
    write(report);
    context.output(report.runId());
  }

  private Staging stage(FileList list, PipelineOptions options) {
    if (serverSide != null) {
      return destination.stage(plan, serverSide, options);
    }
    long most = plan.deadLetters().map(DeadLetterPlan::most).orElse(0L);
    return most == 0
        ? destination.stage(plan, list.files(), options)
        : destination.stage(
            plan,
            list.files(),
            most - list.bad().count(),
            new LoadFileParts(refusedLetters.layout().files()),
            options);
  }

  private long rowsRead(FileList list, Staging staging) {
    return serverSide == null ? list.rowsRead() : staging.expectedRows();
  }

  /** Before all else, so that people find them whatever becomes of the run. */
  private void keepBadRows(BadRows bad, PipelineOptions options) {
    if (bad.count() == 0) {
      return;
    }
    String table = destination.keep(plan, "unfit", bad.files(), options);
    CrashPoints.reach(CrashPoints.AFTER_DEAD_LETTERS);
    long most = plan.deadLetters().orElseThrow().most();
    if (bad.count() > most) {
      throw new RefusedRunException(
          bad.count()
              + " rows do not fit, and --max_bad_records is "
              + most
              + "; nothing was published. They are in "
              + table
              + " (run_id = '"
              + plan.runId()
              + "'), first: "
              + String.join("; ", bad.reasons()));
    }
  }

  /** Those that only the destination can refuse, found when it loads them. */
  private BadRows keepRefused(List<RefusedRow> rows, FileList list, PipelineOptions options) {
    if (rows.isEmpty()) {
      return BadRows.NONE;
    }
    BadRows refused = refusedLetters.write(rows, list.files());
    destination.keep(plan, RefusedLetters.BATCH, refused.files(), options);
    rowsDeadLettered.inc(refused.count());
    CrashPoints.reach(CrashPoints.AFTER_REFUSED_ROWS);
    return refused;
  }

  /** A source without splits was not read, and an idle run asks it nothing. */
  private void requireUnchangedSources(PipelineOptions options)
      throws IOException, InterruptedException {
    for (int i = 0; i < schemas.size(); i++) {
      if (splitsBySource.get(i) > 0 || serverSide != null) {
        schemas.get(i).requireUnchanged(plan.maxRetries(), options);
      }
    }
  }

  /**
   * Another attempt of this run may have published, and dropped the staging or the secrets that
   * this one misses.
   */
  private Optional<PublishOutcome> earlierOutcome(
      RuntimeException failure, PipelineOptions options) {
    if (failure instanceof StaleRunException) {
      return Optional.empty();
    }
    try {
      return destination.published(plan, options);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
      // Nobody knows, so nothing is to say that it was refused.
      throw failure;
    }
  }

  /**
   * A refusal is final, so staging is of no use any more, whoever refused and whatever became of
   * this attempt. Another attempt of this run may be at work at this moment, and one may follow:
   * whoever then misses its staging fails, since counts are asserted in the commit itself, and
   * finds the refusal, which is written before anything is dropped, to tell its reason instead.
   * Should it have committed in between, the run has published and the next attempt says so.
   */
  private RuntimeException failed(
      RuntimeException failure,
      Refusal refusal,
      Staging staging,
      long rowsRead,
      PipelineOptions options) {
    if (Thread.currentThread().isInterrupted()) {
      return failure;
    }
    Optional<RefusedRunException> refused =
        failure instanceof DestinationException e ? refusal.settle(e) : Optional.empty();
    refused.ifPresent(
        r -> destination.cleanUp(plan, staging, options).forEach(w -> LOG.warn("{}", w)));
    RuntimeException told = refused.isPresent() ? refused.get() : failure;
    record(told, rowsRead, options);
    return told;
  }

  /** In the ledger; that it could not be recorded must not hide the failure itself. */
  private void record(RuntimeException failure, long rowsRead, PipelineOptions options) {
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
