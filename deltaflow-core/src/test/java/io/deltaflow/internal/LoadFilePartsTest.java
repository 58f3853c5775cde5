package io.deltaflow.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType;
import io.deltaflow.destination.ColumnType.Kind;
import io.deltaflow.destination.LoadFile;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.InternalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Load files out of others, and rows out of load files. */
final class LoadFilePartsTest {
  private static final List<Column> COLUMNS =
      List.of(column("id", 0, ColumnType.of(Kind.INT64)), column("v", 1, text()));

  @TempDir Path folder;

  @BeforeEach
  void registerFileSystems() {
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
  }

  private static ColumnType text() {
    return ColumnType.of(Kind.STRING);
  }

  private static Column column(String name, int number, ColumnType type) {
    return new Column(name, name, "c" + number, type, false);
  }

  private LoadFileParts parts() {
    return new LoadFileParts(folder + "/parts/");
  }

  /** Rows of 300 kB, of which four fill a block. */
  private LoadFile avro(int rows) throws IOException {
    LoadFileWriter writer = new LoadFileWriter(folder + "/", 2, 7, COLUMNS, Set.of());
    byte[] bytes = new byte[300_000];
    bytes[5] = (byte) 0xff;
    for (int i = 0; i < rows; i++) {
      AvroRow row = writer.startRow();
      row.appendInt64(i);
      row.appendUtf8(bytes, 0, i % 3 == 0 ? bytes.length : 9);
      writer.writeRow();
    }
    return writer.finish().get(0);
  }

  private static List<Long> ids(LoadFile file) throws IOException {
    List<Long> ids = new ArrayList<>();
    try (DataFileReader<GenericRecord> rows =
        new DataFileReader<>(Path.of(file.path()).toFile(), new GenericDatumReader<>())) {
      rows.forEach(r -> ids.add((Long) r.get("c0")));
    }
    assertThat(file.rows()).isEqualTo(ids.size());
    assertThat(file.bytes()).isEqualTo(Files.size(Path.of(file.path())));
    assertThat(file.source()).isEqualTo(2);
    assertThat(file.split()).isEqualTo(7);
    return ids;
  }

  private static List<Long> range(long from, long to) {
    return LongStream.range(from, to).boxed().toList();
  }

  @Test
  void aFileIsDividedIntoItsRowsInOrder() throws IOException {
    List<LoadFile> divided = parts().divide(avro(41), 4);

    assertThat(divided).extracting(LoadFile::rows).containsExactly(10L, 10L, 10L, 11L);
    List<Long> ids = new ArrayList<>();
    for (LoadFile part : divided) {
      ids.addAll(ids(part));
    }
    assertThat(ids).isEqualTo(range(0, 41));
    List<LoadFile> small = parts().divide(parts().divide(divided.get(3), 4).get(3), 4);
    assertThat(small).hasSize(3);
    assertThat(ids(small.get(2))).containsExactly(40L);
  }

  @Test
  void rowsAreLeftOutWhereverTheyAre() throws IOException {
    LoadFile file = avro(20);
    for (Set<Long> bad : List.of(Set.of(0L), Set.of(19L), Set.of(3L, 4L, 5L, 11L))) {
      List<Long> left = new ArrayList<>(range(0, 20));
      left.removeAll(bad);
      assertThat(ids(parts().without(file, new TreeSet<>(bad)))).isEqualTo(left);
    }
  }

  @Test
  void linesOfJsonAreDividedAndLeftOutToo() throws IOException {
    Path lines = Files.writeString(folder.resolve("large.json"), "{\"c0\":0}\n{}\n{\"c0\":2}\n");
    LoadFile file =
        new LoadFile(lines.toString(), LoadFile.Format.JSON_LINES, 0, 0, 3, Files.size(lines));

    List<LoadFile> divided = parts().divide(file, 2);

    assertThat(divided)
        .extracting(f -> Files.readString(Path.of(f.path())))
        .containsExactly("{\"c0\":0}\n", "{}\n{\"c0\":2}\n");
    assertThat(divided).extracting(LoadFile::rows).containsExactly(1L, 2L);
    LoadFile without = parts().without(file, new TreeSet<>(Set.of(1L)));
    assertThat(Path.of(without.path())).hasContent("{\"c0\":0}\n{\"c0\":2}\n");
    assertThat(without.bytes()).isEqualTo(18);
    assertThatThrownBy(
            () ->
                parts()
                    .divide(
                        new LoadFile(lines.toString(), file.format(), 0, 0, 4, file.bytes()), 2))
        .isInstanceOf(InternalException.class)
        .hasStackTraceContaining("ends within a row");
  }

