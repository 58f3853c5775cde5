package io.deltaflow.emulator;

import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.client.util.Data;
import com.google.api.services.bigquery.Bigquery;
import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobConfiguration;
import com.google.api.services.bigquery.model.JobConfigurationLoad;
import com.google.api.services.bigquery.model.JobConfigurationQuery;
import com.google.api.services.bigquery.model.JobReference;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableSchema;
import com.google.auth.Credentials;
import com.google.cloud.NoCredentials;
import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.BigQueryOptions;
import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;

/** A started emulator with the clients that tests use. */
final class TestEmulator implements AutoCloseable {
  static final String PROJECT = "project";
  static final String DATASET = "dataset";
  static final String BUCKET = "bucket";

  private final BigQueryEmulator emulator;
  private final Storage storage;
  private final Bigquery rest;

  TestEmulator() {
    emulator = BigQueryEmulator.builder().dataset(PROJECT, DATASET).build().start();
    storage =
        StorageOptions.newBuilder()
            .setProjectId(PROJECT)
            .setHost(host())
            .setCredentials(NoCredentials.getInstance())
            .build()
            .getService();
    rest =
        new Bigquery.Builder(
                new NetHttpTransport(),
                GsonFactory.getDefaultInstance(),
                r -> r.setReadTimeout(60_000))
            .setRootUrl(emulator.bigQueryEndpoint())
            .setApplicationName("test")
            .build();
  }

  BigQueryEmulator emulator() {
    return emulator;
  }

  private String host() {
    return "http://localhost:" + emulator.port();
  }

  Storage storage() {
    return storage;
  }

  /** Google's generated client. */
  Bigquery rest() {
    return rest;
  }

  BigQuery bigQuery() {
    Credentials none = NoCredentials.getInstance();
    return BigQueryOptions.newBuilder()
        .setProjectId(PROJECT)
        .setHost(host())
        .setCredentials(none)
        .build()
        .getService();
  }

  /** Puts an object into the bucket and gives its URI. */
  String put(String name, byte[] content) {
    storage.create(BlobInfo.newBuilder(BUCKET, name).build(), content);
    return "gs://" + BUCKET + "/" + name;
  }

  static TableReference table(String name) {
    return new TableReference().setProjectId(PROJECT).setDatasetId(DATASET).setTableId(name);
  }

  static TableFieldSchema field(String name, String type) {
    return new TableFieldSchema().setName(name).setType(type).setMode("NULLABLE");
  }

  static TableSchema schema(TableFieldSchema... fields) {
    return new TableSchema().setFields(new ArrayList<>(Arrays.asList(fields)));
  }

  Table create(String name, TableFieldSchema... fields) throws IOException {
    return create(new Table().setTableReference(table(name)).setSchema(schema(fields)));
  }

  Table create(Table table) throws IOException {
    return rest.tables().insert(PROJECT, DATASET, table).execute();
  }

  Table get(String name) throws IOException {
    return rest.tables().get(PROJECT, DATASET, name).execute();
  }

  static JobConfigurationLoad avro(String table, String... uris) {
    return new JobConfigurationLoad()
        .setDestinationTable(table(table))
        .setSourceFormat("AVRO")
        .setUseAvroLogicalTypes(true)
        .setSourceUris(List.of(uris));
  }

  static JobConfigurationLoad json(String table, String... uris) {
    return new JobConfigurationLoad()
        .setDestinationTable(table(table))
        .setSourceFormat("NEWLINE_DELIMITED_JSON")
        .setSourceUris(List.of(uris));
  }

  Job load(JobConfigurationLoad load) throws IOException {
    return await(insert(load).getJobReference());
  }

  /** Starts a load without waiting for it. */
  Job insert(JobConfigurationLoad load) throws IOException {
    Job job = new Job().setConfiguration(new JobConfiguration().setLoad(load));
    return rest.jobs().insert(PROJECT, job).execute();
  }

  Job query(String sql) throws IOException {
    JobConfigurationQuery query = new JobConfigurationQuery().setQuery(sql).setUseLegacySql(false);
    return run(new Job().setConfiguration(new JobConfiguration().setQuery(query)));
  }

  /** Inserts a job and waits for its end. */
  Job run(Job job) throws IOException {
    Job started = rest.jobs().insert(PROJECT, job).execute();
    return await(started.getJobReference());
  }

  Job await(JobReference reference) {
    return Awaitility.await()
        .pollInterval(Duration.ofMillis(10))
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                rest.jobs()
                    .get(PROJECT, reference.getJobId())
                    .setLocation(reference.getLocation())
                    .execute(),
            job -> job.getStatus().getState().equals("DONE"));
  }

  /** All rows in tabledata.list's form, each a list of its cells' values. */
  List<List<Object>> rows(String table) throws IOException {
    List<List<Object>> rows = new ArrayList<>();
    var list =
        rest.tabledata()
            .list(PROJECT, DATASET, table)
            .setFormatOptionsUseInt64Timestamp(true)
            .execute();
    if (list.getRows() != null) {
      list.getRows()
          .forEach(
              row -> {
                List<Object> values = new ArrayList<>();
                row.getF().forEach(c -> values.add(Data.isNull(c.getV()) ? null : c.getV()));
                rows.add(values);
              });
    }
    return rows;
  }

  @Override
  public void close() {
    emulator.close();
  }
}
