package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobReference;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All jobs since the start, and the threads that run them. */
final class Jobs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);

  /** A job's work. */
  interface Work {
    void run(EmulatedJob job) throws Exception;
  }

  private final Map<String, EmulatedJob> byId = new ConcurrentHashMap<>();
  private final ConcurrentLinkedDeque<EmulatedJob> newestFirst = new ConcurrentLinkedDeque<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(Threads.daemon("emulator-job"));
  private final Faults faults;

  Jobs(Faults faults) {
    this.faults = faults;
  }

  /** Takes a job with a complete reference and starts it; duplicate when its id was used before. */
  EmulatedJob start(Job resource, Work work) {
    EmulatedJob job = add(resource);
    String kind = resource.getConfiguration().getJobType().toLowerCase(Locale.ROOT);
    try {
      threads.execute(() -> run(job, kind, work));
    } catch (RejectedExecutionException e) {
      job.end(new BigQueryError("stopped", "The emulator is closing."));
    }
    return job;
  }

  Faults faults() {
    return faults;
  }

  /** Takes a job that is run elsewhere. */
  EmulatedJob add(Job resource) {
    EmulatedJob job = new EmulatedJob(resource);
    JobReference reference = resource.getJobReference();
    if (byId.putIfAbsent(EmulatedJob.id(reference), job) != null) {
      throw BigQueryError.duplicate("Already Exists: Job " + EmulatedJob.id(reference));
    }
    newestFirst.addFirst(job);
    return job;
  }

  private void run(EmulatedJob job, String kind, Work work) {
    job.start();
    try {
      job.ignoreFile(faults.beforeJob(kind));
      if (job.isCancelled()) {
        throw new BigQueryError(
            "stopped", "Job execution was cancelled: User requested cancellation");
      }
      work.run(job);
      job.end(null);
    } catch (BigQueryError e) {
      job.end(e);
    } catch (ScriptFailure e) {
      job.end(e.error());
    } catch (ApiError e) {
      job.end(new BigQueryError("invalid", e.getMessage()));
    } catch (Exception | StackOverflowError e) {
      LOG.error("Job {} failed in the emulator", job.resource().getId(), e);
      String what = e instanceof SQLException ? "DuckDB: " + e.getMessage() : e.toString();
      job.end(new BigQueryError("internalError", "The emulator failed: " + what));
    }
  }

  /**
   * The job; notFound when there is none of that id in that location.
   *
   * @param location null for the multi-regions, where BigQuery finds jobs without being told
   */
  EmulatedJob get(String project, String id, String location) {
    List<String> locations = location == null ? List.of("US", "EU") : List.of(location);
    for (String each : locations) {
      EmulatedJob job = byId.get(key(project, id, each));
      if (job != null) {
        return job;
      }
    }
    throw BigQueryError.notFound(
        "Not found: Job " + project + ":" + (location == null ? "" : location + ".") + id);
  }

  void delete(EmulatedJob job) {
    byId.remove(EmulatedJob.id(job.reference()));
    newestFirst.remove(job);
  }

  List<EmulatedJob> newestFirst() {
    return new ArrayList<>(newestFirst);
  }

  private static String key(String project, String id, String location) {
    return EmulatedJob.id(
        new JobReference()
            .setProjectId(project)
            .setJobId(id)
            .setLocation(canonicalLocation(location)));
  }

  /** BigQuery's multi-regions are upper case, its regions lower case. */
  static String canonicalLocation(String location) {
    String upper = location.toUpperCase(Locale.ROOT);
    return upper.equals("US") || upper.equals("EU") ? upper : location.toLowerCase(Locale.ROOT);
  }

  static String newId(String prefix) {
    return prefix + UUID.randomUUID().toString().replace("-", "");
  }

  @Override
  public void close() {
    byId.values().forEach(EmulatedJob::cancel);
    Threads.stop(threads);
  }
}
