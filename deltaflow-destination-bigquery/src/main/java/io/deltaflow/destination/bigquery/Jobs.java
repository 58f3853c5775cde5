package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.ErrorProto;
import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobConfiguration;
import com.google.api.services.bigquery.model.JobConfigurationQuery;
import com.google.api.services.bigquery.model.JobReference;
import com.google.api.services.bigquery.model.ScriptOptions;
import io.deltaflow.spi.error.DestinationException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Runs jobs under ids of ours, so that a step that is repeated, also by two workers at once, does
 * its work once: BigQuery accepts an id once, and whoever comes second waits for the same job.
 */
final class Jobs {
  private static final long FIRST_POLL_MILLIS = 20;
  private static final long LAST_POLL_MILLIS = 2_000;

  /** A request that waits cannot be interrupted, so it must not wait for long. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(3);

  private final BigQueryApi api;
  private final String location;
  private final int maxRetries;
  private final Long maximumBytesBilled;

  /**
   * @param maxRetries of one job; below 0 means none
   * @param maximumBytesBilled of one query job; null without a limit
   */
  Jobs(BigQueryApi api, String location, int maxRetries, Long maximumBytesBilled) {
    this.api = api;
    this.location = location;
    this.maxRetries = Math.max(0, maxRetries);
    this.maximumBytesBilled = maximumBytesBilled;
  }

  /**
   * A job that ended well.
   *
   * @param job as it ended; of a query that needed no look at it, as it began
   * @param rows of a query, or of the last query of a script; null of another job
   * @param ours whether this call started it
   */
  record Done(Job job, List<List<Object>> rows, boolean ours) {}

  /**
   * How a load ended.
   *
   * @param job null when its rows were refused
   * @param refusal null when they were not
   */
  record Loaded(Job job, JobFailedException refusal) {}

  /** The first attempt at a job, started by whomever. */
  record Begun(Job job, boolean ours) {}

  /** The id of one attempt of one part of a run's step. */
  static String id(String runId, String step, int part) {
    return "deltaflow_" + runId + "_" + step + "_" + part;
  }

  /**
   * Sees to it that one attempt of the job succeeds: takes what earlier calls began, and starts
   * another attempt, under an id of its own, when all before it have failed. A failure of this
   * call's own attempt is final unless it was for a passing reason; what failed in an earlier call
   * may have been put right since.
   *
   * @param id without the attempt
   */
  Done complete(String id, String doing, JobConfiguration configuration) {
    return complete(id, doing, configuration, begin(id, configuration));
  }

  /** The same for a query whose rows stay where it puts them. */
  Done completeWithoutRows(String id, String doing, JobConfiguration configuration) {
    return complete(id, doing, configuration, begin(id, configuration), false, e -> false);
  }

  /** The same for a job that was begun, by {@link #begin} with the same arguments. */
  Done complete(String id, String doing, JobConfiguration configuration, Begun first) {
    return complete(id, doing, configuration, first, configuration.getQuery() != null, e -> false);
  }

  /**
   * The same for a load whose refusal of its rows is an answer too: files do not change, so that
   * what an earlier call's attempt was told holds for this one.
   */
  Loaded load(String id, String doing, JobConfiguration configuration, Begun first) {
    try {
      return new Loaded(
          complete(id, doing, configuration, first, false, ApiErrors::isOfData).job(), null);
    } catch (JobFailedException e) {
      if (!e.isOfData()) {
        throw e;
      }
      return new Loaded(null, e);
    }
  }

  private Done complete(
      String id,
      String doing,
      JobConfiguration configuration,
      Begun first,
      boolean wantsRows,
      Predicate<ErrorProto> isAnswer) {
    int tries = 0;
    Begun begun = first;
    for (int attempt = 1; ; attempt++) {
      Done done = await(begun, wantsRows, doing);
      ErrorProto error = done.rows == null ? done.job.getStatus().getErrorResult() : null;
      if (error == null) {
        return done;
      }
      if (isAnswer.test(error)) {
        throw new JobFailedException(done.job, doing, api.jobProject());
      }
      if (begun.ours) {
        if (!ApiErrors.isPassing(error) || tries == maxRetries) {
          if (ByteLimit.isExceeded(error)) {
            throw ByteLimit.refusal(error, doing);
          }
          throw new JobFailedException(done.job, doing, api.jobProject());
        }
        Pause.millis(Math.min(30_000, 500L << Math.min(tries++, 6)), doing);
      }
      begun = start(id, attempt, configuration);
    }
  }

  /**
   * Starts or finds the first attempt, without waiting: for jobs that can run side by side.
   *
   * @param id without the attempt
   */
  Begun begin(String id, JobConfiguration configuration) {
    return start(id, 0, configuration);
  }

  /** The rows of a query that changes nothing. */
  List<List<Object>> query(String sql, String doing) {
    String id = "deltaflow_read_" + UUID.randomUUID().toString().replace("-", "");
    return complete(id, doing, queryOf(sql)).rows();
  }

  JobConfiguration queryOf(String sql) {
    return new JobConfiguration()
        .setQuery(
            new JobConfigurationQuery()
                .setQuery(sql)
                .setUseLegacySql(false)
                .setMaximumBytesBilled(maximumBytesBilled));
  }

  /** Of several statements, none of which may be billed more than the whole job. */
  JobConfiguration scriptOf(String sql) {
    JobConfiguration configuration = queryOf(sql);
    configuration
        .getQuery()
        .setScriptOptions(new ScriptOptions().setStatementByteBudget(maximumBytesBilled));
    return configuration;
  }

  private Begun start(String id, int attempt, JobConfiguration configuration) {
    JobReference reference = reference(id + "_" + attempt);
    return api.startJob(new Job().setJobReference(reference).setConfiguration(configuration))
        .map(job -> new Begun(job, true))
        .orElseGet(() -> new Begun(read(reference), false));
  }

  private Done await(Begun begun, boolean isQuery, String doing) {
    JobReference reference = reference(begun.job.getJobReference().getJobId());
    Job job = begun.job;
    long millis = FIRST_POLL_MILLIS;
    while (!isDone(job)) {
      if (isQuery) {
        BigQueryApi.Waited waited = api.await(reference, LONGEST_WAIT);
        if (waited.rows() != null) {
          return new Done(job, waited.rows(), begun.ours);
        }
        job = waited.answered() ? job : read(reference);
      }
      if (!isDone(job)) {
        Pause.millis(millis, doing);
        millis = Math.min(LAST_POLL_MILLIS, millis + millis / 4);
        job = isQuery ? job : read(reference);
      }
    }
    boolean hasRows = isQuery && job.getStatus().getErrorResult() == null;
    return new Done(job, hasRows ? api.results(reference) : null, begun.ours);
  }

  private static boolean isDone(Job job) {
    return "DONE".equals(job.getStatus().getState());
  }

  private Job read(JobReference reference) {
    return api.job(reference)
        .orElseThrow(
            () ->
                new DestinationException(
                    "BigQuery does not know the job "
                        + reference.getJobId()
                        + " in the location "
                        + reference.getLocation()
                        + ", although it accepted it; run again"));
  }

  private JobReference reference(String id) {
    return new JobReference().setProjectId(api.jobProject()).setLocation(location).setJobId(id);
  }
}
