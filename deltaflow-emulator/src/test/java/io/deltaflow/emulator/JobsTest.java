package io.deltaflow.emulator;

import static io.deltaflow.emulator.TestEmulator.DATASET;
import static io.deltaflow.emulator.TestEmulator.PROJECT;
import static io.deltaflow.emulator.TestEmulator.field;
import static io.deltaflow.emulator.TestEmulator.json;
import static io.deltaflow.emulator.TestEmulator.table;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.http.ByteArrayContent;
import com.google.api.services.bigquery.model.DatasetReference;
import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobConfiguration;
import com.google.api.services.bigquery.model.JobConfigurationQuery;
import com.google.api.services.bigquery.model.JobConfigurationTableCopy;
import com.google.api.services.bigquery.model.JobReference;
import com.google.api.services.bigquery.model.QueryRequest;
import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.BigQueryException;
import com.google.cloud.bigquery.Field;
import com.google.cloud.bigquery.FieldValueList;
import com.google.cloud.bigquery.FormatOptions;
import com.google.cloud.bigquery.JobId;
import com.google.cloud.bigquery.JobInfo;
import com.google.cloud.bigquery.LoadJobConfiguration;
import com.google.cloud.bigquery.QueryJobConfiguration;
import com.google.cloud.bigquery.QueryParameterValue;
import com.google.cloud.bigquery.Schema;
import com.google.cloud.bigquery.StandardSQLTypeName;
import com.google.cloud.bigquery.StandardTableDefinition;
import com.google.cloud.bigquery.TableDataWriteChannel;
import com.google.cloud.bigquery.TableId;
import com.google.cloud.bigquery.TableInfo;
import com.google.cloud.bigquery.TableResult;
import com.google.cloud.bigquery.WriteChannelConfiguration;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Jobs and queries as Google's clients see them. */
class JobsTest {
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
  void cloudClientCreatesLoadsQueriesAndLists() throws Exception {
    BigQuery client = emulator.bigQuery();
    TableId id = TableId.of(PROJECT, DATASET, "cloud");
    Schema schema =
        Schema.of(
            Field.of("id", StandardSQLTypeName.INT64),
            Field.of("seen", StandardSQLTypeName.TIMESTAMP));
    client.create(TableInfo.of(id, StandardTableDefinition.of(schema)));
    String uri =
        emulator.put(
            "cloud.json",
            "{\"id\":1,\"seen\":\"2024-01-01T00:00:00.000001Z\"}\n{\"id\":2}\n".getBytes(UTF_8));
    com.google.cloud.bigquery.Job job =
        client.create(JobInfo.of(LoadJobConfiguration.of(id, uri, FormatOptions.json()))).waitFor();
    assertThat(job.getStatus().getError()).isNull();

    QueryJobConfiguration query =
        QueryJobConfiguration.newBuilder(
                "SELECT id, seen FROM `project.dataset.cloud` WHERE id >= @least ORDER BY id")
            .addNamedParameter("least", QueryParameterValue.int64(1))
            .build();
    for (TableResult result :
        List.of(
            client.query(query),
            client
                .create(JobInfo.of(JobId.of("cloud_query"), query))
                .waitFor()
                .getQueryResults())) {
      List<FieldValueList> rows = new ArrayList<>();
      result.iterateAll().forEach(rows::add);
      assertThat(rows).hasSize(2);
      assertThat(rows.get(0).get("id").getLongValue()).isEqualTo(1);
      assertThat(rows.get(0).get("seen").getTimestampInstant())
          .isEqualTo("2024-01-01T00:00:00.000001Z");
      assertThat(rows.get(1).get("seen").isNull()).isTrue();
    }
    assertThat(client.listTableData(id, schema).getTotalRows()).isEqualTo(2);
    assertThat(client.getTable(id).getNumRows()).isEqualTo(2);
    assertThatThrownBy(
            () ->
                client.query(
                    QueryJobConfiguration.of("SELECT nothing FROM `project.dataset.cloud`")))
        .isInstanceOfSatisfying(
            BigQueryException.class, e -> assertThat(e.getReason()).isEqualTo("invalidQuery"));
  }

