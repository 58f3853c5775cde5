package io.deltaflow.emulator;

import static io.deltaflow.emulator.TestEmulator.DATASET;
import static io.deltaflow.emulator.TestEmulator.PROJECT;
import static io.deltaflow.emulator.TestEmulator.field;
import static io.deltaflow.emulator.TestEmulator.json;
import static io.deltaflow.emulator.TestEmulator.schema;
import static io.deltaflow.emulator.TestEmulator.table;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.util.Data;
import com.google.api.services.bigquery.model.Clustering;
import com.google.api.services.bigquery.model.Dataset;
import com.google.api.services.bigquery.model.DatasetReference;
import com.google.api.services.bigquery.model.RangePartitioning;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableConstraints;
import com.google.api.services.bigquery.model.TableDataInsertAllRequest;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TimePartitioning;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Datasets and tables, and what BigQuery refuses about them. */
class TablesTest {
  private static TestEmulator emulator;

  @BeforeAll
  static void start() {
    emulator = new TestEmulator();
  }

  @AfterAll
  static void stop() {
    emulator.close();
  }

  @Test
  void datasetIsCreatedChangedListedAndDeleted() throws Exception {
    Dataset wanted =
        new Dataset()
            .setDatasetReference(new DatasetReference().setDatasetId("mine"))
            .setLocation("EU");
    emulator.rest().datasets().insert(PROJECT, wanted).execute();
    fails(409, "duplicate", () -> emulator.rest().datasets().insert(PROJECT, wanted).execute());
    Dataset patched =
        emulator
            .rest()
            .datasets()
            .patch(PROJECT, "mine", new Dataset().setDescription("words"))
            .execute();
    assertThat(patched.getDescription()).isEqualTo("words");
    assertThat(patched.getLocation()).isEqualTo("EU");
    assertThat(emulator.rest().datasets().list(PROJECT).execute().getDatasets())
        .extracting(d -> d.getDatasetReference().getDatasetId())
        .contains("mine", DATASET);

    emulator
        .rest()
        .tables()
        .insert(PROJECT, "mine", new Table().setTableReference(table("t")))
        .execute();
    fails(400, "resourceInUse", () -> emulator.rest().datasets().delete(PROJECT, "mine").execute());
    emulator.rest().datasets().delete(PROJECT, "mine").setDeleteContents(true).execute();
    fails(404, "notFound", () -> emulator.rest().datasets().get(PROJECT, "mine").execute());
    fails(404, "notFound", () -> emulator.rest().tables().get(PROJECT, "mine", "t").execute());
  }

  @Test
  void resourceIsKept() throws Exception {
    Table wanted =
        new Table()
            .setTableReference(table("kept"))
            .setDescription("words")
            .setLabels(Map.of("a", "b"))
            .setSchema(
                schema(
                    field("id", "INT64").setMode("REQUIRED").setDescription("the key"),
                    field("day", "DATE"),
                    field("price", "NUMERIC").setPrecision(10L).setScale(2L)))
            .setTimePartitioning(
                new TimePartitioning()
                    .setType("MONTH")
                    .setField("day")
                    .setExpirationMs(99L * 365 * 86_400_000))
            .setRequirePartitionFilter(true)
            .setClustering(new Clustering().setFields(List.of("id")))
            .setTableConstraints(
                new TableConstraints()
                    .setPrimaryKey(new TableConstraints.PrimaryKey().setColumns(List.of("id"))));
    emulator.create(wanted);
    fails(409, "duplicate", () -> emulator.create(wanted));

    Table table = emulator.get("kept");
    assertThat(table.getSchema().getFields().get(0).getType()).isEqualTo("INTEGER");
    assertThat(table.getSchema().getFields().get(0).getDescription()).isEqualTo("the key");
    assertThat(table.getSchema().getFields().get(2).getPrecision()).isEqualTo(10);
    assertThat(table.getTimePartitioning().getType()).isEqualTo("MONTH");
    assertThat(table.getRequirePartitionFilter()).isTrue();
    assertThat(table.getClustering().getFields()).containsExactly("id");
    assertThat(table.getTableConstraints().getPrimaryKey().getColumns()).containsExactly("id");
    assertThat(table.getLabels()).containsEntry("a", "b");
    assertThat(table.getDescription()).isEqualTo("words");
    assertThat(table.getLocation()).isEqualTo("US");
    assertThat(table.getType()).isEqualTo("TABLE");
    assertThat(table.getNumRows()).isZero();
    assertThat(emulator.rest().tables().list(PROJECT, DATASET).execute().getTables())
        .extracting(t -> t.getTableReference().getTableId())
        .contains("kept");
  }

