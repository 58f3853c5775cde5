package io.deltaflow.emulator;

import static io.deltaflow.emulator.AvroSamples.decimal;
import static io.deltaflow.emulator.AvroSamples.record;
import static io.deltaflow.emulator.TestEmulator.avro;
import static io.deltaflow.emulator.TestEmulator.field;
import static io.deltaflow.emulator.TestEmulator.json;
import static io.deltaflow.emulator.TestEmulator.schema;
import static io.deltaflow.emulator.TestEmulator.table;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TimePartitioning;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Load jobs that succeed: every type, codec, disposition and schema change. */
class LoadJobTest {
  private static final Schema ID_NAME =
      record("{'name':'id','type':'long'},{'name':'name','type':['null','string']}");
  private static TestEmulator emulator;

  @BeforeAll
  static void start() {
    emulator = new TestEmulator();
  }

  @AfterAll
  static void stop() {
    emulator.close();
  }

  private static Job succeeds(Job job) {
    assertThat(job.getStatus().getErrorResult()).isNull();
    return job;
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "deflate", "snappy", "zstandard"})
  void avroCodecsAreRead(String codec) throws Exception {
    byte[] file =
        AvroSamples.file(
            ID_NAME,
            codec,
            add -> {
              for (long i = 0; i < 10_000; i++) {
                add.accept(new Object[] {i, i % 2 == 0 ? "name " + i : null});
              }
            });
    String uri = emulator.put("codec/" + codec, file);
    Job job = succeeds(emulator.load(avro("codec_" + codec, uri)));
    assertThat(job.getStatistics().getLoad().getOutputRows()).isEqualTo(10_000);
    assertThat(job.getStatistics().getLoad().getInputFiles()).isEqualTo(1);
    assertThat(job.getStatistics().getLoad().getInputFileBytes()).isEqualTo(file.length);
    List<List<Object>> rows = emulator.rows("codec_" + codec);
    assertThat(rows).hasSize(10_000);
    assertThat(rows.get(9_998)).containsExactly("9998", "name 9998");
    assertThat(rows.get(9_999)).containsExactly("9999", null);
  }

  @Test
  void everyAvroTypeArrivesAsItsColumnType() throws Exception {
    Schema types =
        record(
            "{'name':'i','type':'int'},{'name':'l','type':'long'},{'name':'f','type':'float'},"
                + "{'name':'d','type':'double'},{'name':'b','type':'boolean'},{'name':'s','type':'string'},"
                + "{'name':'y','type':'bytes'},{'name':'e','type':{'type':'enum','name':'en','symbols':['A','B']}},"
                + "{'name':'n','type':{'type':'bytes','logicalType':'decimal','precision':38,'scale':9}},"
                + "{'name':'g','type':{'type':'bytes','logicalType':'decimal','precision':77,'scale':38}},"
                + "{'name':'da','type':{'type':'int','logicalType':'date'}},"
                + "{'name':'ti','type':{'type':'long','logicalType':'time-micros'}},"
                + "{'name':'ts','type':{'type':'long','logicalType':'timestamp-micros'}},"
                + "{'name':'dt','type':{'type':'long','logicalType':'local-timestamp-micros'}},"
                + "{'name':'dts','type':{'type':'string','logicalType':'datetime'}},"
                + "{'name':'j','type':{'type':'string','sqlType':'JSON'}},"
                + "{'name':'geo','type':{'type':'string','sqlType':'GEOGRAPHY'}},"
                + "{'name':'a','type':{'type':'array','items':'long'}},"
                + "{'name':'r','type':{'type':'record','name':'rr','fields':[{'name':'x','type':['null','string']},"
                + "{'name':'t','type':{'type':'array','items':{'type':'long','logicalType':'timestamp-micros'}}}]}},"
                + "{'name':'ar','type':{'type':'array','items':{'type':'record','name':'ra','fields':"
                + "[{'name':'z','type':'bytes'},{'name':'q','type':['null',{'type':'int','logicalType':'date'}]}]}}}");
    Schema struct = types.getField("r").schema();
    Schema element = types.getField("ar").schema().getElementType();
    Object[] row = {
      -7,
      Long.MIN_VALUE,
      1.5f,
      Double.NaN,
      true,
      "naïve \u0000 ☃",
      ByteBuffer.wrap(new byte[] {0, -1}),
      new GenericData.EnumSymbol(types.getField("e").schema(), "B"),
      decimal("-99999999999999999999999999999.999999999", 9),
      decimal("12345678901234567890123456789012345678.12345678901234567890123456789012345678", 38),
      (int) LocalDate.of(1, 1, 1).toEpochDay(),
      86_399_999_999L,
      253_402_300_799_999_999L,
      -62_135_596_800_000_000L,
      "2024-03-31T02:30:00.000001",
      "{\"b\": 1, \"a\": [1.5, null, \"é\"]}",
      "POINT(1 2)",
      List.of(1L, 2L),
      structOf(struct, "in", List.of(1L)),
      List.of(structOf(element, ByteBuffer.wrap(new byte[] {1}), null))
    };
    String uri = emulator.put("types", AvroSamples.file(types, row));
    succeeds(
        emulator.load(avro("types", uri).setDecimalTargetTypes(List.of("NUMERIC", "BIGNUMERIC"))));

    assertThat(emulator.get("types").getSchema().getFields())
        .extracting(f -> f.getName() + " " + f.getType() + " " + f.getMode())
        .contains(
            "i INTEGER REQUIRED",
            "n NUMERIC REQUIRED",
            "g BIGNUMERIC REQUIRED",
            "j JSON REQUIRED",
            "dt DATETIME REQUIRED",
            "dts DATETIME REQUIRED",
            "a INTEGER REPEATED",
            "r RECORD REQUIRED",
            "ar RECORD REPEATED",
            "e STRING REQUIRED");
    List<Object> cells = emulator.rows("types").get(0);
    assertThat(cells.subList(0, 17))
        .containsExactly(
            "-7",
            "-9223372036854775808",
            "1.5",
            "NaN",
            "true",
            "naïve \u0000 ☃",
            "AP8=",
            "B",
            "-99999999999999999999999999999.999999999",
            "12345678901234567890123456789012345678.12345678901234567890123456789012345678",
            "0001-01-01",
            "23:59:59.999999",
            "253402300799999999",
            "0001-01-01T00:00:00",
            "2024-03-31T02:30:00.000001",
            "{\"a\":[1.5,null,\"é\"],\"b\":1}",
            "POINT(1 2)");
    assertThat(cells.get(17)).isEqualTo(List.of(Map.of("v", "1"), Map.of("v", "2")));
    assertThat(cells.get(18).toString()).contains("in").contains("v=1");
    assertThat(cells.get(19).toString()).contains("AQ==");
  }

  private static GenericData.Record structOf(Schema schema, Object... values) {
    GenericData.Record struct = new GenericData.Record(schema);
    for (int i = 0; i < values.length; i++) {
      struct.put(i, values[i]);
    }
    return struct;
  }

  @Test
  void withoutLogicalTypesAvroIntegersStayIntegers() throws Exception {
    Schema types =
        record(
            "{'name':'da','type':{'type':'int','logicalType':'date'}},"
                + "{'name':'ts','type':{'type':'long','logicalType':'timestamp-micros'}}");
    String uri = emulator.put("plain", AvroSamples.file(types, new Object[] {1, 2L}));
    succeeds(emulator.load(avro("plain", uri).setUseAvroLogicalTypes(false)));
    assertThat(emulator.get("plain").getSchema().getFields())
        .extracting(f -> f.getType())
        .containsExactly("INTEGER", "INTEGER");
  }

  @Test
  void columnsAreMatchedByNameWhateverTheCaseAndOrder() throws Exception {
    emulator.create(
        "by_name", field("NAME", "STRING"), field("spare", "INTEGER"), field("Id", "INTEGER"));
    String uri = emulator.put("by_name", AvroSamples.file(ID_NAME, new Object[] {1L, "one"}));
    succeeds(emulator.load(avro("by_name", uri)));
    assertThat(emulator.rows("by_name")).containsExactly(Arrays.asList("one", null, "1"));
  }

  @Test
  void wildcardTakesWhatMatchesAndNoMore() throws Exception {
    for (int i = 0; i < 5; i++) {
      emulator.put(
          "wild/part-" + i + ".avro", AvroSamples.file(ID_NAME, new Object[] {(long) i, null}));
    }
    emulator.put("wild/part-5.json", "{}".getBytes(UTF_8));
    Job job = succeeds(emulator.load(avro("wild", "gs://bucket/wild/part-*.avro")));
    assertThat(job.getStatistics().getLoad().getInputFiles()).isEqualTo(5);
    assertThat(emulator.rows("wild"))
        .extracting(r -> r.get(0))
        .containsExactlyInAnyOrder("0", "1", "2", "3", "4");
  }

  @Test
  void dispositionsAppendReplaceAndRefuse() throws Exception {
    String one = emulator.put("disposition/1", AvroSamples.file(ID_NAME, new Object[] {1L, "a"}));
    succeeds(emulator.load(avro("disposition", one).setWriteDisposition("WRITE_EMPTY")));
    succeeds(emulator.load(avro("disposition", one)));
    assertThat(emulator.rows("disposition")).hasSize(2);

    Job refused = emulator.load(avro("disposition", one).setWriteDisposition("WRITE_EMPTY"));
    assertThat(refused.getStatus().getErrorResult().getReason()).isEqualTo("duplicate");
    assertThat(emulator.rows("disposition")).hasSize(2);

    succeeds(emulator.load(avro("disposition", one).setWriteDisposition("WRITE_TRUNCATE")));
    assertThat(emulator.rows("disposition")).hasSize(1);

    Schema other = record("{'name':'other','type':'string'}");
    String two = emulator.put("disposition/2", AvroSamples.file(other, new Object[] {"x"}));
    succeeds(emulator.load(avro("disposition", two).setWriteDisposition("WRITE_TRUNCATE")));
    assertThat(emulator.rows("disposition")).containsExactly(List.of("x"));
    assertThat(emulator.get("disposition").getSchema().getFields())
        .extracting(f -> f.getName())
        .containsExactly("other");
  }

  @Test
  void createNeverNeedsTheTable() throws Exception {
    String uri = emulator.put("never", AvroSamples.file(ID_NAME, new Object[] {1L, "a"}));
    Job job = emulator.load(avro("never", uri).setCreateDisposition("CREATE_NEVER"));
    assertThat(job.getStatus().getErrorResult().getReason()).isEqualTo("notFound");
    assertThat(job.getStatus().getErrorResult().getMessage()).contains("project:dataset.never");
  }

  @Test
  void schemaUpdateOptionsAddAndRelaxColumns() throws Exception {
    emulator.create("evolving", field("id", "INTEGER").setMode("REQUIRED"));
    Schema wider =
        record("{'name':'extra','type':['null','string']},{'name':'id','type':['null','long']}");
    String uri = emulator.put("evolving", AvroSamples.file(wider, new Object[] {"x", null}));
    Job refused = emulator.load(avro("evolving", uri));
    assertThat(refused.getStatus().getErrorResult().getMessage())
        .contains("Provided Schema does not match Table project:dataset.evolving");
    succeeds(
        emulator.load(
            avro("evolving", uri)
                .setSchemaUpdateOptions(
                    List.of("ALLOW_FIELD_ADDITION", "ALLOW_FIELD_RELAXATION"))));
    assertThat(emulator.get("evolving").getSchema().getFields())
        .extracting(f -> f.getName() + " " + f.getMode())
        .containsExactly("id NULLABLE", "extra NULLABLE");
    assertThat(emulator.rows("evolving")).containsExactly(Arrays.asList(null, "x"));
  }

  @Test
  void numericWithParametersIsRoundedHalfAwayFromZero() throws Exception {
    emulator.create("rounded", field("n", "NUMERIC").setPrecision(5L).setScale(2L));
    Schema wide =
        record(
            "{'name':'n','type':{'type':'bytes','logicalType':'decimal','precision':38,'scale':9}}");
    String uri =
        emulator.put(
            "rounded",
            AvroSamples.file(
                wide, new Object[] {decimal("1.005", 9)}, new Object[] {decimal("-999.99", 9)}));
    succeeds(emulator.load(avro("rounded", uri)));
    assertThat(emulator.rows("rounded")).containsExactly(List.of("1.01"), List.of("-999.99"));
  }

  @Test
  void jsonLinesArriveByBigQuerysConversions() throws Exception {
    emulator.create(
        "json",
        field("i", "INTEGER"),
        field("n", "BIGNUMERIC"),
        field("s", "STRING"),
        field("ts", "TIMESTAMP"),
        field("d", "DATE"),
        field("b", "BYTES"),
        field("j", "JSON"),
        field("a", "INTEGER").setMode("REPEATED"),
        field("r", "RECORD").setFields(List.of(field("x", "FLOAT"))));
    String lines =
        "{\"i\": \"9223372036854775807\", \"n\": 1.10, \"s\": 5, \"ts\": \"2024-01-01"
            + " 00:00:00.5+01:00\", \"d\": \"2024-02-29\", \"b\": \"AQI=\", \"j\": {\"k\":"
            + " 9007199254740993}, \"a\": [1, \"2\"], \"r\": {\"x\": \"-Infinity\"}}\n"
            + "\n"
            + "{\"ts\": 1.5, \"j\": null}";
    succeeds(emulator.load(json("json", emulator.put("json", lines.getBytes(UTF_8)))));
    List<List<Object>> rows = emulator.rows("json");
    assertThat(rows.get(0).subList(0, 7))
        .containsExactly(
            "9223372036854775807",
            "1.1",
            "5",
            "1704063600500000",
            "2024-02-29",
            "AQI=",
            "{\"k\":9007199254740993}");
    assertThat(rows.get(0).get(7).toString()).contains("v=1").contains("v=2");
    assertThat(rows.get(0).get(8).toString()).contains("-Infinity");
    assertThat(rows.get(1))
        .containsExactly(null, null, null, "1500000", null, null, null, List.of(), null);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POINT(1 2)|",
        "point (-122.35 47.65)|",
        "MULTIPOINT((0 0), 1 1)|",
        "POLYGON((0 0, 1 0, 1 1, 0 0), (0.1 0.1, 0.2 0.1, 0.2 0.2, 0.1 0.1))|",
        "GEOMETRYCOLLECTION(POINT(1e1 2), LINESTRING(0 0, 1 1))|",
        "POLYGON EMPTY|",
        "{\"type\": \"Point\", \"coordinates\": [1, 2]}|",
        "POINT(1)|Invalid WKT near ')'",
        "POINT(1 2|Invalid WKT near ''",
        "POINT(1 2) x|Invalid WKT near 'X'",
        "CIRCLE(1 2)|Invalid WKT near 'CIRCLE'",
        "POINT(2 91)|Latitude must be between -90 and 90 degrees, not 91",
        "{\"type\": \"Point\"}|Invalid GeoJSON: no array 'coordinates'",
        "{\"type\": \"LineString\", \"coordinates\": [1, 2]}|Not a JSON Array: 1",
      })
  void whatIsNoGeographyIsRefused(String text, String problem) throws Exception {
    String table = "geo" + Integer.toHexString(text.hashCode());
    emulator.create(table, field("g", "GEOGRAPHY"));
    Schema geo = record("{'name':'g','type':{'type':'string','sqlType':'GEOGRAPHY'}}");
    String uri = emulator.put(table, AvroSamples.file(geo, new Object[] {text}));
    Job job = emulator.load(avro(table, uri));
    if (problem == null) {
      assertThat(succeeds(job).getStatistics().getLoad().getOutputRows()).isEqualTo(1);
    } else {
      assertThat(job.getStatus().getErrorResult().getReason()).isEqualTo("invalid");
      assertThat(job.getStatus().getErrorResult().getMessage())
          .contains("Error while reading data, error message: Invalid geography value, error: ")
          .contains(problem)
          .contains("in column 'g'");
    }
  }

  @Test
  void badJsonRecordsAreLeftOutUpToTheLimit() throws Exception {
    emulator.create("bad_records", field("i", "INTEGER"));
    String uri =
        emulator.put(
            "bad_records", "{\"i\":1}\n{\"i\":\"x\"}\n{\"k\":1}\n{\"i\":4}\n".getBytes(UTF_8));
    Job refused = emulator.load(json("bad_records", uri).setMaxBadRecords(1));
    assertThat(refused.getStatus().getErrorResult().getMessage()).contains("too many errors");
    assertThat(emulator.rows("bad_records")).isEmpty();
    succeeds(
        emulator.load(json("bad_records", uri).setMaxBadRecords(1).setIgnoreUnknownValues(true)));
    assertThat(emulator.rows("bad_records"))
        .containsExactly(List.of("1"), Arrays.asList((Object) null), List.of("4"));
  }

  @Test
  void loadCanCreateAPartitionedTable() throws Exception {
    String uri = emulator.put("partitioned", "{\"d\":\"2024-01-01\"}".getBytes(UTF_8));
    succeeds(
        emulator.load(
            json("partitioned", uri)
                .setSchema(schema(field("d", "DATE")))
                .setTimePartitioning(new TimePartitioning().setType("DAY").setField("d"))));
    assertThat(emulator.get("partitioned").getTimePartitioning().getField()).isEqualTo("d");
  }

  @Test
  void tableByIngestionTimeTakesRows() throws Exception {
    emulator.create(
        new Table()
            .setTableReference(table("ingestion"))
            .setSchema(schema(field("id", "INTEGER"), field("name", "STRING")))
            .setTimePartitioning(new TimePartitioning().setType("DAY")));
    String uri = emulator.put("ingestion", AvroSamples.file(ID_NAME, new Object[] {1L, "a"}));
    succeeds(emulator.load(avro("ingestion", uri)));
    assertThat(emulator.rows("ingestion")).containsExactly(List.of("1", "a"));
  }

  @Test
  void loadsIntoOneTableGoOnSideBySide() throws Exception {
    emulator.create("parallel", field("id", "INTEGER"), field("name", "STRING"));
    byte[] file =
        AvroSamples.file(
            ID_NAME,
            "null",
            add -> {
              for (long i = 0; i < 5_000; i++) {
                add.accept(new Object[] {i, "x"});
              }
            });
    String uri = emulator.put("parallel", file);
    List<Job> started = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      started.add(emulator.insert(avro("parallel", uri)));
    }
    started.forEach(job -> succeeds(emulator.await(job.getJobReference())));
    assertThat(emulator.get("parallel").getNumRows()).isEqualTo(40_000);
    assertThat(emulator.get("parallel").getNumBytes()).isEqualTo(40_000 * 11);
  }

  @Test
  void tableWithoutSchemaTakesThatOfTheFirstLoad() throws Exception {
    emulator.create(new Table().setTableReference(table("blank")));
    String uri = emulator.put("blank", AvroSamples.file(ID_NAME, new Object[] {1L, "a"}));
    succeeds(emulator.load(avro("blank", uri)));
    assertThat(emulator.rows("blank")).containsExactly(List.of("1", "a"));
  }

  @Test
  void readersSeeATruncatingLoadAsOneStep() throws Exception {
    Schema other = record("{'name':'id','type':'long'}");
    String[] uris = {
      emulator.put("step/1", thousand(ID_NAME)),
      emulator.put("step/2", thousand(ID_NAME)),
      emulator.put("step/3", thousand(other))
    };
    succeeds(emulator.load(avro("step", uris[0])));
    AtomicBoolean loading = new AtomicBoolean(true);
    ExecutorService reader = Executors.newSingleThreadExecutor();
    try {
      Future<Set<Object>> counts =
          reader.submit(
              () -> {
                Set<Object> seen = new HashSet<>();
                while (loading.get()) {
                  seen.add(
                      emulator
                          .emulator()
                          .rows("SELECT COUNT(*) AS n FROM project.dataset.step")
                          .get(0)
                          .get("n"));
                }
                return seen;
              });
      for (int i = 0; i < 12; i++) {
        succeeds(emulator.load(avro("step", uris[i % 3]).setWriteDisposition("WRITE_TRUNCATE")));
      }
      loading.set(false);
      assertThat(counts.get()).containsExactly(1_000L);
    } finally {
      loading.set(false);
      reader.shutdown();
    }
  }

  private static byte[] thousand(Schema schema) {
    return AvroSamples.file(
        schema,
        "null",
        add -> {
          for (long i = 0; i < 1_000; i++) {
            add.accept(schema == ID_NAME ? new Object[] {i, "x"} : new Object[] {i});
          }
        });
  }
}
