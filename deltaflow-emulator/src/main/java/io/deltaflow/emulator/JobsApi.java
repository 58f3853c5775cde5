package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobCancelResponse;
import com.google.api.services.bigquery.model.JobConfiguration;
import com.google.api.services.bigquery.model.JobConfigurationQuery;
import com.google.api.services.bigquery.model.JobList;
import com.google.api.services.bigquery.model.JobReference;
import com.google.api.services.bigquery.model.JobStatistics2;
import com.google.api.services.bigquery.model.QueryRequest;
import com.google.api.services.bigquery.model.QueryResponse;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableSchema;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** BigQuery's jobs and queries. */
final class JobsApi {
  private static final String JOBS = "/projects/{project}/jobs";
  private static final String JOB = JOBS + "/{job}";
  private static final String QUERIES = "/projects/{project}/queries";
  private static final long DEFAULT_TIMEOUT_MILLIS = 10_000;
  private static final long MAX_WAIT_MILLIS = 200_000;

  private final Jobs jobs;
  private final JobStarter starter;
  private final TableRows rows;
  private final Map<String, EmulatedJob> byRequestId = new ConcurrentHashMap<>();

  JobsApi(Jobs jobs, JobStarter starter, TableRows rows) {
    this.jobs = jobs;
    this.starter = starter;
    this.rows = rows;
  }

  void addTo(Routes routes) {
    routes
        .add("GET", JOBS, this::list)
        .add("POST", JOBS, this::insert)
        .add("GET", JOB, r -> WireResponse.json(linked(r, job(r).resource())))
        .add("POST", JOB + "/cancel", this::cancel)
        .add("DELETE", JOB + "/delete", this::delete)
        .add("POST", QUERIES, this::query)
        .add("GET", QUERIES + "/{job}", this::results);
  }

  private EmulatedJob job(WireRequest request) {
    return jobs.get(
        request.variable("project"), request.variable("job"), request.query().get("location"));
  }

  private static Job linked(WireRequest request, Job job) {
    JobReference reference = job.getJobReference();
    return job.setSelfLink(
        request.origin()
            + "/bigquery/v2/projects/"
            + reference.getProjectId()
            + "/jobs/"
            + reference.getJobId()
            + "?location="
            + reference.getLocation());
  }

  private WireResponse insert(WireRequest request) throws IOException {
    return WireResponse.json(
        linked(request, starter.insert(request.variable("project"), request.json(Job.class))));
  }

  private WireResponse cancel(WireRequest request) {
    EmulatedJob job = job(request);
    job.cancel();
    return WireResponse.json(
        new JobCancelResponse()
            .setKind("bigquery#jobCancelResponse")
            .setJob(linked(request, job.resource())));
  }

  private WireResponse delete(WireRequest request) {
    EmulatedJob job = job(request);
    if (!job.isDone()) {
      throw BigQueryError.invalid("Job is not done: " + job.resource().getId());
    }
    jobs.delete(job);
    return WireResponse.empty(204);
  }

  private WireResponse list(WireRequest request) {
    String parent = request.query().get("parentJobId");
    String state = request.query().get("stateFilter");
    long start = request.number("pageToken", 0);
    long limit = Math.min(1000, request.number("maxResults", 1000));
    List<Job> matching =
        jobs.newestFirst().stream()
            .map(EmulatedJob::resource)
            .filter(j -> j.getJobReference().getProjectId().equals(request.variable("project")))
            .filter(
                j ->
                    parent == null
                        ? j.getStatistics().getParentJobId() == null
                        : parent.equals(j.getStatistics().getParentJobId()))
            .filter(j -> state == null || state.equalsIgnoreCase(j.getStatus().getState()))
            .filter(
                j -> j.getStatistics().getCreationTime() >= request.number("minCreationTime", 0))
            .collect(Collectors.toList());
    JobList list = new JobList().setKind("bigquery#jobList").setEtag(Warehouse.newEtag());
    List<JobList.Jobs> page =
        matching.stream()
            .skip(start)
            .limit(limit)
            .map(JobsApi::listed)
            .collect(Collectors.toList());
    if (start + page.size() < matching.size()) {
      list.setNextPageToken(Long.toString(start + page.size()));
    }
    return WireResponse.json(page.isEmpty() ? list : list.setJobs(page));
  }

  private static JobList.Jobs listed(Job job) {
    return new JobList.Jobs()
        .setKind("bigquery#job")
        .setId(job.getId())
        .setJobReference(job.getJobReference())
        .setState(job.getStatus().getState())
        .setErrorResult(job.getStatus().getErrorResult())
        .setStatus(job.getStatus())
        .setStatistics(job.getStatistics())
        .setConfiguration(job.getConfiguration())
        .setUserEmail(job.getUserEmail());
  }