  @Test
  void bytesThatAreNoTextAreShownInAFormThatIsNone() throws IOException {
    LoadFile row = parts().divide(avro(2), 2).get(1);
    Schema schema =
        Schema.builder()
            .addNullableField("id", FieldTypes.INT64)
            .addNullableField("v", FieldTypes.STRING)
            .build();

    String json = LoadedRow.read(row, COLUMNS).json(schema, new int[] {0, 1});

    assertThat(json).isEqualTo("{\"id\":1,\"v\":{\"base64\":\"AAAAAAD/AAAA\"}}");
    assertThatThrownBy(() -> JsonRowTest.parse(json, schema)).hasMessageContaining("no STRING");
  }

  /** Columns hold values of other types than the source's where the table has others. */
  @Test
  void valuesComeBackInTheTypesOfTheSource() throws IOException {
    Schema inner = Schema.builder().addNullableField("x", FieldTypes.BOOL).build();
    Schema source =
        Schema.builder()
            .addNullableField("flag", FieldTypes.BOOL)
            .addNullableField("number", FieldTypes.INT64)
            .addNullableField("whole", FieldTypes.INT64)
            .addNullableField("price", FieldTypes.numeric())
            .addNullableField("day", FieldTypes.DATE)
            .addNullableField("local", FieldTypes.DATETIME)
            .addNullableField("at", FieldTypes.TIMESTAMP)
            .addNullableField("clock", FieldTypes.TIME)
            .addNullableField("bytes", FieldTypes.BYTES)
            .addNullableField("list", FieldType.array(FieldTypes.FLOAT64))
            .addNullableField("record", FieldType.row(inner))
            .addNullableField("nothing", FieldTypes.JSON)
            .build();
    List<Column> columns =
        List.of(
            column("nothing", 0, ColumnType.of(Kind.JSON)),
            column("flag", 1, text()),
            column("number", 2, ColumnType.numeric(38, 9)),
            column("whole", 3, ColumnType.of(Kind.FLOAT64)),
            column("price", 4, ColumnType.bigNumeric(40, 10)),
            column("day", 5, ColumnType.of(Kind.DATETIME)),
            column("local", 6, ColumnType.of(Kind.TIMESTAMP)),
            column("at", 7, ColumnType.of(Kind.TIMESTAMP)),
            column("clock", 8, ColumnType.of(Kind.TIME)),
            column("bytes", 9, ColumnType.of(Kind.BYTES)),
            column("list", 10, ColumnType.of(Kind.FLOAT64).asRepeated()),
            column("record", 11, ColumnType.struct(List.of(column("x", 0, text())))));
    String json =
        "{\"flag\":true,\"number\":-12,\"whole\":9007199254740992,\"price\":\"100.5\","
            + "\"day\":\"2026-02-28\",\"local\":\"2026-02-28T01:02:03.000004\","
            + "\"at\":\"0001-01-01T00:00:00.000000Z\",\"clock\":\"23:59:59.999999\","
            + "\"bytes\":\"AP8=\",\"list\":[1.5,\"NaN\"],\"record\":{\"x\":false},"
            + "\"nothing\":null}";
    Row row = JsonRowTest.parse(json, source);
    LoadFileWriter writer = new LoadFileWriter(folder + "/", 0, 0, columns, Set.of());
    AvroRow out = writer.startRow();
    out.appendNull();
    out.appendBoolean(true);
    out.appendInt64(-12);
    out.appendInt64(1L << 53);
    out.appendNumeric(row.getValue("price"));
    out.appendDateTime(
        CursorPosition.dateTime(row.<LocalDate>getValue("day").atStartOfDay()).value());
    out.appendDateTime(CursorPosition.dateTime(row.getValue("local")).value());
    out.appendTimestamp(CursorPosition.timestamp(row.getValue("at")).value());
    out.appendTime(86_399_999_999L);
    out.appendBytes(new byte[] {0, -1}, 0, 2);
    out.startArray(2);
    out.appendFloat64(1.5);
    out.appendFloat64(Double.NaN);
    out.endArray();
    out.startRecord();
    out.appendBoolean(false);
    out.endRecord();
    writer.writeRow();

    String shown =
        LoadedRow.read(writer.finish().get(0), columns)
            .json(source, new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0});

    assertThat(shown).isEqualTo(json);
  }
}
