package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.ErrorProto;
import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobReference;
import com.google.api.services.bigquery.model.JobStatistics;
import com.google.api.services.bigquery.model.JobStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A job: its resource goes from PENDING over RUNNING to DONE. Thread-safe. */
final class EmulatedJob {
  private final CountDownLatch done = new CountDownLatch(1);
  private Job resource;
  private volatile boolean cancelled;
  private volatile int ignoredFile;

  EmulatedJob(Job resource) {
    this.resource =
        resource
            .setKind("bigquery#job")
            .setEtag(Warehouse.newEtag())
            .setUserEmail("emulator@localhost")
            .setId(id(resource.getJobReference()))
            .setStatus(new JobStatus().setState("PENDING"))
            .setStatistics(new JobStatistics().setCreationTime(System.currentTimeMillis()));
  }

  static String id(JobReference reference) {
    return reference.getProjectId() + ":" + reference.getLocation() + "." + reference.getJobId();
  }

  /** The resource as it is now (a copy). */
  synchronized Job resource() {
    return resource.clone();
  }

  JobReference reference() {
    return resource().getJobReference();
  }

  synchronized void change(Consumer<Job> change) {
    Job changed = resource.clone();
    change.accept(changed);
    resource = changed.setEtag(Warehouse.newEtag());
  }

  void start() {
    change(
        job -> {
          job.getStatus().setState("RUNNING");
          job.getStatistics().setStartTime(System.currentTimeMillis());
        });
  }

  /**
   * Ends the job.
   *
   * @param error null when it succeeded
   */
  void end(BigQueryError error) {
    change(
        job -> {
          job.getStatus().setState("DONE");
          job.getStatistics().setEndTime(System.currentTimeMillis());
          if (error != null) {
            List<ErrorProto> all = new ArrayList<>();
            all.add(proto(error.reason(), error.getMessage()));
            error.details().forEach(d -> all.add(proto(error.reason(), d)));
            job.getStatus().setErrorResult(all.get(0)).setErrors(all);
          }
        });
    done.countDown();
  }

  private static ErrorProto proto(String reason, String message) {
    return new ErrorProto().setReason(reason).setMessage(message);
  }

  boolean isDone() {
    return done.getCount() == 0;
  }

  /** Waits for the end; false when the time is up before. */
  boolean await(long millis) {
    try {
      return done.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return isDone();
    }
  }

  /** What the job failed with; null when it did not. */
  ApiError failure() {
    ErrorProto error = resource().getStatus().getErrorResult();
    return error == null ? null : new ApiError(error.getReason(), error.getMessage());
  }

  /**
   * The number of the file that this load shall not read, from 1; 0 for none. See {@link Faults}.
   */
  int ignoredFile() {
    return ignoredFile;
  }

  void ignoreFile(int number) {
    ignoredFile = number;
  }

  void cancel() {
    cancelled = true;
  }

  boolean isCancelled() {
    return cancelled;
  }
}