  @Test
  void uploadedFileIsLoaded() throws Exception {
    BigQuery client = emulator.bigQuery();
    TableId id = TableId.of(PROJECT, DATASET, "uploaded");
    WriteChannelConfiguration load =
        WriteChannelConfiguration.newBuilder(id, FormatOptions.json())
            .setSchema(Schema.of(Field.of("id", StandardSQLTypeName.INT64)))
            .build();
    TableDataWriteChannel writer = client.writer(load);
    try (writer) {
      writer.write(ByteBuffer.wrap("{\"id\":1}\n{\"id\":2}\n".getBytes(UTF_8)));
    }
    assertThat(writer.getJob().waitFor().getStatus().getError()).isNull();
    assertThat(emulator.rows("uploaded")).containsExactly(List.of("1"), List.of("2"));

    Job multipart =
        new Job()
            .setConfiguration(new JobConfiguration().setLoad(json("uploaded").setSourceUris(null)));
    var content = new ByteArrayContent("application/octet-stream", "{\"id\":3}".getBytes(UTF_8));
    var insert = emulator.rest().jobs().insert(PROJECT, multipart, content);
    insert.getMediaHttpUploader().setDirectUploadEnabled(true);
    assertThat(emulator.await(insert.execute().getJobReference()).getStatus().getErrorResult())
        .isNull();
    assertThat(emulator.rows("uploaded")).hasSize(3);
  }

  @Test
  void jobIdIsTakenOnce() throws Exception {
    Job first = emulator.rest().jobs().insert(PROJECT, query("SELECT 1 AS x", "taken")).execute();
    assertThat(first.getStatus().getState()).isIn("PENDING", "RUNNING");
    assertThatThrownBy(
            () -> emulator.rest().jobs().insert(PROJECT, query("SELECT 2 AS x", "taken")).execute())
        .isInstanceOfSatisfying(
            GoogleJsonResponseException.class,
            e -> {
              assertThat(e.getStatusCode()).isEqualTo(409);
              assertThat(e.getDetails().getErrors().get(0).getReason()).isEqualTo("duplicate");
            });
    assertThat(emulator.await(first.getJobReference()).getStatus().getErrorResult()).isNull();
  }

  @Test
  void failedJobIsDoneWithItsErrorNotAnHttpError() throws Exception {
    Job job = emulator.query("SELECT nothing");
    assertThat(job.getStatus().getErrorResult().getReason()).isEqualTo("invalidQuery");
    assertThat(job.getStatus().getErrors()).hasSize(1);
    assertThat(job.getStatistics().getEndTime()).isNotNull();
    assertThatThrownBy(
            () ->
                emulator
                    .rest()
                    .jobs()
                    .getQueryResults(PROJECT, job.getJobReference().getJobId())
                    .execute())
        .isInstanceOfSatisfying(
            GoogleJsonResponseException.class, e -> assertThat(e.getStatusCode()).isEqualTo(400));
  }

  @Test
  void jobIsFoundInItsLocationOnly() throws Exception {
    emulator.emulator().createDataset(PROJECT, "regional", "europe-west1");
    Job wanted = query("SELECT 1 AS x", "regional_job");
    wanted
        .getConfiguration()
        .getQuery()
        .setDefaultDataset(new DatasetReference().setProjectId(PROJECT).setDatasetId("regional"));
    Job job = emulator.rest().jobs().insert(PROJECT, wanted).execute();
    assertThat(job.getJobReference().getLocation()).isEqualTo("europe-west1");
    assertThat(emulator.await(job.getJobReference()).getStatus().getErrorResult()).isNull();
    assertThatThrownBy(() -> emulator.rest().jobs().get(PROJECT, "regional_job").execute())
        .hasMessageContaining("Not found: Job");

    wanted.setJobReference(new JobReference().setLocation("EU"));
    assertThat(emulator.run(wanted).getStatus().getErrorResult().getMessage())
        .contains("Dataset project:regional was not found in location EU");
  }

