package io.deltaflow.source.postgres;

import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.RowSink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a row of PostgreSQL's binary form costs as a Row. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class DecodeBenchmark {
  private static final Schema SCHEMA =
      Schema.builder()
          .addField("id", FieldTypes.INT64)
          .addField("note", FieldTypes.STRING)
          .addField("amount", FieldTypes.numeric(12, 2))
          .addField("updated_at", FieldTypes.TIMESTAMP)
          .build();

  private final Codec[] codecs =
      List.of(
              Codecs.int64("id"),
              Codecs.utf8(),
              new NumericCodec("amount"),
              Codecs.timestamp("updated_at"))
          .toArray(new Codec[0]);
  private final RowSink sink = new RowSink(SCHEMA);
  private final byte[] row = row();

  /** Each value behind its length. */
  private static byte[] row() {
    byte[] note = "c4ca4238a0b923820dcc509a6f75849b".repeat(2).getBytes(StandardCharsets.UTF_8);
    ByteBuffer row = ByteBuffer.allocate(4 + 8 + 4 + note.length + 4 + 12 + 4 + 8);
    row.putInt(8).putLong(42);
    row.putInt(note.length).put(note);
    // 1234.5: two groups, weight 0, positive, two digits after the point.
    row.putInt(12).putShort((short) 2).putShort((short) 0).putShort((short) 0).putShort((short) 2);
    row.putShort((short) 1234).putShort((short) 5000);
    row.putInt(8).putLong(800_000_000_000_000L);
    return row.array();
  }

  /** One row. */
  @Benchmark
  public Row row4() {
    sink.start();
    int at = 0;
    for (Codec codec : codecs) {
      int length = Bytes.int32(row, at);
      codec.decode(row, at + 4, length, sink);
      at += 4 + length;
    }
    return sink.row();
  }
}
