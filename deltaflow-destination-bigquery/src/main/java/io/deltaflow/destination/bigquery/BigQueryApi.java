package io.deltaflow.destination.bigquery;

import com.google.api.client.util.BackOff;
import com.google.api.services.bigquery.Bigquery;
import com.google.api.services.bigquery.model.Dataset;
import com.google.api.services.bigquery.model.DatasetList;
import com.google.api.services.bigquery.model.GetQueryResultsResponse;
import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobConfiguration;
import com.google.api.services.bigquery.model.JobConfigurationQuery;
import com.google.api.services.bigquery.model.JobReference;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableDataList;
import io.deltaflow.spi.error.DestinationException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryOptions;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * The requests that this module makes. «Not found» is an empty answer only where the return type
 * says so; every other failure is a {@link DestinationException}.
 */
final class BigQueryApi {
  private static final long PAGE_ROWS = 10_000;

  private final Bigquery client;
  private final Bigquery once;
  private final String jobProject;
  private final Duration patience;

  /**
   * @param once repeats nothing
   */
  private BigQueryApi(Bigquery client, Bigquery once, String jobProject, Duration patience) {
    this.client = client;
    this.once = once;
    this.jobProject = jobProject;
    this.patience = patience;
  }

  /**
   * @param project pays for jobs when the options name no project
   */
  static BigQueryApi of(PipelineOptions options, String project, Duration patience) {
    BigQueryOptions beam = options.as(BigQueryOptions.class);
    String jobProject = beam.getBigQueryProject();
    if (jobProject == null) {
      jobProject = beam.getProject();
    }
    return new BigQueryApi(
        BigQueryClient.create(beam, patience),
        BigQueryClient.create(beam, Duration.ZERO),
        jobProject == null ? project : jobProject,
        patience);
  }

  /** The project that jobs run in. */
  String jobProject() {
    return jobProject;
  }

  Optional<Dataset> dataset(String project, String dataset) {
    return find(
        "read the dataset " + project + "." + dataset,
        () -> client.datasets().get(project, dataset).execute());
  }

  List<String> datasetNames(String project) {
    DatasetList list =
        call("list the datasets of " + project, () -> client.datasets().list(project).execute());
    return list.getDatasets() == null
        ? List.of()
        : list.getDatasets().stream().map(d -> d.getDatasetReference().getDatasetId()).toList();
  }

  Optional<Table> table(TableName name) {
    return find(
        "read the table " + name,
        () -> client.tables().get(name.project(), name.dataset(), name.table()).execute());
  }

  /** Leaves a table that exists as it is. */
  void createTable(TableName name, Table resource) {
    resource.setTableReference(name.reference());
    call(
        "create the table " + name,
        () -> {
          try {
            return client.tables().insert(name.project(), name.dataset(), resource).execute();
          } catch (IOException e) {
            if (ApiErrors.isDuplicate(e)) {
              return resource;
            }
            throw e;
          }
        });
  }

  /** Does nothing when the table is absent. */
  void dropTable(TableName name) {
    find(
        "drop the table " + name,
        () -> client.tables().delete(name.project(), name.dataset(), name.table()).execute());
  }

  Table patchTable(TableName name, Table changes) {
    return call(
        "change the table " + name,
        () ->
            client.tables().patch(name.project(), name.dataset(), name.table(), changes).execute());
  }

  /**
   * One page of a table's rows, TIMESTAMPs as microseconds; empty when the table is absent.
   *
   * @param token of the page before; null for the first
   * @param columns comma-separated; null for all
   */
  Optional<TableDataList> rows(TableName name, String token, String columns) {
    return find(
        "read rows of " + name,
        () ->
            client
                .tabledata()
                .list(name.project(), name.dataset(), name.table())
                .setPageToken(token)
                .setSelectedFields(columns)
                .setMaxResults(PAGE_ROWS)
                .setFormatOptionsUseInt64Timestamp(true)
                .execute());
  }

  Optional<Job> job(JobReference reference) {
    return find(
        "read the job " + reference.getJobId(),
        () ->
            client
                .jobs()
                .get(reference.getProjectId(), reference.getJobId())
                .setLocation(reference.getLocation())
                .execute());
  }

