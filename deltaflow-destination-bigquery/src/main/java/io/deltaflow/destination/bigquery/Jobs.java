package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.ErrorProto;
import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobConfiguration;
import com.google.api.services.bigquery.model.JobConfigurationQuery;
import com.google.api.services.bigquery.model.JobReference;
import com.google.api.services.bigquery.model.ScriptOptions;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.spi.error.DestinationException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Runs jobs under ids of ours, so that a step that is repeated, also by two workers at once, does
 * its work once: BigQuery accepts an id once, and whoever comes second waits for the same job.
 */
final class Jobs {
  private static final long FIRST_POLL_MILLIS = 100;
  private static final long LAST_POLL_MILLIS = 3_000;

  private final BigQueryApi api;
  private final String location;
  private final int maxRetries;
  private final Long maximumBytesBilled;
  private final Set<String> startedHere = new HashSet<>();

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
   * @param ours whether this call started it
   */
  record Done(Job job, boolean ours) {}

  /** A job that was started, by whomever. */
  private record Started(Job job, boolean ours) {}

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
   * @param configuration asked for only when an attempt must be started; may throw
   */
  Done complete(String id, String doing, Supplier<JobConfiguration> configuration) {
    return complete(id, doing, configuration, null);
  }

  /**
   * The same, with a step of its own for tests.
   *
   * @param begun the crash point between a job's start and its end; null for none
   */
  Done complete(String id, String doing, Supplier<JobConfiguration> configuration, String begun) {
    int tries = 0;
    for (int attempt = 0; ; attempt++) {
      Started started = findOrStart(reference(id + "_" + attempt), configuration);
      if (begun != null) {
        CrashPoints.reach(begun);
      }
      Job job = await(started.job, doing);
      ErrorProto error = job.getStatus().getErrorResult();
      if (error == null) {
        return new Done(job, started.ours);
      }
      if (!started.ours) {
        continue;
      }
      if (!ApiErrors.isPassing(error) || tries == maxRetries) {
        if (ByteLimit.isExceeded(error)) {
          throw ByteLimit.refusal(error, doing);
        }
        throw new JobFailedException(job, doing, api.jobProject());
      }
      Pause.millis(Math.min(30_000, 500L << Math.min(tries++, 6)), doing);
    }
  }

  /**
   * Starts or finds the first attempt that has not failed, without waiting: for jobs that can run
   * side by side.
   */
  void begin(String id, Supplier<JobConfiguration> configuration) {
    findOrStart(reference(id + "_0"), configuration);
  }

  /** The rows of a query that changes nothing. */
  List<List<Object>> query(String sql, String doing) {
    String id = "deltaflow_read_" + UUID.randomUUID().toString().replace("-", "");
    return api.results(complete(id, doing, () -> queryOf(sql)).job().getJobReference());
  }

  List<List<Object>> results(Done done) {
    return api.results(done.job().getJobReference());
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

  private Started findOrStart(JobReference reference, Supplier<JobConfiguration> configuration) {
    Optional<Job> found = api.job(reference);
    if (found.isPresent()) {
      return new Started(found.get(), startedHere.contains(reference.getJobId()));
    }
    Job job = new Job().setJobReference(reference).setConfiguration(configuration.get());
    Optional<Job> started = api.startJob(job);
    if (started.isEmpty()) {
      return new Started(read(reference), false);
    }
    startedHere.add(reference.getJobId());
    return new Started(started.get(), true);
  }

  private Job await(Job started, String doing) {
    Job job = started;
    long millis = FIRST_POLL_MILLIS;
    while (!"DONE".equals(job.getStatus().getState())) {
      Pause.millis(millis, doing);
      millis = Math.min(LAST_POLL_MILLIS, millis + millis / 2);
      job = read(reference(job.getJobReference().getJobId()));
    }
    return job;
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
