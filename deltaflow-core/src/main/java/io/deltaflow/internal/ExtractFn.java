package io.deltaflow.internal;

import io.deltaflow.RunMetric;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.error.BadValueException;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;

/** Reads a split and writes its rows to load files: the whole of a row's way in one loop. */
final class ExtractFn extends DoFn<SplitTask, SplitResult> {
  private static final long serialVersionUID = 1L;
  private static final int ROWS_PER_REPORT = 1000;

  private final List<SourceRead> reads;
  private final RunPlan plan;
  private final Set<String> rounded;
  private final BadRowPolicy badRows;
  private final String folder;
  private final SecretFile secrets;
  private final Counter rowsRead = RunMetrics.counter(RunMetric.ROWS_READ);
  private final Counter rowsDeadLettered = RunMetrics.counter(RunMetric.ROWS_DEAD_LETTERED);
  private final Counter rowsWarned = RunMetrics.counter(RunMetric.ROWS_WARNED);
  private final Counter valuesRounded = RunMetrics.counter(RunMetric.VALUES_ROUNDED);
  private final Counter bytesWritten = RunMetrics.counter(RunMetric.BYTES_WRITTEN);
  private final Distribution splitRows = RunMetrics.distribution(RunMetric.SPLIT_ROWS);
  private final Distribution splitMilliseconds =
      RunMetrics.distribution(RunMetric.SPLIT_MILLISECONDS);

  ExtractFn(
      List<SourceRead> reads,
      RunPlan plan,
      Set<String> rounded,
      BadRowPolicy badRows,
      String folder,
      SecretFile secrets) {
    this.reads = List.copyOf(reads);
    this.plan = plan;
    this.rounded = Set.copyOf(rounded);
    this.badRows = badRows;
    this.folder = folder;
    this.secrets = secrets;
  }

  @ProcessElement
  public void process(
      @Element SplitTask task, OutputReceiver<SplitResult> out, PipelineOptions options)
      throws IOException, InterruptedException {
    SourceRead read = reads.get(task.source());
    String what = read.source().description() + ", split " + task.index();
    out.output(SplitAttempts.run(what, plan.maxRetries(), () -> extract(task, read, options)));
  }

  private SplitResult extract(SplitTask task, SourceRead read, PipelineOptions options)
      throws IOException {
    long started = System.nanoTime();
    LoadFileWriter writer =
        new LoadFileWriter(folder, task.source(), task.index(), plan.target().columns(), rounded);
    DeadLetters dead = new DeadLetters(badRows, plan, task, folder);
    try (writer;
        dead;
        RowReader reader =
            read.source().open(task.split(), read.request(), new WorkerContext(secrets, options))) {
      RowFeed feed = read.feed(reader, secrets);
      long rows = copy(feed, writer, dead);
      CrashPoints.reach(CrashPoints.MID_SPLIT);
      SplitResult result =
          new SplitResult(
              task.source(),
              task.index(),
              rows,
              writer.roundedValues(),
              writer.finish(),
              dead.finish(),
              feed.warned());
      count(result);
      splitMilliseconds.update(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
      CrashPoints.reach(CrashPoints.AFTER_SPLIT);
      return result;
    } catch (IOException | RuntimeException e) {
      deleteAfter(e, writer.paths());
      deleteAfter(e, dead.paths());
      throw e;
    }
  }

  private void count(SplitResult result) {
    result.files().forEach(f -> bytesWritten.inc(f.bytes()));
    rowsDeadLettered.inc(result.bad().count());
    result.warned().values().forEach(rowsWarned::inc);
    valuesRounded.inc(result.rounded());
    splitRows.update(result.rowsRead());
  }

  /**
   * A failure to clean up must not hide why there was something to clean up; orphans are never
   * loaded.
   */
  private static void deleteAfter(Exception failure, List<String> paths) {
    try {
      RunFiles.delete(paths);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** All rows that were read, bad ones among them. */
  private long copy(RowFeed feed, LoadFileWriter writer, DeadLetters dead) throws IOException {
    long rows = 0;
    while (!dead.isHopeless() && next(feed, rows, writer, dead)) {
      rows++;
      report(rows);
    }
    rowsRead.inc(rows % ROWS_PER_REPORT);
    return rows;
  }

  private static boolean next(RowFeed feed, long row, LoadFileWriter writer, DeadLetters dead)
      throws IOException {
    try {
      boolean found = feed.advanceInto(writer.startRow());
      if (found) {
        writer.writeRow();
      }
      return found;
    } catch (BadValueException e) {
      dead.add(feed, row, e);
      return true;
    } catch (FailedRowException e) {
      dead.add(feed, row, e);
      return true;
    }
  }

  /** Counts in steps, since a counter costs more than a row. */
  private void report(long rows) {
    if (rows % ROWS_PER_REPORT == 0) {
      rowsRead.inc(ROWS_PER_REPORT);
      CrashPoints.reach(CrashPoints.MID_SPLIT);
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("the run was cancelled");
      }
    }
  }
}
