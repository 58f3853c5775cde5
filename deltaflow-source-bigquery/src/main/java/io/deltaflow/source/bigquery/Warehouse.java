package io.deltaflow.source.bigquery;

import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.util.BackOff;
import com.google.api.client.util.Data;
import com.google.api.services.bigquery.Bigquery;
import com.google.api.services.bigquery.model.DatasetReference;
import com.google.api.services.bigquery.model.ErrorProto;
import com.google.api.services.bigquery.model.GetQueryResultsResponse;
import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobConfiguration;
import com.google.api.services.bigquery.model.JobConfigurationExtract;
import com.google.api.services.bigquery.model.JobConfigurationQuery;
import com.google.api.services.bigquery.model.JobReference;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableRow;
import io.deltaflow.fault.MachineClock;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.error.SourceException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.beam.sdk.extensions.gcp.options.GcpOptions;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryOptions;

/** The requests of BigQuery's REST API that reading needs. */
final class Warehouse {
  private static final long WAIT_MILLIS = 3_000;
  private static final int TRIES = 4;
  private static final Duration RESULTS_KEPT = Duration.ofDays(1);

  private final Target target;
  private final Settings settings;
  private final Bigquery client;
  private final Bigquery once;
  private final String jobProject;

  Warehouse(BigQuerySource source, SourceContext context) {
    this.target = source.target();
    this.settings = source.settings();
    this.client = RestClient.patient(settings, context);
    this.once = RestClient.once(settings, context);
    this.jobProject = payer(source, context);
  }

  /** The project that pays. */
  static String payer(BigQuerySource source, SourceContext context) {
    if (source.settings().billingProject() != null) {
      return source.settings().billingProject();
    }
    String project = source.target().project();
    return context
        .pipelineOptions()
        .map(
            o -> {
              String beam = o.as(BigQueryOptions.class).getBigQueryProject();
              return beam == null ? o.as(GcpOptions.class).getProject() : beam;
            })
        .orElse(project);
  }

  String jobProject() {
    return jobProject;
  }

  Table table() {
    return call(
        "read the table " + target.description(),
        () -> client.tables().get(target.project(), target.dataset(), target.table()).execute());
  }

  /** Where the data is; null leaves it to BigQuery to find out. */
  String location() {
    if (settings.location() != null || target.dataset() == null) {
      return settings.location();
    }
    return call(
            "read the dataset " + target.project() + "." + target.dataset(),
            () -> client.datasets().get(target.project(), target.dataset()).execute())
        .getLocation();
  }

  /**
   * A query that has ended.
   *
   * @param result the table that holds its rows
   */
  record Ended(TableReference result, String location) {}

  /** What a query would do; fails where it would. */
  Job dryRun(String sql) {
    JobConfiguration configuration = query(sql).setDryRun(true);
    JobReference reference =
        new JobReference().setProjectId(jobProject).setLocation(settings.location());
    return call(
        "check " + target.description(),
        () ->
            client
                .jobs()
                .insert(
                    jobProject,
                    new Job().setJobReference(reference).setConfiguration(configuration))
                .execute());
  }

  /** Runs a query; its rows stay in BigQuery. */
  Ended materialize(String sql, String location) {
    JobConfiguration configuration = query(sql);
    if (settings.resultDataset() != null) {
      configuration.getQuery().setDestinationTable(resultTable());
    }
    Job job = run(configuration, location, "query " + target.description());
    return new Ended(
        job.getConfiguration().getQuery().getDestinationTable(),
        job.getJobReference().getLocation());
  }

  /** An empty table that expires. */
  private TableReference resultTable() {
    TableReference reference =
        new TableReference()
            .setProjectId(jobProject)
            .setDatasetId(settings.resultDataset())
            .setTableId("deltaflow_read_" + UUID.randomUUID().toString().replace("-", ""));
    Table table =
        new Table()
            .setTableReference(reference)
            .setExpirationTime(MachineClock.now().plus(RESULTS_KEPT).toEpochMilli());
    call(
        "create a table in "
            + target.flags().of(BigQuerySourceOptions.RESULT_DATASET)
            + "="
            + settings.resultDataset(),
        () -> client.tables().insert(jobProject, settings.resultDataset(), table).execute());
    return reference;
  }

