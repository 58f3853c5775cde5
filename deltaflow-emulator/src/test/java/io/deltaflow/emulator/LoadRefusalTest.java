package io.deltaflow.emulator;

import static io.deltaflow.emulator.AvroSamples.decimal;
import static io.deltaflow.emulator.AvroSamples.record;
import static io.deltaflow.emulator.TestEmulator.avro;
import static io.deltaflow.emulator.TestEmulator.field;
import static io.deltaflow.emulator.TestEmulator.json;
import static io.deltaflow.emulator.TestEmulator.schema;
import static io.deltaflow.emulator.TestEmulator.table;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobConfigurationLoad;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TimePartitioning;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Loads that BigQuery refuses: the emulator must too, as a whole. */
class LoadRefusalTest {
  private static TestEmulator emulator;

  @BeforeAll
  static void start() {
    emulator = new TestEmulator();
  }

  @AfterAll
  static void stop() {
    emulator.close();
  }

  static Stream<Arguments> badValues() {
    String decimal = "{'type':'bytes','logicalType':'decimal','precision':77,'scale':%d}";
    return Stream.of(
        arguments(
            "NUMERIC overflow",
            field("v", "NUMERIC"),
            String.format(decimal, 9),
            decimal("1", 9),
            decimal("100000000000000000000000000000", 9),
            "Invalid NUMERIC value"),
        arguments(
            "NUMERIC with a tenth decimal",
            field("v", "NUMERIC"),
            String.format(decimal, 10),
            decimal("1", 10),
            decimal("0.0000000001", 10),
            "Invalid NUMERIC value"),
        arguments(
            "BIGNUMERIC overflow",
            field("v", "BIGNUMERIC"),
            String.format(decimal, 38),
            decimal("1", 38),
            decimal("6e38", 38),
            "Invalid BIGNUMERIC value"),
        arguments(
            "more digits than the column's precision",
            field("v", "NUMERIC").setPrecision(5L).setScale(2L),
            String.format(decimal, 2),
            decimal("999.99", 2),
            decimal("1000", 2),
            "not in range"),
        arguments(
            "rounding over the column's precision",
            field("v", "NUMERIC").setPrecision(5L).setScale(2L),
            String.format(decimal, 3),
            decimal("999.994", 3),
            decimal("999.995", 3),
            "not in range"),
        arguments("invalid JSON", field("v", "JSON"), "'string'", "{}", "{\"a\":}", "Invalid JSON"),
        arguments(
            "year 10000",
            field("v", "DATE"),
            "{'type':'int','logicalType':'date'}",
            2_932_896,
            2_932_897,
            "years 1 to 9999"),
        arguments(
            "year 0",
            field("v", "DATE"),
            "{'type':'int','logicalType':'date'}",
            -719_162,
            -719_163,
            "years 1 to 9999"),
        arguments(
            "timestamp after 9999",
            field("v", "TIMESTAMP"),
            "{'type':'long','logicalType':'timestamp-micros'}",
            253_402_300_799_999_999L,
            253_402_300_800_000_000L,
            "years 1 to 9999"),
        arguments(
            "timestamp before 1",
            field("v", "TIMESTAMP"),
            "{'type':'long','logicalType':'timestamp-micros'}",
            -62_135_596_800_000_000L,
            -62_135_596_800_000_001L,
            "years 1 to 9999"),
        arguments(
            "datetime after 9999",
            field("v", "DATETIME"),
            "{'type':'long','logicalType':'local-timestamp-micros'}",
            253_402_300_799_999_999L,
            253_402_300_800_000_000L,
            "years 1 to 9999"),
        arguments(
            "24:00:00",
            field("v", "TIME"),
            "{'type':'long','logicalType':'time-micros'}",
            86_399_999_999L,
            86_400_000_000L,
            "Invalid time value"),
        arguments(
            "invalid UTF-8",
            field("v", "STRING"),
            "'string'",
            new Utf8("ok"),
            new Utf8(new byte[] {(byte) 0xc3, 0x28}),
            "Invalid UTF-8"),
        arguments(
            "string too long",
            field("v", "STRING").setMaxLength(2L),
            "'string'",
            "é☃",
            "abc",
            "maximum length"),
        arguments(
            "NULL in an array",
            field("v", "INTEGER").setMode("REPEATED"),
            "{'type':'array','items':['null','long']}",
            List.of(1L),
            Arrays.asList(1L, null),
            "Only optional fields can be set to NULL"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badValues")
  void badAvroValueFailsTheWholeLoad(
      String name,
      TableFieldSchema column,
      String avroType,
      Object good,
      Object bad,
      String message)
      throws Exception {
    String table = unique();
    emulator.create(table, column);
    Schema types = record("{'name':'v','type':" + avroType + "}");
    String fine = emulator.put(table + "/good", AvroSamples.file(types, new Object[] {good}));
    String broken =
        emulator.put(
            table + "/bad", AvroSamples.file(types, new Object[] {good}, new Object[] {bad}));
    List<String> decimals = List.of("NUMERIC", "BIGNUMERIC");

    Job failed = emulator.load(avro(table, fine, broken).setDecimalTargetTypes(decimals));
    refused(failed, "invalid", message);
    assertThat(failed.getStatus().getErrorResult().getMessage()).contains(broken);
    assertThat(emulator.rows(table)).isEmpty();

    Job loaded = emulator.load(avro(table, fine).setDecimalTargetTypes(decimals));
    assertThat(loaded.getStatus().getErrorResult()).isNull();
    assertThat(emulator.rows(table)).hasSize(1);
  }

  static Stream<Arguments> badJson() {
    return Stream.of(
        arguments("{\"v\": 1.5}", field("v", "INTEGER")),
        arguments("{\"v\": 9223372036854775808}", field("v", "INTEGER")),
        arguments("{\"v\": \"tomorrow\"}", field("v", "TIMESTAMP")),
        arguments("{\"v\": \"2023-02-29\"}", field("v", "DATE")),
        arguments("{\"v\": \"1e39\"}", field("v", "NUMERIC")),
        arguments("{\"v\": [1, null]}", field("v", "INTEGER").setMode("REPEATED")),
        arguments("{\"v\": 1}", field("v", "INTEGER").setMode("REPEATED")),
        arguments("{\"v\": [1]}", field("v", "INTEGER")),
        arguments("{\"v\": null}", field("v", "INTEGER").setMode("REQUIRED")),
        arguments("{}", field("v", "INTEGER").setMode("REQUIRED")),
        arguments("{\"unknown\": 1}", field("v", "INTEGER")),
        arguments("{\"v\": 1", field("v", "INTEGER")),
        arguments("{'v': 1}", field("v", "INTEGER")),
        arguments("{\"v\": \"\u00e9\"}", field("v", "STRING")),
        arguments("{\"v\": \"*\"}", field("v", "BYTES")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badJson")
  void badJsonLineFailsTheWholeLoad(String line, TableFieldSchema column) throws Exception {
    String table = unique();
    emulator.create(table, column, field("other", "INTEGER"));
    // Latin-1, so that the accented letter is not UTF-8.
    String uri = emulator.put(table, line.getBytes(ISO_8859_1));
    refused(emulator.load(json(table, uri)), "invalid", uri);
    assertThat(emulator.rows(table)).isEmpty();
  }

  static Stream<Arguments> badSchemas() {
    return Stream.of(
        arguments(
            "another type",
            "{'name':'id','type':'string'}",
            "Field id has changed type from INTEGER to STRING"),
        arguments(
            "a float for an integer",
            "{'name':'id','type':'double'}",
            "Field id has changed type from INTEGER to FLOAT"),
        arguments(
            "a new column",
            "{'name':'id','type':'long'},{'name':'more','type':['null','long']}",
            "Cannot add fields (field: more)"),
        arguments(
            "nullable for required",
            "{'name':'id','type':['null','long']}",
            "Field id has changed mode from REQUIRED to NULLABLE"),
        arguments(
            "no required column",
            "{'name':'name','type':['null','string']}",
            "Field id is missing in new schema"),
        arguments(
            "an array for a scalar",
            "{'name':'id','type':{'type':'array','items':'long'}}",
            "Field id has changed mode from REQUIRED to REPEATED"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badSchemas")
  void schemaThatDoesNotFitFailsTheWholeLoad(String name, String fields, String message)
      throws Exception {
    String table = unique();
    emulator.create(table, field("id", "INTEGER").setMode("REQUIRED"), field("name", "STRING"));
    String uri = emulator.put(table, AvroSamples.file(record(fields)));
    refused(
        emulator.load(avro(table, uri)),
        "invalid",
        "Provided Schema does not match Table project:dataset." + table + ". " + message);
  }

  @Test
  void requiredColumnTakesNoNullFromANullableFileWithTheTablesSchema() throws Exception {
    Schema nullable = record("{'name':'id','type':['null','long']}");
    String table = unique();
    emulator.create(table, field("id", "INTEGER").setMode("REQUIRED"));
    String uri =
        emulator.put(table, AvroSamples.file(nullable, new Object[] {1L}, new Object[] {null}));
    JobConfigurationLoad load =
        avro(table, uri).setSchema(schema(field("id", "INTEGER").setMode("REQUIRED")));
    refused(emulator.load(load), "invalid", "Only optional fields can be set to NULL. Field: id");
    assertThat(emulator.rows(table)).isEmpty();
  }

  @Test
  void failedLoadLeavesNoTableAndNoColumn() throws Exception {
    Schema types = record("{'name':'d','type':{'type':'int','logicalType':'date'}}");
    String uri = emulator.put("left", AvroSamples.file(types, new Object[] {Integer.MAX_VALUE}));
    refused(emulator.load(avro("left_table", uri)), "invalid", "years 1 to 9999");
    assertThatThrownBy(() -> emulator.get("left_table"))
        .hasMessageContaining("Not found: Table project:dataset.left_table");

    emulator.create("left_column", field("id", "INTEGER"));
    refused(
        emulator.load(
            avro("left_column", uri).setSchemaUpdateOptions(List.of("ALLOW_FIELD_ADDITION"))),
        "invalid",
        "Cannot add required fields");
    Schema nullable = record("{'name':'d','type':['null',{'type':'int','logicalType':'date'}]}");
    String other =
        emulator.put("left2", AvroSamples.file(nullable, new Object[] {Integer.MAX_VALUE}));
    refused(
        emulator.load(
            avro("left_column", other).setSchemaUpdateOptions(List.of("ALLOW_FIELD_ADDITION"))),
        "invalid",
        "years 1 to 9999");
    assertThat(emulator.get("left_column").getSchema().getFields()).hasSize(1);
    assertThat(
            emulator
                .load(json("left_column", emulator.put("left3", "{\"id\":1}".getBytes(UTF_8))))
                .getStatus()
                .getErrorResult())
        .isNull();
    assertThat(emulator.rows("left_column")).containsExactly(List.of("1"));
  }

  @Test
  void failedTruncatingLoadLeavesTheRows() throws Exception {
    String table = unique();
    emulator.create(table, field("v", "INTEGER"));
    emulator.load(json(table, emulator.put(table, "{\"v\":1}".getBytes(UTF_8))));
    String bad = emulator.put(table, "{\"v\":2}\n{\"v\":\"x\"}".getBytes(UTF_8));
    refused(emulator.load(json(table, bad).setWriteDisposition("WRITE_TRUNCATE")), "invalid", "");
    assertThat(emulator.rows(table)).containsExactly(List.of("1"));
  }

  @Test
  void fileThatIsNotAvroIsRefused() throws Exception {
    String uri = emulator.put("not avro", "hello".getBytes(UTF_8));
    refused(
        emulator.load(avro(unique(), uri)), "invalid", "Avro library failed to parse the header");
  }

  @Test
  void truncatedAvroFileIsRefused() throws Exception {
    byte[] whole =
        AvroSamples.file(
            record("{'name':'id','type':'long'}"),
            "null",
            add -> {
              for (long i = 0; i < 1000; i++) {
                add.accept(new Object[] {i});
              }
            });
    String uri = emulator.put("truncated", Arrays.copyOf(whole, whole.length - 20));
    refused(emulator.load(avro(unique(), uri)), "invalid", "Avro library failed to read data");
  }

  @Test
  void avroBlockAboveSixteenMegabytesIsRefused() throws Exception {
    byte[] file =
        AvroSamples.file(
            record("{'name':'s','type':'string'}"), new Object[] {"x".repeat((16 << 20) + 1)});
    refused(
        emulator.load(avro(unique(), emulator.put("large block", file))),
        "invalid",
        "the limit is 16777216");
  }

  @Test
  void absentFileIsNotFound() throws Exception {
    refused(
        emulator.load(avro(unique(), "gs://bucket/nothing-*.avro")),
        "notFound",
        "Not found: URI gs://bucket/nothing-*.avro");
  }

  @Test
  void loadTakesTenThousandUrisAndNoMore() throws Exception {
    String uri =
        emulator.put(
            "many", AvroSamples.file(record("{'name':'id','type':'long'}"), new Object[] {1L}));
    List<String> uris = new ArrayList<>(Collections.nCopies(10_001, uri));
    JobConfigurationLoad load = avro(unique()).setSourceUris(uris);
    assertThatThrownBy(() -> emulator.load(load))
        .isInstanceOf(GoogleJsonResponseException.class)
        .hasMessageContaining("10000");
  }

  @Test
  void csvIsRefusedClearly() {
    JobConfigurationLoad load = avro(unique(), "gs://bucket/x").setSourceFormat("CSV");
    assertThatThrownBy(() -> emulator.load(load))
        .hasMessageContaining("unsupported by the emulator: loading CSV");
  }

  @Test
  void loadModifiesFourThousandPartitionsAndNoMore() throws Exception {
    String table = unique();
    emulator.create(
        new Table()
            .setTableReference(table(table))
            .setSchema(schema(field("d", "DATE")))
            .setTimePartitioning(new TimePartitioning().setType("DAY").setField("d")));
    Schema types = record("{'name':'d','type':['null',{'type':'int','logicalType':'date'}]}");
    refused(
        emulator.load(avro(table, emulator.put(table, days(types, 4_001)))),
        "invalid",
        "Too many partitions");
    assertThat(
            emulator
                .load(avro(table, emulator.put(table, days(types, 4_000))))
                .getStatus()
                .getErrorResult())
        .isNull();
  }

  private static byte[] days(Schema types, int days) {
    return AvroSamples.file(
        types,
        "null",
        add -> {
          for (int i = 0; i < days; i++) {
            add.accept(new Object[] {i});
            add.accept(new Object[] {i});
          }
        });
  }

  @Test
  void decimalNeedsItsTargetType() throws Exception {
    String table = unique();
    emulator.create(table, field("v", "BIGNUMERIC"));
    Schema types =
        record(
            "{'name':'v','type':{'type':'bytes','logicalType':'decimal','precision':76,'scale':38}}");
    String uri = emulator.put(table, AvroSamples.file(types, new Object[] {decimal("1", 38)}));
    refused(
        emulator.load(avro(table, uri)), "invalid", "has changed type from BIGNUMERIC to NUMERIC");
  }

  private static String unique() {
    return "t_" + UUID.randomUUID().toString().replace("-", "");
  }

  private static void refused(Job job, String reason, String message) {
    assertThat(job.getStatus().getErrorResult()).isNotNull();
    assertThat(job.getStatus().getErrorResult().getReason()).isEqualTo(reason);
    assertThat(job.getStatus().getErrorResult().getMessage()).contains(message);
  }
}