  /**
   * Starts a job; empty when a job of this id exists already.
   *
   * <p>A request whose answer was lost is sent again and then meets the job that it started.
   */
  Optional<Job> startJob(Job job) {
    return call(
        "start the job " + job.getJobReference().getJobId(),
        () -> {
          try {
            return Optional.of(client.jobs().insert(jobProject, job).execute());
          } catch (IOException e) {
            if (ApiErrors.isDuplicate(e)) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  /**
   * Lets BigQuery analyse a statement and check the rights that it needs, without running it.
   *
   * @param location null leaves it to BigQuery
   * @return the bytes that it would process
   */
  long dryRun(String sql, String location, String doing) {
    Job wanted =
        new Job()
            .setJobReference(new JobReference().setProjectId(jobProject).setLocation(location))
            .setConfiguration(
                new JobConfiguration()
                    .setDryRun(true)
                    .setQuery(new JobConfigurationQuery().setQuery(sql).setUseLegacySql(false)));
    Job answer = call(doing, () -> client.jobs().insert(jobProject, wanted).execute());
    Long bytes = answer.getStatistics().getTotalBytesProcessed();
    return bytes == null ? 0 : bytes;
  }

  /**
   * What became of a query within a while.
   *
   * @param answered false when only the job itself can tell
   * @param rows null while the query runs
   */
  record Waited(boolean answered, List<List<Object>> rows) {}

  /**
   * Waits for a query to end, in one request. A query that has failed answers like a request that
   * has: not even for a passing reason is it worth while to repeat this one.
   */
  Waited await(JobReference reference, Duration atMost) {
    GetQueryResultsResponse first;
    try {
      first = page(once, reference, null).setTimeoutMs(atMost.toMillis()).execute();
    } catch (IOException e) {
      return new Waited(false, null);
    }
    return new Waited(
        true, Boolean.TRUE.equals(first.getJobComplete()) ? rows(reference, first) : null);
  }

  /**
   * The rows of a query that has ended, or of the last query of a script; TIMESTAMPs as
   * microseconds.
   */
  List<List<Object>> results(JobReference reference) {
    return rows(reference, page(reference, null));
  }

  /** How many rows a query that has ended gave. */
  long resultRows(JobReference reference) {
    return call(
            "count the results of the job " + reference.getJobId(),
            () -> page(client, reference, null).setMaxResults(0L).execute())
        .getTotalRows()
        .longValueExact();
  }

  private List<List<Object>> rows(JobReference reference, GetQueryResultsResponse first) {
    List<List<Object>> rows = new ArrayList<>();
    Cells.addTo(rows, first.getRows());
    String token = first.getPageToken();
    while (token != null) {
      GetQueryResultsResponse next = page(reference, token);
      Cells.addTo(rows, next.getRows());
      token = next.getPageToken();
    }
    return rows;
  }

  private GetQueryResultsResponse page(JobReference reference, String token) {
    return call(
        "read the results of the job " + reference.getJobId(),
        () -> page(client, reference, token).execute());
  }

  private static Bigquery.Jobs.GetQueryResults page(
      Bigquery client, JobReference reference, String token) throws IOException {
    return client
        .jobs()
        .getQueryResults(reference.getProjectId(), reference.getJobId())
        .setLocation(reference.getLocation())
        .setPageToken(token)
        .setFormatOptionsUseInt64Timestamp(true);
  }

  private interface Request<T> {
    T execute() throws IOException;
  }

  private <T> Optional<T> find(String doing, Request<T> request) {
    return call(
        doing,
        () -> {
          try {
            return Optional.ofNullable(request.execute());
          } catch (IOException e) {
            if (ApiErrors.isNotFound(e)) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  private <T> T call(String doing, Request<T> request) {
    BackOff backOff = BigQueryClient.backOff(patience);
    while (true) {
      try {
        return request.execute();
      } catch (IOException e) {
        if (!ApiErrors.isRateLimit(e) || !pause(backOff, doing)) {
          throw ApiErrors.translate(doing, jobProject, e);
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
      throw new DestinationException("could not " + doing + ": " + e, e);
    }
  }
}
