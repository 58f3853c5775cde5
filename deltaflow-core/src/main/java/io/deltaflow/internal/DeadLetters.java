package io.deltaflow.internal;

import io.deltaflow.destination.DeadLetterTable;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.fault.MachineClock;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.error.BadValueException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Keeps the bad rows of one attempt at one split in files of their own. Used by one thread. */
final class DeadLetters implements AutoCloseable {
  /** Characters of a row, beyond which only its place is told: with three bytes each it fits. */
  private static final int MOST_SHOWN = 30 << 20;

  private final BadRowPolicy policy;
  private final RunPlan plan;
  private final SplitTask task;
  private final LoadFileWriter writer;
  private final List<String> reasons = new ArrayList<>();
  private long count;

  DeadLetters(BadRowPolicy policy, RunPlan plan, SplitTask task, String folder) {
    this.policy = policy;
    this.plan = plan;
    this.task = task;
    this.writer =
        new LoadFileWriter(folder, task.source(), task.index(), DeadLetterTable.COLUMNS, Set.of());
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
    if (reasons.size() < BadRows.MOST_REASONS) {
      reasons.add(reason);
    }
    write(feed.json(), row, column, reason);
    count++;
  }

  private void write(String json, long row, String column, String reason) throws IOException {
    AvroRow out = writer.startRow();
    out.appendString(plan.runId() + "-" + task.source() + "-" + task.index() + "-" + row);
    out.appendString(plan.runId());
    out.appendString(plan.syncId());
    out.appendString(plan.sources().get(task.source()).description());
    out.appendString("row " + row + " of split " + task.index() + ": " + task.split().spec());
    out.appendString(column);
    // It may show a text with half of a surrogate pair, which no column can hold.
    byte[] utf8 = reason.getBytes(StandardCharsets.UTF_8);
    out.appendUtf8(utf8, 0, utf8.length);
    if (json == null || json.length() > MOST_SHOWN) {
      out.appendNull();
    } else {
      out.appendString(json);
    }
    out.appendTimestamp(CursorPosition.timestamp(MachineClock.now()).value());
    out.appendNull();
    out.appendNull();
    out.appendNull();
    writer.writeRow();
  }

  /** Whether the run will be refused, however the split goes on. */
  boolean isHopeless() {
    return policy.isHopeless(count);
  }

  long count() {
    return count;
  }

  BadRows finish() throws IOException {
    return new BadRows(count, writer.finish(), reasons);
  }

  List<String> paths() {
    return writer.paths();
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
