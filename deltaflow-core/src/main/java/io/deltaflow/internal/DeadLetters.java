package io.deltaflow.internal;

import io.deltaflow.destination.RunPlan;
import io.deltaflow.spi.error.BadValueException;
import java.io.IOException;
import java.util.List;

/** Keeps the bad rows of one attempt at one split in files of their own. Used by one thread. */
final class DeadLetters implements AutoCloseable {
  private final BadRowPolicy policy;
  private final SplitTask task;
  private final DeadLetterFiles files;

  DeadLetters(BadRowPolicy policy, RunPlan plan, SplitTask task, String folder) {
    this.policy = policy;
    this.task = task;
    this.files = new DeadLetterFiles(plan, folder, task.source(), task.index());
  }

  /**
   * Keeps a row with a value that does not fit.
   *
   * @param row which of the split, from 0
   * @throws BadValueException the failure itself, unless rows like this one are kept
   */
  void add(RowFeed feed, long row, BadValueException failure) throws IOException {
    if (!policy.keeps(failure)) {
      throw failure;
    }
    add(feed, row, failure.column(), failure.getMessage());
  }

  /** Keeps a row that a check keeps out. */
  void add(RowFeed feed, long row, FailedRowException failure) throws IOException {
    add(feed, row, failure.column(), failure.getMessage());
  }

  private void add(RowFeed feed, long row, String column, String reason) throws IOException {
    files.write(
        task.source() + "-" + task.index() + "-" + row,
        task.source(),
        "row " + row + " of split " + task.index() + ": " + task.split().spec(),
        column,
        reason,
        feed.json());
  }

  /** Whether the run will be refused, however the split goes on. */
  boolean isHopeless() {
    return policy.isHopeless(files.count());
  }

  BadRows finish() throws IOException {
    return files.finish();
  }

  List<String> paths() {
    return files.paths();
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}