  /** The rows of a query with few of them, each value a text or null. */
  List<List<String>> rows(String sql, String location) {
    Job job = run(query(sql), location, "query " + target.description());
    JobReference reference = job.getJobReference();
    GetQueryResultsResponse results =
        call(
            "read the results of the job " + reference.getJobId(),
            () ->
                client
                    .jobs()
                    .getQueryResults(reference.getProjectId(), reference.getJobId())
                    .setLocation(reference.getLocation())
                    .setFormatOptionsUseInt64Timestamp(true)
                    .execute());
    List<List<String>> rows = new ArrayList<>();
    for (TableRow row : results.getRows() == null ? List.<TableRow>of() : results.getRows()) {
      List<String> values = new ArrayList<>();
      row.getF().forEach(c -> values.add(Data.isNull(c.getV()) ? null : String.valueOf(c.getV())));
      rows.add(values);
    }
    return rows;
  }

  /** Writes a table to Avro files; the number of files. */
  long extract(TableReference table, String uri, String location) {
    Job job =
        run(
            new JobConfiguration()
                .setExtract(
                    new JobConfigurationExtract()
                        .setSourceTable(table)
                        .setDestinationFormat("AVRO")
                        .setCompression("SNAPPY")
                        .setUseAvroLogicalTypes(true)
                        .setDestinationUris(new ArrayList<>(List.of(uri)))),
            location,
            "export " + target.description() + " to " + uri);
    return job.getStatistics().getExtract().getDestinationUriFileCounts().get(0);
  }

  private JobConfiguration query(String sql) {
    JobConfigurationQuery query =
        new JobConfigurationQuery()
            .setQuery(sql)
            .setUseLegacySql(false)
            .setUseQueryCache(false)
            .setMaximumBytesBilled(settings.maximumBytesBilled());
    if (target.dataset() != null) {
      query.setDefaultDataset(
          new DatasetReference().setProjectId(target.project()).setDatasetId(target.dataset()));
    }
    return new JobConfiguration().setQuery(query);
  }

  /** Tries again, as another job, after an error that may pass. */
  private Job run(JobConfiguration configuration, String location, String doing) {
    for (int attempt = 1; ; attempt++) {
      Job job = runOnce(configuration, location, doing);
      ErrorProto error = job.getStatus().getErrorResult();
      if (error == null) {
        return job;
      }
      if (attempt == TRIES || !ApiErrors.isPassing(error)) {
        throw ApiErrors.ofJob(doing, target, jobProject, error);
      }
      Pause.millis(500L << attempt, doing);
    }
  }

  private Job runOnce(JobConfiguration configuration, String location, String doing) {
    Job job = new Job().setConfiguration(configuration);
    job.setJobReference(
        new JobReference()
            .setProjectId(jobProject)
            .setLocation(location)
            .setJobId("deltaflow_read_" + UUID.randomUUID().toString().replace("-", "")));
    Job running = call(doing, () -> insert(job));
    while (!"DONE".equals(running.getStatus().getState())) {
      JobReference found = running.getJobReference();
      if (configuration.getQuery() != null) {
        await(found);
      } else {
        Pause.millis(50, doing);
      }
      running = call(doing, () -> get(found));
    }
    return running;
  }

  /** A request whose answer was lost is sent again and then meets the job that it started. */
  private Job insert(Job job) throws IOException {
    try {
      return client.jobs().insert(jobProject, job).execute();
    } catch (GoogleJsonResponseException e) {
      if (e.getStatusCode() == 409) {
        return get(job.getJobReference());
      }
      throw e;
    }
  }

  private Job get(JobReference reference) throws IOException {
    return client
        .jobs()
        .get(reference.getProjectId(), reference.getJobId())
        .setLocation(reference.getLocation())
        .execute();
  }

  /**
   * Waits a while for a query to end; what became of it, its job tells. A query that has failed
   * answers like a request that has, so this one is not repeated.
   */
  private void await(JobReference reference) {
    try {
      once.jobs()
          .getQueryResults(reference.getProjectId(), reference.getJobId())
          .setLocation(reference.getLocation())
          .setMaxResults(0L)
          .setTimeoutMs(WAIT_MILLIS)
          .execute();
    } catch (IOException failed) {
      // The query failed, or the connection did: jobs.get tells which.
      Pause.millis(20, "waiting for the job " + reference.getJobId());
    }
  }

  private interface Request<T> {
    T execute() throws IOException;
  }

  private <T> T call(String doing, Request<T> request) {
    BackOff backOff = RestClient.backOff();
    while (true) {
      try {
        return request.execute();
      } catch (IOException e) {
        if (!ApiErrors.isRateLimit(e) || !pause(backOff, doing)) {
          throw ApiErrors.of(doing, target, jobProject, e);
        }
      }
    }
  }

  private static boolean pause(BackOff backOff, String doing) {
    try {
      long millis = backOff.nextBackOffMillis();
      if (millis == BackOff.STOP) {
        return false;
      }
      Pause.millis(millis, doing);
      return true;
    } catch (IOException e) {
      throw SourceException.passing("could not " + doing + ": " + e, e);
    }
  }
}