  @Test
  void scriptHasAChildJobForEachStatement() throws Exception {
    emulator.create("scripted", field("id", "INTEGER"));
    Job job =
        emulator.query(
            "BEGIN TRANSACTION;\n"
                + "INSERT INTO `project.dataset.scripted` (id) VALUES (1), (2);\n"
                + "UPDATE `project.dataset.scripted` SET id = 3 WHERE id = 2;\n"
                + "COMMIT TRANSACTION;");
    assertThat(job.getStatus().getErrorResult()).isNull();
    assertThat(job.getStatistics().getQuery().getStatementType()).isEqualTo("SCRIPT");
    var children =
        emulator
            .rest()
            .jobs()
            .list(PROJECT)
            .setParentJobId(job.getJobReference().getJobId())
            .setProjection("full")
            .execute()
            .getJobs();
    assertThat(job.getStatistics().getNumChildJobs()).isEqualTo(children.size());
    assertThat(children)
        .filteredOn(c -> "INSERT".equals(c.getStatistics().getQuery().getStatementType()))
        .singleElement()
        .satisfies(
            c ->
                assertThat(c.getStatistics().getQuery().getDmlStats().getInsertedRowCount())
                    .isEqualTo(2));
    assertThat(children)
        .filteredOn(c -> "UPDATE".equals(c.getStatistics().getQuery().getStatementType()))
        .singleElement()
        .satisfies(
            c -> assertThat(c.getStatistics().getQuery().getNumDmlAffectedRows()).isEqualTo(1));
    assertThat(children)
        .allSatisfy(
            c ->
                assertThat(c.getStatistics().getParentJobId())
                    .isEqualTo(job.getJobReference().getJobId()));
    assertThat(emulator.rows("scripted")).containsExactlyInAnyOrder(List.of("1"), List.of("3"));
  }

  @Test
  void queryWritesItsDestinationByItsDispositions() throws Exception {
    Job wanted = query("SELECT 1 AS id, 'a' AS name", null);
    wanted.getConfiguration().getQuery().setDestinationTable(table("destination"));
    assertThat(emulator.run(wanted).getStatus().getErrorResult()).isNull();
    assertThat(emulator.run(wanted).getStatus().getErrorResult().getReason())
        .isEqualTo("duplicate");
    wanted.getConfiguration().getQuery().setWriteDisposition("WRITE_APPEND");
    assertThat(emulator.run(wanted).getStatus().getErrorResult()).isNull();
    assertThat(emulator.rows("destination")).containsExactly(List.of("1", "a"), List.of("1", "a"));
    wanted
        .getConfiguration()
        .getQuery()
        .setWriteDisposition("WRITE_TRUNCATE")
        .setQuery("SELECT 'b' AS other");
    assertThat(emulator.run(wanted).getStatus().getErrorResult()).isNull();
    assertThat(emulator.rows("destination")).containsExactly(List.of("b"));
  }

  @Test
  void copyKeepsRowsSchemaAndPartitioning() throws Exception {
    emulator.create("copy_source", field("id", "INTEGER"), field("name", "STRING"));
    emulator.load(
        json("copy_source", emulator.put("copy", "{\"id\":1,\"name\":\"a\"}".getBytes(UTF_8))));
    JobConfigurationTableCopy copy =
        new JobConfigurationTableCopy()
            .setSourceTables(List.of(table("copy_source"), table("copy_source")))
            .setDestinationTable(table("copy_target"));
    Job job = new Job().setConfiguration(new JobConfiguration().setCopy(copy));
    assertThat(emulator.run(job).getStatus().getErrorResult()).isNull();
    assertThat(emulator.rows("copy_target")).containsExactly(List.of("1", "a"), List.of("1", "a"));
    assertThat(emulator.run(job).getStatus().getErrorResult().getReason()).isEqualTo("duplicate");
    copy.setSourceTables(List.of(table("copy_source"))).setWriteDisposition("WRITE_TRUNCATE");
    assertThat(emulator.run(job).getStatus().getErrorResult()).isNull();
    assertThat(emulator.rows("copy_target")).hasSize(1);
    copy.setSourceTables(List.of(table("absent")));
    assertThat(emulator.run(job).getStatus().getErrorResult().getReason()).isEqualTo("notFound");
  }

  @Test
  void statelessQueryAnswersInPages() throws Exception {
    var answer =
        emulator
            .rest()
            .jobs()
            .query(
                PROJECT,
                new QueryRequest()
                    .setQuery("SELECT x FROM UNNEST(GENERATE_ARRAY(1, 5)) AS x ORDER BY x")
                    .setUseLegacySql(false)
                    .setMaxResults(2L))
            .execute();
    assertThat(answer.getJobComplete()).isTrue();
    assertThat(answer.getTotalRows()).isEqualTo(5);
    assertThat(answer.getRows()).hasSize(2);
    var rest =
        emulator
            .rest()
            .jobs()
            .getQueryResults(PROJECT, answer.getJobReference().getJobId())
            .setPageToken(answer.getPageToken())
            .execute();
    assertThat(rest.getRows())
        .extracting(r -> r.getF().get(0).getV())
        .containsExactly("3", "4", "5");
    assertThat(rest.getPageToken()).isNull();
  }