  @Test
  void patchMergesAndPutReplaces() throws Exception {
    emulator.create(
        new Table()
            .setTableReference(table("patched"))
            .setSchema(schema(field("id", "INTEGER")))
            .setDescription("old")
            .setLabels(Map.of("a", "1", "b", "2")));
    Table patch =
        new Table()
            .setLabels(Map.of("a", Data.NULL_STRING, "c", "3"))
            .setDescription(Data.NULL_STRING);
    Table patched = emulator.rest().tables().patch(PROJECT, DATASET, "patched", patch).execute();
    assertThat(patched.getLabels()).containsOnly(Map.entry("b", "2"), Map.entry("c", "3"));
    assertThat(patched.getDescription()).isNull();
    Table replaced =
        emulator
            .rest()
            .tables()
            .update(
                PROJECT, DATASET, "patched", new Table().setSchema(schema(field("id", "INTEGER"))))
            .execute();
    assertThat(replaced.getLabels()).isNull();
  }

  @Test
  void columnsCanBeAddedAndRelaxedButNotTaken() throws Exception {
    emulator.create(
        "columns",
        field("id", "INTEGER").setMode("REQUIRED"),
        field("r", "RECORD").setFields(List.of(field("x", "INTEGER"))),
        field("rr", "RECORD").setMode("REPEATED").setFields(List.of(field("x", "INTEGER"))));
    emulator.load(
        json(
            "columns",
            emulator.put(
                "columns", "{\"id\":1,\"r\":{\"x\":1},\"rr\":[{\"x\":2}]}".getBytes(UTF_8))));
    List<TableFieldSchema> wider =
        List.of(
            field("first", "STRING"),
            field("id", "INTEGER"),
            field("r", "RECORD").setFields(List.of(field("x", "INTEGER"), field("y", "STRING"))),
            field("rr", "RECORD")
                .setMode("REPEATED")
                .setFields(List.of(field("x", "INTEGER"), field("y", "STRING"))),
            field("list", "STRING").setMode("REPEATED"));
    patchSchema("columns", wider);
    assertThat(emulator.get("columns").getSchema().getFields())
        .extracting(f -> f.getName() + " " + f.getMode())
        .containsExactly(
            "id NULLABLE", "r NULLABLE", "rr REPEATED", "first NULLABLE", "list REPEATED");
    assertThat(emulator.emulator().rows("SELECT * FROM project.dataset.columns"))
        .singleElement()
        .satisfies(
            row ->
                assertThat(row.values())
                    .containsExactly(
                        1L,
                        Arrays.asList(1L, null),
                        List.of(Arrays.asList(2L, null)),
                        null,
                        List.of()));

    fails(400, "invalid", () -> patchSchema("columns", List.of(field("id", "INTEGER"))));
    List<TableFieldSchema> changed = new ArrayList<>(wider);
    changed.set(1, field("id", "STRING"));
    fails(400, "invalid", () -> patchSchema("columns", changed));
    changed.set(1, field("id", "INTEGER"));
    changed.add(field("more", "STRING").setMode("REQUIRED"));
    fails(400, "invalid", () -> patchSchema("columns", changed));
  }

  private static void patchSchema(String name, List<TableFieldSchema> fields) throws Exception {
    emulator
        .rest()
        .tables()
        .patch(
            PROJECT,
            DATASET,
            name,
            new Table().setSchema(schema(fields.toArray(new TableFieldSchema[0]))))
        .execute();
  }

  @Test
  void etagChangesWithTheRowsAndGuardsChanges() throws Exception {
    String before = emulator.create("etags", field("id", "INTEGER")).getEtag();
    assertThat(emulator.get("etags").getEtag()).isEqualTo(before);
    emulator.load(json("etags", emulator.put("etags", "{\"id\":1}".getBytes(UTF_8))));
    Table after = emulator.get("etags");
    assertThat(after.getEtag()).isNotEqualTo(before);

    var patch =
        emulator.rest().tables().patch(PROJECT, DATASET, "etags", new Table().setDescription("x"));
    patch.getRequestHeaders().setIfMatch(before);
    fails(412, "conditionNotMet", patch::execute);
    patch.getRequestHeaders().setIfMatch(after.getEtag());
    assertThat(patch.execute().getEtag()).isNotEqualTo(after.getEtag());
  }

