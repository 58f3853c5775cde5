package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.JobStatistics3;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Appends the rows of a load's files in its transaction, several files at a time. */
final class LoadRun {
  private static final int MAX_THREADS = 4;

  private final TableWrite write;
  private final LoadedFile format;
  private final List<ObjectStore.Stored> files;
  private final PartitionCount partitions;
  private final Queue<ObjectStore.Stored> waiting;
  private final EmulatedJob job;
  private long rows;
  private long bytes;

  LoadRun(TableWrite write, LoadedFile format, List<ObjectStore.Stored> files, EmulatedJob job) {
    this.job = job;
    this.write = write;
    this.format = format;
    this.files = files;
    this.partitions = PartitionCount.of(write.table());
    this.waiting = new ConcurrentLinkedQueue<>(files);
    if (job.ignoredFile() > files.size()) {
      throw BigQueryError.unsupported(
          "ignoring file " + job.ignoredFile() + " of " + files.size() + " files");
    }
    if (job.ignoredFile() > 0) {
      waiting.remove(files.get(job.ignoredFile() - 1));
    }
  }

  JobStatistics3 run() throws IOException, SQLException {
    int threads =
        Math.min(files.size(), Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors()));
    if (threads <= 1) {
      appendFiles();
    } else {
      appendFiles(threads);
    }
    long fileBytes = files.stream().mapToLong(f -> f.resource().getSize().longValueExact()).sum();
    return new JobStatistics3()
        .setInputFiles((long) files.size())
        .setInputFileBytes(fileBytes)
        .setOutputRows(rows)
        .setOutputBytes(bytes)
        .setBadRecords(0L);
  }

  private void appendFiles(int threads) throws IOException, SQLException {
    ExecutorService pool = Executors.newFixedThreadPool(threads, Threads.daemon("emulator-load"));
    try {
      List<Future<?>> parts = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        parts.add(
            pool.submit(
                () -> {
                  appendFiles();
                  return null;
                }));
      }
      awaitAll(parts);
    } finally {
      pool.shutdownNow();
    }
  }

  /**
   * Waits for each, so that nobody appends after the transaction has ended; then throws the first
   * failure.
   */
  private void awaitAll(List<Future<?>> parts) throws IOException, SQLException {
    Throwable failure = null;
    for (Future<?> part : parts) {
      try {
        part.get();
      } catch (ExecutionException e) {
        failure = failure == null ? e.getCause() : failure;
      } catch (InterruptedException e) {
        waiting.clear();
        Thread.currentThread().interrupt();
        failure =
            failure == null ? new BigQueryError("stopped", "Job execution was cancelled") : failure;
      }
    }
    if (failure instanceof IOException) {
      throw (IOException) failure;
    } else if (failure instanceof SQLException) {
      throw (SQLException) failure;
    } else if (failure instanceof RuntimeException) {
      throw (RuntimeException) failure;
    } else if (failure != null) {
      throw new IllegalStateException(failure);
    }
  }

  private void appendFiles() throws IOException, SQLException {
    try (RowAppender appender =
        new RowAppender(write.session(), write.relation(), write.table(), write.schema())) {
      for (ObjectStore.Stored file = waiting.poll(); file != null; file = waiting.poll()) {
        append(file, appender);
      }
      appender.flush();
      count(appender);
    }
  }

  private void append(ObjectStore.Stored file, RowAppender appender)
      throws IOException, SQLException {
    try {
      format.read(
          file,
          row -> {
            if (job.isCancelled()) {
              throw new BigQueryError("stopped", "Job execution was cancelled");
            }
            partitions.add(row);
            appender.append(row);
          });
    } catch (LoadError e) {
      waiting.clear();
      throw error(e, file);
    }
  }

  private synchronized void count(RowAppender appender) {
    rows += appender.rows();
    bytes += appender.bytes();
  }

  static BigQueryError error(LoadError e, ObjectStore.Stored file) {
    return BigQueryError.invalid(
        "Error while reading data, error message: "
            + e.getMessage()
            + " File: gs://"
            + file.resource().getBucket()
            + "/"
            + file.resource().getName());
  }
}
