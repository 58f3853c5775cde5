package io.deltaflow.internal;

import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType;
import io.deltaflow.destination.ColumnType.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a row costs from its values to a load file, compression among it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class EncodeBenchmark {
  private static final int ROWS = 50_000;

  private static final List<Column> COLUMNS =
      List.of(
          column("id", ColumnType.of(Kind.INT64), true),
          column("status", ColumnType.of(Kind.STRING), false),
          column("amount", ColumnType.numeric(12, 2), false),
          column("note", ColumnType.of(Kind.STRING), false),
          column("payload", ColumnType.of(Kind.JSON), false),
          column("tags", ColumnType.of(Kind.STRING).asRepeated(), false),
          column("updated_at", ColumnType.of(Kind.TIMESTAMP), true));

  private final byte[] note =
      "c4ca4238a0b923820dcc509a6f75849bc81e728d9d4c2f636f067f89cc14862ceccbc87e4b5ce2fe"
          .getBytes(StandardCharsets.UTF_8);
  private final byte[] payload =
      "{\"sku\": \"eccbc87e4b5ce2fe28308fd9f2a7baf3\", \"gift\": false, \"quantity\": 3}"
          .getBytes(StandardCharsets.UTF_8);
  private final byte[] tag = "tag7".getBytes(StandardCharsets.UTF_8);
  private Path folder;

  private static Column column(String name, ColumnType type, boolean required) {
    return new Column(name, name, name, type, required);
  }

  /** A folder for the files. */
  @Setup
  public void makeFolder() throws IOException {
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
    folder = Files.createTempDirectory("deltaflow-jmh");
  }

  /** Removes it. */
  @TearDown
  public void deleteFolder() throws IOException {
    Files.delete(folder);
  }

  /** One file of many rows. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public void row() throws IOException {
    LoadFileWriter writer = new LoadFileWriter(folder + "/", 0, 0, COLUMNS, Set.of());
    for (int i = 0; i < ROWS; i++) {
      AvroRow row = writer.startRow();
      row.appendInt64(i);
      row.appendNull();
      row.appendNumeric(i * 31L, 2);
      note[i % note.length] = (byte) ('a' + i % 26);
      row.appendUtf8(note, 0, note.length);
      row.appendUtf8(payload, 0, payload.length);
      row.startArray(2);
      row.appendUtf8(tag, 0, tag.length);
      row.appendUtf8(tag, 0, tag.length);
      row.endArray();
      row.appendTimestamp(1_767_225_600_000_000L + i);
      writer.writeRow();
    }
    writer.finish();
    RunFiles.delete(writer.paths());
  }
}