  @Test
  void expiredTableIsGone() throws Exception {
    fails(
        400,
        "invalid",
        () -> emulator.create(new Table().setTableReference(table("past")).setExpirationTime(1L)));
    emulator.create(
        new Table()
            .setTableReference(table("expiring"))
            .setSchema(schema(field("id", "INTEGER")))
            .setExpirationTime(System.currentTimeMillis() + 1_000));
    assertThat(emulator.get("expiring").getExpirationTime()).isNotNull();
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() -> fails(404, "notFound", () -> emulator.get("expiring")));
    emulator.create("expiring", field("other", "STRING"));
  }

  @Test
  void rowsAreListedInPagesAndBySelectedFields() throws Exception {
    emulator.create("paged", field("id", "INTEGER"), field("t", "TIMESTAMP"));
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 7; i++) {
      lines.append("{\"id\":").append(i).append(",\"t\":\"2024-01-01T00:00:00.000001Z\"}\n");
    }
    emulator.load(json("paged", emulator.put("paged", lines.toString().getBytes(UTF_8))));
    var list = emulator.rest().tabledata().list(PROJECT, DATASET, "paged");
    var page =
        list.setMaxResults(3L).setStartIndex(BigInteger.TWO).setSelectedFields("id").execute();
    assertThat(page.getTotalRows()).isEqualTo(7);
    assertThat(page.getRows())
        .extracting(r -> r.getF().get(0).getV())
        .containsExactly("2", "3", "4");
    var next =
        emulator
            .rest()
            .tabledata()
            .list(PROJECT, DATASET, "paged")
            .setPageToken(page.getPageToken())
            .execute();
    assertThat(next.getRows()).hasSize(2);
    assertThat(next.getPageToken()).isNull();
    assertThat(next.getRows().get(0).getF().get(1).getV()).isEqualTo("1.704067200000001E9");
  }

  @Test
  void insertAllAddsGoodRowsAndNamesBadOnes() throws Exception {
    emulator.create("streamed", field("id", "INTEGER"));
    List<TableDataInsertAllRequest.Rows> rows =
        List.of(
            new TableDataInsertAllRequest.Rows().setJson(Map.of("id", 1)),
            new TableDataInsertAllRequest.Rows().setJson(Map.of("id", "x")));
    TableDataInsertAllRequest request = new TableDataInsertAllRequest().setRows(rows);
    var refused =
        emulator.rest().tabledata().insertAll(PROJECT, DATASET, "streamed", request).execute();
    assertThat(refused.getInsertErrors())
        .extracting(e -> e.getIndex())
        .containsExactlyInAnyOrder(0L, 1L);
    assertThat(emulator.rows("streamed")).isEmpty();
    var partly =
        emulator
            .rest()
            .tabledata()
            .insertAll(PROJECT, DATASET, "streamed", request.setSkipInvalidRows(true))
            .execute();
    assertThat(partly.getInsertErrors()).extracting(e -> e.getIndex()).containsExactly(1L);
    assertThat(emulator.rows("streamed")).containsExactly(List.of("1"));
  }

  @Test
  void rowsInTheStreamingBufferCannotBeChanged() throws Exception {
    emulator.create("buffered", field("id", "INTEGER"));
    TableDataInsertAllRequest request =
        new TableDataInsertAllRequest()
            .setRows(List.of(new TableDataInsertAllRequest.Rows().setJson(Map.of("id", 1))));
    emulator.rest().tabledata().insertAll(PROJECT, DATASET, "buffered", request).execute();
    assertThat(emulator.get("buffered").getStreamingBuffer().getEstimatedRows()).isEqualTo(1);
    for (String dml :
        List.of(
            "UPDATE `project.dataset.buffered` SET id = 2 WHERE TRUE",
            "DELETE FROM `project.dataset.buffered` WHERE TRUE",
            "TRUNCATE TABLE `project.dataset.buffered`",
            "MERGE `project.dataset.buffered` USING (SELECT 1 AS i) ON id = i WHEN MATCHED THEN"
                + " DELETE")) {
      assertThat(emulator.query(dml).getStatus().getErrorResult().getMessage())
          .as(dml)
          .contains("project.dataset.buffered would affect rows in the streaming buffer");
    }
    assertThat(
            emulator
                .query("INSERT INTO `project.dataset.buffered` (id) VALUES (3)")
                .getStatus()
                .getErrorResult())
        .isNull();
    emulator.emulator().flushStreamingBuffers();
    assertThat(emulator.get("buffered").getStreamingBuffer()).isNull();
    assertThat(
            emulator
                .query("DELETE FROM `project.dataset.buffered` WHERE TRUE")
                .getStatus()
                .getErrorResult())
        .isNull();
    assertThat(emulator.rows("buffered")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a.b", "a`b", "_PARTITIONTIME", "_table_suffix", "_FILE_x", "_CHANGE_TYPE"})
  void columnNameIsRefused(String name) {
    fails(400, "invalid", () -> emulator.create("names", field(name, "STRING")));
  }

  @Test
  void columnNamesHaveThreeHundredCharactersAndDifferWhateverTheCase() throws Exception {
    emulator.create("long_name", field("x".repeat(300), "STRING"));
    fails(400, "invalid", () -> emulator.create("names", field("x".repeat(301), "STRING")));
    fails(
        400,
        "invalid",
        () -> emulator.create("names", field("Id", "STRING"), field("id", "STRING")));
  }

  @Test
  void tableHasTenThousandColumnsAndNoMore() throws Exception {
    emulator.create("wide", columns(10_000));
    fails(400, "invalid", () -> emulator.create("too_wide", columns(10_001)));
  }

  private static TableFieldSchema[] columns(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> field("c" + i, "BOOLEAN"))
        .toArray(TableFieldSchema[]::new);
  }

  static Stream<Arguments> badTables() {
    TableFieldSchema id = field("id", "INTEGER");
    TableFieldSchema name = field("name", "STRING");
    return Stream.of(
        arguments("unknown type", new Table().setSchema(schema(field("x", "NOTHING")))),
        arguments("record without fields", new Table().setSchema(schema(field("x", "RECORD")))),
        arguments(
            "precision of 39",
            new Table().setSchema(schema(field("x", "NUMERIC").setPrecision(39L)))),
        arguments(
            "30 digits before the point",
            new Table().setSchema(schema(field("x", "NUMERIC").setPrecision(30L)))),
        arguments(
            "scale without precision",
            new Table().setSchema(schema(field("x", "STRING").setScale(1L)))),
        arguments("integer by day", byTime(id, "DAY", "id")),
        arguments("absent partitioning field", byTime(id, "DAY", "absent")),
        arguments("date by hour", byTime(field("d", "DATE"), "HOUR", "d")),
        arguments("partitioning by week", byTime(id, "WEEK", null)),
        arguments(
            "string by range",
            new Table()
                .setSchema(schema(name))
                .setRangePartitioning(new RangePartitioning().setField("name"))),
        arguments("absent clustering field", clustered(id, "absent")),
        arguments("five clustering fields", clustered(id, "id", "id", "id", "id", "id")),
        arguments("clustering by a float", clustered(field("f", "FLOAT"), "f")));
  }

  private static Table byTime(TableFieldSchema column, String type, String field) {
    return new Table()
        .setSchema(schema(column))
        .setTimePartitioning(new TimePartitioning().setType(type).setField(field));
  }

  private static Table clustered(TableFieldSchema column, String... fields) {
    return new Table()
        .setSchema(schema(column))
        .setClustering(new Clustering().setFields(List.of(fields)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badTables")
  void tableIsRefused(String name, Table bad) {
    fails(400, "invalid", () -> emulator.create(bad.setTableReference(table("bad"))));
    fails(404, "notFound", () -> emulator.get("bad"));
  }

  private static void fails(int status, String reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            GoogleJsonResponseException.class,
            e -> {
              assertThat(e.getStatusCode()).isEqualTo(status);
              assertThat(e.getDetails().getErrors().get(0).getReason()).isEqualTo(reason);
            });
  }
}