  @Test
  void repeatedRequestIdDoesNotRunTwice() throws Exception {
    emulator.create("requested", field("id", "INTEGER"));
    QueryRequest insert =
        new QueryRequest()
            .setQuery("INSERT INTO `project.dataset.requested` (id) VALUES (1)")
            .setUseLegacySql(false)
            .setRequestId("same");
    emulator.rest().jobs().query(PROJECT, insert).execute();
    emulator.rest().jobs().query(PROJECT, insert).execute();
    assertThat(emulator.rows("requested")).hasSize(1);
  }

  @Test
  void dryRunTellsBytesAndChangesNothing() throws Exception {
    emulator.create("dry", field("id", "INTEGER"));
    emulator.load(json("dry", emulator.put("dry", "{\"id\":1}\n{\"id\":2}".getBytes(UTF_8))));
    Job wanted = query("SELECT id FROM `project.dataset.dry`", null);
    wanted.getConfiguration().setDryRun(true);
    Job answer = emulator.rest().jobs().insert(PROJECT, wanted).execute();
    assertThat(answer.getStatus().getState()).isEqualTo("DONE");
    assertThat(answer.getStatistics().getTotalBytesProcessed()).isEqualTo(16);
    Job delete = query("DELETE FROM `project.dataset.dry` WHERE TRUE", null);
    delete.getConfiguration().setDryRun(true);
    emulator.rest().jobs().insert(PROJECT, delete).execute();
    assertThat(emulator.rows("dry")).hasSize(2);
  }

  @Test
  void legacySqlIsRefused() {
    Job legacy = query("SELECT 1", null);
    legacy.getConfiguration().getQuery().setUseLegacySql(null);
    assertThatThrownBy(() -> emulator.rest().jobs().insert(PROJECT, legacy).execute())
        .hasMessageContaining("legacy SQL");
  }

  @Test
  void cancelledJobStops() throws Exception {
    emulator.emulator().faults().onJob("query").delay(Duration.ofMillis(300));
    Job job = emulator.rest().jobs().insert(PROJECT, query("SELECT 1 AS x", "cancelled")).execute();
    emulator.rest().jobs().cancel(PROJECT, "cancelled").execute();
    assertThat(emulator.await(job.getJobReference()).getStatus().getErrorResult().getReason())
        .isEqualTo("stopped");
  }

  @Test
  void faultsFailDelayAndCutTheConnection() throws Exception {
    Faults faults = emulator.emulator().faults();
    Faults.Fault second =
        faults.onCall("GET", "/projects/project/datasets/dataset").nth(2).fail("rateLimitExceeded");
    emulator.rest().datasets().get(PROJECT, DATASET).execute();
    assertThatThrownBy(() -> emulator.rest().datasets().get(PROJECT, DATASET).execute())
        .isInstanceOfSatisfying(
            GoogleJsonResponseException.class,
            e -> {
              assertThat(e.getStatusCode()).isEqualTo(403);
              assertThat(e.getDetails().getErrors().get(0).getReason())
                  .isEqualTo("rateLimitExceeded");
            });
    emulator.rest().datasets().get(PROJECT, DATASET).execute();
    assertThat(second.fired()).isEqualTo(1);

    faults.onCall("POST", "/projects/[^/]+/jobs").dropResponse();
    assertThatThrownBy(
            () ->
                emulator.rest().jobs().insert(PROJECT, query("SELECT 1 AS x", "dropped")).execute())
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(GoogleJsonResponseException.class);
    assertThat(
            emulator
                .await(new JobReference().setJobId("dropped").setLocation("US"))
                .getStatus()
                .getErrorResult())
        .isNull();

    faults.onJob("load").fail("backendError");
    emulator.create("faulty", field("id", "INTEGER"));
    String uri = emulator.put("faulty", "{\"id\":1}".getBytes(UTF_8));
    assertThat(emulator.load(json("faulty", uri)).getStatus().getErrorResult().getReason())
        .isEqualTo("backendError");
    assertThat(emulator.rows("faulty")).isEmpty();
    assertThat(emulator.load(json("faulty", uri)).getStatus().getErrorResult()).isNull();
  }

  private static Job query(String sql, String id) {
    Job job =
        new Job()
            .setConfiguration(
                new JobConfiguration()
                    .setQuery(new JobConfigurationQuery().setQuery(sql).setUseLegacySql(false)));
    return id == null
        ? job
        : job.setJobReference(new JobReference().setJobId(id).setProjectId(PROJECT));
  }
}
