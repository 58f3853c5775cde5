package io.deltaflow.internal;

import io.deltaflow.destination.Column;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.spi.DirectReader;
import io.deltaflow.spi.RowReader;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;

/** Reads a split and writes its rows to load files: the whole of a row's way in one loop. */
final class ExtractFn extends DoFn<SplitTask, SplitResult> {
  private static final long serialVersionUID = 1L;
  private static final int ROWS_PER_REPORT = 1000;

  private final List<SourceRead> reads;
  private final List<Column> columns;
  private final Set<String> rounded;
  private final String folder;
  private final SecretFile secrets;
  private final int maxRetries;
  private final Counter rowsRead = Metrics.counter("deltaflow", "rows_read");
  private final Counter bytesWritten = Metrics.counter("deltaflow", "bytes_written");

  ExtractFn(
      List<SourceRead> reads,
      List<Column> columns,
      Set<String> rounded,
      String folder,
      SecretFile secrets,
      int maxRetries) {
    this.reads = reads;
    this.columns = columns;
    this.rounded = Set.copyOf(rounded);
    this.folder = folder;
    this.secrets = secrets;
    this.maxRetries = maxRetries;
  }

  @ProcessElement
  public void process(@Element SplitTask task, OutputReceiver<SplitResult> out)
      throws IOException, InterruptedException {
    SourceRead read = reads.get(task.source());
    String what = read.source().description() + ", split " + task.index();
    out.output(SplitAttempts.run(what, maxRetries, () -> extract(task, read)));
  }

  private SplitResult extract(SplitTask task, SourceRead read) throws IOException {
    LoadFileWriter writer =
        new LoadFileWriter(folder, task.source(), task.index(), columns, rounded);
    try (writer;
        RowReader reader =
            read.source().open(task.split(), read.request(), new WorkerContext(secrets))) {
      long rows =
          reader instanceof DirectReader direct
              ? copyDirectly(direct, writer)
              : copyRows(reader, writer, new RowValues(read.request().schema()));
      CrashPoints.reach(CrashPoints.MID_SPLIT);
      SplitResult result =
          new SplitResult(
              task.source(), task.index(), rows, writer.roundedValues(), writer.finish());
      result.files().forEach(f -> bytesWritten.inc(f.bytes()));
      CrashPoints.reach(CrashPoints.AFTER_SPLIT);
      return result;
    } catch (IOException | RuntimeException e) {
      deleteAfter(e, writer);
      throw e;
    }
  }

  /**
   * A failure to clean up must not hide why there was something to clean up; orphans are never
   * loaded.
   */
  private static void deleteAfter(Exception failure, LoadFileWriter writer) {
    try {
      RunFiles.delete(writer.paths());
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private long copyDirectly(DirectReader reader, LoadFileWriter writer) throws IOException {
    long rows = 0;
    while (reader.advanceInto(writer.startRow())) {
      writer.writeRow();
      rows++;
      report(rows);
    }
    rowsRead.inc(rows % ROWS_PER_REPORT);
    return rows;
  }

  private long copyRows(RowReader reader, LoadFileWriter writer, RowValues values)
      throws IOException {
    long rows = 0;
    while (reader.advance()) {
      values.append(reader.row(), writer.startRow());
      writer.writeRow();
      rows++;
      report(rows);
    }
    rowsRead.inc(rows % ROWS_PER_REPORT);
    return rows;
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