  // Queries

  private WireResponse query(WireRequest request) throws IOException {
    QueryRequest wanted = request.json(QueryRequest.class);
    String project = request.variable("project");
    Job job = asJob(wanted);
    if (Boolean.TRUE.equals(wanted.getDryRun())) {
      Job dry = starter.insert(project, job);
      return WireResponse.json(
          new QueryResponse()
              .setKind("bigquery#queryResponse")
              .setJobComplete(true)
              .setJobReference(dry.getJobReference())
              .setSchema(dry.getStatistics().getQuery().getSchema())
              .setTotalBytesProcessed(dry.getStatistics().getTotalBytesProcessed()));
    }
    EmulatedJob running = start(project, wanted.getRequestId(), job);
    long timeout = wanted.getTimeoutMs() == null ? DEFAULT_TIMEOUT_MILLIS : wanted.getTimeoutMs();
    if (wanted.getMaxResults() != null) {
      request.query().put("maxResults", String.valueOf(wanted.getMaxResults()));
    }
    if (wanted.getFormatOptions() != null) {
      request
          .query()
          .put(
              "formatOptions.useInt64Timestamp",
              String.valueOf(wanted.getFormatOptions().getUseInt64Timestamp()));
    }
    return answer(request, running, timeout, new QueryResponse().setKind("bigquery#queryResponse"));
  }

  /** A call that is repeated with its request id gets the job that the first one started. */
  private EmulatedJob start(String project, String requestId, Job job) {
    return requestId == null
        ? starter.start(project, job, List.of())
        : byRequestId.computeIfAbsent(
            project + "/" + requestId, id -> starter.start(project, job, List.of()));
  }

  private static Job asJob(QueryRequest wanted) {
    JobConfigurationQuery query =
        new JobConfigurationQuery()
            .setQuery(wanted.getQuery())
            .setDefaultDataset(wanted.getDefaultDataset())
            .setUseLegacySql(wanted.getUseLegacySql())
            .setParameterMode(wanted.getParameterMode())
            .setQueryParameters(wanted.getQueryParameters())
            .setMaximumBytesBilled(wanted.getMaximumBytesBilled());
    return new Job()
        .setJobReference(new JobReference().setLocation(wanted.getLocation()))
        .setConfiguration(
            new JobConfiguration()
                .setQuery(query)
                .setDryRun(wanted.getDryRun())
                .setLabels(wanted.getLabels()));
  }

  private WireResponse results(WireRequest request) {
    long timeout = request.number("timeoutMs", DEFAULT_TIMEOUT_MILLIS);
    EmulatedJob job = job(request);
    if (job.resource().getConfiguration().getQuery() == null) {
      throw BigQueryError.invalid(
          "Cannot return query results for a non-query job: " + job.resource().getId());
    }
    return answer(
        request, job, timeout, new QueryResponse().setKind("bigquery#getQueryResultsResponse"));
  }

  /** {@link QueryResponse} has all that GetQueryResultsResponse has, under the same names. */
  private WireResponse answer(
      WireRequest request, EmulatedJob job, long timeout, QueryResponse response) {
    response.setJobReference(job.reference()).setLocation(job.reference().getLocation());
    if (!job.await(Math.min(timeout, MAX_WAIT_MILLIS))) {
      return WireResponse.json(response.setJobComplete(false));
    }
    ApiError failure = job.failure();
    if (failure != null) {
      throw failure;
    }
    Job done = job.resource();
    JobStatistics2 statistics = done.getStatistics().getQuery();
    response
        .setJobComplete(true)
        .setCacheHit(false)
        .setTotalBytesProcessed(statistics.getTotalBytesProcessed())
        .setTotalBytesBilled(statistics.getTotalBytesBilled())
        .setDmlStats(statistics.getDmlStats())
        .setNumDmlAffectedRows(statistics.getNumDmlAffectedRows())
        .setCreationTime(done.getStatistics().getCreationTime())
        .setStartTime(done.getStatistics().getStartTime())
        .setEndTime(done.getStatistics().getEndTime());
    addRows(request, done.getConfiguration().getQuery().getDestinationTable(), response);
    return WireResponse.json(response);
  }

  private void addRows(WireRequest request, TableReference table, QueryResponse response) {
    if (table == null) {
      response.setTotalRows(BigInteger.ZERO);
      return;
    }
    TableRows.Page page = rows.page(request, table);
    response
        .setSchema(new TableSchema().setFields(page.fields()))
        .setTotalRows(BigInteger.valueOf(page.totalRows()))
        .setPageToken(page.next());
    if (!page.rows().isEmpty()) {
      response.set("rows", page.rows());
    }
  }
}
