package io.deltaflow.internal;

import io.deltaflow.destination.DeadLetterTable;
import io.deltaflow.destination.LoadFile;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.fault.MachineClock;
import io.deltaflow.spi.CursorPosition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Writes dead letters to load files. Used by one thread. */
final class DeadLetterFiles implements AutoCloseable {
  /** Characters of a row, beyond which only its place is told: with three bytes each it fits. */
  static final int MOST_SHOWN = 30 << 20;

  private final RunPlan plan;
  private final LoadFileWriter writer;
  private final List<String> reasons = new ArrayList<>();
  private long count;

  /**
   * @param source that names the files
   * @param split that names them too
   */
  DeadLetterFiles(RunPlan plan, String folder, int source, int split) {
    this.plan = plan;
    this.writer = new LoadFileWriter(folder, source, split, DeadLetterTable.COLUMNS, Set.of());
  }

  /**
   * One row that was kept out.
   *
   * @param place of the row in the run, for the letter's id
   * @param source number of the source in the run
   * @param position for people
   * @param field null when it is not known
   * @param json the row as the source has it; null when that cannot be shown
   */
  void write(String place, int source, String position, String field, String reason, String json)
      throws IOException {
    AvroRow out = writer.startRow();
    out.appendString(plan.runId() + "-" + place);
    out.appendString(plan.runId());
    out.appendString(plan.syncId());
    out.appendString(plan.sources().get(source).description());
    out.appendString(position);
    appendText(out, field);
    appendText(out, reason);
    appendText(out, json == null || json.length() > MOST_SHOWN ? null : json);
    out.appendTimestamp(CursorPosition.timestamp(MachineClock.now()).value());
    out.appendNull();
    out.appendNull();
    out.appendNull();
    writer.writeRow();
    if (reasons.size() < BadRows.MOST_REASONS) {
      reasons.add(reason);
    }
    count++;
  }

  /** It may show half of a surrogate pair, which no column can hold. */
  private static void appendText(AvroRow out, String text) {
    if (text == null) {
      out.appendNull();
    } else {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      out.appendUtf8(utf8, 0, utf8.length);
    }
  }

  long count() {
    return count;
  }

  /** Completes the files. */
  BadRows finish() throws IOException {
    List<LoadFile> files = writer.finish();
    return new BadRows(count, files, reasons);
  }

  List<String> paths() {
    return writer.paths();
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
