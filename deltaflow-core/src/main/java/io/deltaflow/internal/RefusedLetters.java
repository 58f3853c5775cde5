package io.deltaflow.internal;

import io.deltaflow.destination.Column;
import io.deltaflow.destination.LoadFile;
import io.deltaflow.destination.RefusedRow;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.spi.error.RefusedRunException;
import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;

/** Makes dead letters of rows that the destination has refused. Worker. */
record RefusedLetters(
    RunPlan plan, RunLayout layout, List<SourceRead> reads, SecretFile secrets, BadRowPolicy policy)
    implements Serializable {
  /** The batch of {@link io.deltaflow.destination.Destination#keep}. */
  static final String BATCH = "refused";

  private static final int LARGE_ROW_SHOWN = 1000;

  RefusedLetters {
    reads = List.copyOf(reads);
  }

  /**
   * @param files of the run, in which the rows' files are found
   * @throws RefusedRunException when one of the rows must fail the run
   */
  BadRows write(List<RefusedRow> rows, List<LoadFile> files) {
    rows.forEach(this::requireMayBeKept);
    Map<String, Integer> numbers = new HashMap<>();
    files.forEach(f -> numbers.put(f.path(), numbers.size()));
    try (DeadLetterFiles letters = new DeadLetterFiles(plan, layout.files(), 0, 0)) {
      Map<String, String> splits = splits();
      for (RefusedRow row : rows) {
        LoadFile file = row.file();
        String split = file.source() + "-" + file.split();
        Shown shown = show(row.alone(), reads.get(file.source()));
        letters.write(
            split + "-f" + numbers.get(file.path()) + "-" + row.row(),
            file.source(),
            "row "
                + row.row()
                + " of the load file "
                + file.path().substring(file.path().lastIndexOf('/') + 1)
                + ", split "
                + file.split()
                + ": "
                + splits.get(split),
            row.field(),
            (row.field() == null ? "" : "column '" + row.field() + "': ")
                + row.reason()
                + shown.asLoaded,
            shown.original);
      }
      return letters.finish();
    } catch (IOException e) {
      throw RunFileException.read(layout.files(), e);
    }
  }

  private void requireMayBeKept(RefusedRow row) {
    if (policy.failing().contains(String.valueOf(row.field()))) {
      throw new RefusedRunException(
          "column '"
              + row.field()
              + "': "
              + row.reason()
              + "; --value_policies says that this fails the run; nothing was published");
    }
  }

  private Map<String, String> splits() throws IOException {
    Map<String, String> specs = new HashMap<>();
    for (SplitTask task : SplitPlan.read(layout.plan())) {
      specs.put(task.source() + "-" + task.index(), task.split().spec());
    }
    return specs;
  }

  /**
   * What is known of a row.
   *
   * @param original as the source has it; null when that is not known
   * @param asLoaded to end the reason with; empty when the original is there
   */
  private record Shown(String original, String asLoaded) {}

  private Shown show(LoadFile alone, SourceRead read) throws IOException {
    List<Column> columns = plan.target().columns();
    if (alone.format() != LoadFile.Format.AVRO) {
      String beginning = LoadedRow.beginning(alone, LARGE_ROW_SHOWN);
      return new Shown(null, "; the row as it was to be loaded begins with " + beginning);
    }
    LoadedRow row = LoadedRow.read(alone, columns);
    if (read.isUnchanged(secrets)) {
      Schema source = read.request().schema();
      return new Shown(row.json(source, read.columnOfFields()), "");
    }
    Schema output = read.steps().output();
    int[] all = new int[output.getFieldCount()];
    for (int i = 0; i < all.length; i++) {
      all[i] = i;
    }
    return new Shown(null, "; the row as it was to be loaded: " + row.json(output, all));
  }
}
