package io.deltaflow.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType;
import io.deltaflow.destination.ColumnType.Kind;
import io.deltaflow.destination.LoadFile;
import io.deltaflow.spi.error.BadValueException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoadFileWriterTest {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("id", "id", "c0", ColumnType.of(Kind.INT64), true),
          new Column("note", "note", "c1", ColumnType.of(Kind.STRING), false),
          new Column("price", "price", "c2", ColumnType.numeric(38, 9), false));

  @TempDir Path folder;

  @BeforeEach
  void registerFileSystems() {
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
  }

  private LoadFileWriter writer() {
    return new LoadFileWriter(folder + "/", 0, 7, COLUMNS, Set.of());
  }

  private static void write(LoadFileWriter writer, long id, String note) throws IOException {
    AvroRow row = writer.startRow();
    row.appendInt64(id);
    row.appendString(note);
    row.appendNumeric(new BigDecimal("1.5"));
    writer.writeRow();
  }

  @Test
  void countsAndBytesAreThoseOfTheFile() throws IOException {
    LoadFileWriter writer = writer();
    for (int i = 0; i < 10_000; i++) {
      write(writer, i, "note " + i);
    }
    LoadFile file = writer.finish().get(0);
    assertThat(file.rows()).isEqualTo(10_000);
    assertThat(file.bytes()).isEqualTo(Files.size(Path.of(file.path())));
    try (DataFileReader<GenericRecord> reader =
        new DataFileReader<>(Path.of(file.path()).toFile(), new GenericDatumReader<>())) {
      long next = 0;
      while (reader.hasNext()) {
        assertThat(reader.next().get("c0")).isEqualTo(next++);
      }
      assertThat(next).isEqualTo(10_000);
    }
  }

  @Test
  void noRowsMakeNoFile() throws IOException {
    assertThat(writer().finish()).isEmpty();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void blocksStayBelowBigQuerysLimitWhateverTheRows() throws IOException {
    LoadFileWriter writer = writer();
    String large = "x".repeat(9 << 20);
    for (int i = 0; i < 4; i++) {
      write(writer, i, large);
      write(writer, i, "small");
    }
    LoadFile file = writer.finish().get(0);
    try (DataFileReader<GenericRecord> reader =
        new DataFileReader<>(Path.of(file.path()).toFile(), new GenericDatumReader<>())) {
      long rows = 0;
      while (reader.hasNext()) {
        long inBlock = reader.getBlockCount();
        assertThat(inBlock).isPositive();
        long bytes = 0;
        for (long i = 0; i < inBlock; i++) {
          bytes += reader.next().get("c1").toString().length();
          rows++;
        }
        assertThat(bytes).isLessThan(16 << 20);
      }
      assertThat(rows).isEqualTo(8);
    }
  }

  @Test
  void aRowAboveABlocksLimitGoesToJsonLines() throws IOException {
    LoadFileWriter writer = writer();
    write(writer, 1, "small");
    write(writer, 2, "y".repeat(15 << 20));
    List<LoadFile> files = writer.finish();
    assertThat(files)
        .extracting(LoadFile::format)
        .containsExactly(LoadFile.Format.AVRO, LoadFile.Format.JSON_LINES);
    assertThat(files).extracting(LoadFile::rows).containsExactly(1L, 1L);
    List<String> lines = Files.readAllLines(Path.of(files.get(1).path()));
    assertThat(lines).hasSize(1);
    JsonNode row = new ObjectMapper().readTree(lines.get(0));
    assertThat(row.get("c0").asText()).isEqualTo("2");
    assertThat(row.get("c1").asText()).hasSize(15 << 20);
    assertThat(row.get("c2").asText()).isEqualTo("1.500000000");
    assertThat(files.get(1).bytes()).isEqualTo(Files.size(Path.of(files.get(1).path())));
  }

  @Test
  void jsonStaysJsonAndTimesHaveSecondsInJsonLines() throws IOException {
    List<Column> columns =
        List.of(
            new Column("note", "note", "c0", ColumnType.of(Kind.STRING), false),
            new Column("doc", "doc", "c1", ColumnType.of(Kind.JSON), false),
            new Column("at", "at", "c2", ColumnType.of(Kind.DATETIME), false),
            new Column("t", "t", "c3", ColumnType.of(Kind.TIME), false));
    LoadFileWriter writer = new LoadFileWriter(folder + "/", 0, 0, columns, Set.of());
    AvroRow row = writer.startRow();
    row.appendString("z".repeat(15 << 20));
    row.appendString("{\n\"a\":\r\n 9007199254740993.10}");
    row.appendDateTime(0);
    row.appendTime(36_000_000_000L);
    writer.writeRow();
    List<String> lines = Files.readAllLines(Path.of(writer.finish().get(0).path()));
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0))
        .contains(":{ \"a\":   9007199254740993.10}")
        .contains("\"1970-01-01T00:00:00.000000\"")
        .contains("\"10:00:00.000000\"");
  }

  @Test
  void everyKindIsWrittenToJsonLinesAsItIs() throws IOException {
    List<Column> columns =
        List.of(
            new Column("id", "id", "c0", ColumnType.of(Kind.INT64), true),
            new Column("large", "large", "c1", ColumnType.of(Kind.BYTES), false),
            new Column("yes", "yes", "c2", ColumnType.of(Kind.BOOL), false),
            new Column("ratio", "ratio", "c3", ColumnType.of(Kind.FLOAT64), true),
            new Column("nan", "nan", "c4", ColumnType.of(Kind.FLOAT64), false),
            new Column("owed", "owed", "c5", ColumnType.numeric(38, 9), false),
            new Column("day", "day", "c6", ColumnType.of(Kind.DATE), false),
            new Column("at", "at", "c7", ColumnType.of(Kind.TIMESTAMP), false),
            new Column("gone", "gone", "c8", ColumnType.of(Kind.STRING), false),
            new Column("tags", "tags", "c9", ColumnType.of(Kind.STRING).asRepeated(), false),
            new Column("none", "none", "c10", ColumnType.of(Kind.INT64).asRepeated(), false),
            new Column(
                "place",
                "place",
                "c11",
                ColumnType.struct(
                    List.of(
                        new Column("x", "x", "x", ColumnType.of(Kind.INT64), false),
                        new Column("y", "y", "y", ColumnType.of(Kind.INT64), false))),
                false));
    byte[] large = new byte[(14 << 20) + 1000];
    large[7] = -1;
    LoadFileWriter writer = new LoadFileWriter(folder + "/", 0, 0, columns, Set.of());
    AvroRow row = writer.startRow();
    row.appendInt64(Long.MIN_VALUE);
    row.appendBytes(large, 0, large.length);
    row.appendBoolean(true);
    row.appendFloat64(-0.1);
    row.appendFloat64(Double.NaN);
    row.appendNumeric(new BigDecimal("-12345678901234567890.5"));
    row.appendDate(-1);
    row.appendTimestamp(-1);
    row.appendNull();
    row.startArray(2);
    row.appendString("Grüße \"\\ \n");
    row.appendString("");
    row.endArray();
    row.startArray(0);
    row.endArray();
    row.startRecord();
    row.appendInt64(-1);
    row.appendNull();
    row.endRecord();
    writer.writeRow();

    List<String> lines = Files.readAllLines(Path.of(writer.finish().get(0).path()));
    assertThat(lines).hasSize(1);
    JsonNode json = new ObjectMapper().readTree(lines.get(0));
    assertThat(json.get("c0").asText()).isEqualTo("-9223372036854775808");
    assertThat(json.get("c1").binaryValue()).isEqualTo(large);
    assertThat(json.get("c2").asBoolean()).isTrue();
    assertThat(json.get("c3").asDouble()).isEqualTo(-0.1);
    assertThat(json.get("c4").asText()).isEqualTo("NaN");
    assertThat(json.get("c5").asText()).isEqualTo("-12345678901234567890.500000000");
    assertThat(json.get("c6").asText()).isEqualTo("1969-12-31");
    assertThat(json.get("c7").asText()).isEqualTo("1969-12-31T23:59:59.999999Z");
    assertThat(json.has("c8")).isFalse();
    assertThat(json.get("c9")).extracting(JsonNode::asText).containsExactly("Grüße \"\\ \n", "");
    assertThat(json.get("c10")).isEmpty();
    assertThat(json.get("c11").toString()).isEqualTo("{\"x\":\"-1\"}");
  }

  @Test
  void aRowAboveBigQuerysLimitIsRefusedBeforeItIsCopied() {
    AvroRow row = writer().startRow();
    row.appendInt64(1);
    byte[] huge = new byte[101 << 20];
    assertThatThrownBy(() -> row.appendUtf8(huge, 0, huge.length))
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining("'note'")
        .hasMessageContaining("100 MB");
  }

  @Test
  void everyFileThatWasBegunIsKnownForDeleting() throws IOException {
    LoadFileWriter writer = writer();
    write(writer, 1, "more than a block ".repeat(1 << 17));
    write(writer, 2, "more than Avro ".repeat(1 << 20));
    writer.close();
    assertThat(writer.paths()).hasSize(2);
    assertThat(folder).isNotEmptyDirectory();
    RunFiles.delete(writer.paths());
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aLargeRowThatIsRefusedLeavesTheOthersAsTheyAre() throws IOException {
    List<Column> columns =
        List.of(
            new Column("id", "id", "c0", ColumnType.of(Kind.INT64), true),
            new Column("doc", "doc", "c1", ColumnType.of(Kind.JSON), false));
    LoadFileWriter writer = new LoadFileWriter(folder + "/", 0, 0, columns, Set.of());
    String large = "1" + " ".repeat(15 << 20);
    for (String doc : List.of("0", large, "3", large + "2", "5")) {
      AvroRow row = writer.startRow();
      row.appendInt64(doc.endsWith("2") ? 2 : Long.parseLong(doc.strip()));
      row.appendString(doc);
      if (doc.endsWith("2")) {
        assertThatThrownBy(writer::writeRow)
            .isInstanceOf(BadValueException.class)
            .hasMessageContaining("more than one JSON value");
      } else {
        writer.writeRow();
      }
    }

    List<LoadFile> files = writer.finish();
    assertThat(files).extracting(LoadFile::rows).containsExactly(3L, 1L);
    List<Object> ids = new java.util.ArrayList<>();
    try (DataFileReader<GenericRecord> reader =
        new DataFileReader<>(Path.of(files.get(0).path()).toFile(), new GenericDatumReader<>())) {
      reader.forEach(r -> ids.add(r.get("c0")));
    }
    assertThat(ids).containsExactly(0L, 3L, 5L);
    assertThat(Files.readAllLines(Path.of(files.get(1).path())))
        .singleElement()
        .satisfies(line -> assertThat(line).startsWith("{\"c0\":\"1\"").endsWith("}"));
  }
}
