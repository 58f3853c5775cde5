package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.ErrorProto;
import com.google.api.services.bigquery.model.Job;
import io.deltaflow.spi.error.DestinationException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A job ended in an error, and no further attempt is worth while. */
final class JobFailedException extends DestinationException {
  private static final long serialVersionUID = 1L;
  private static final int MOST_DETAILS = 5;

  private final String reply;
  private final String details;
  private final boolean ofData;

  JobFailedException(Job job, String doing, String jobProject) {
    super(text(job, doing, jobProject));
    this.reply = String.valueOf(job.getStatus().getErrorResult().getMessage());
    this.ofData = ApiErrors.isOfData(job.getStatus().getErrorResult());
    this.details = String.join("; ", details(job));
  }

  /** BigQuery's own message. */
  String reply() {
    return reply;
  }

  /** Whether it is a load, and what its files hold is the reason. */
  boolean isOfData() {
    return ofData;
  }

  /** With what it says beside it. */
  String replyWithDetails() {
    return details.isEmpty() ? reply : reply + " (" + details + ")";
  }

  private static Set<String> details(Job job) {
    ErrorProto error = job.getStatus().getErrorResult();
    Set<String> details = new LinkedHashSet<>();
    List<ErrorProto> errors = job.getStatus().getErrors();
    if (errors != null) {
      errors.stream()
          .filter(e -> e.getMessage() != null && !e.getMessage().equals(error.getMessage()))
          .limit(MOST_DETAILS)
          .forEach(e -> details.add(e.getMessage()));
    }
    return details;
  }

  private static String text(Job job, String doing, String jobProject) {
    ErrorProto error = job.getStatus().getErrorResult();
    Set<String> details = details(job);
    String reason = String.valueOf(error.getReason());
    return "could not "
        + doing
        + ": the job "
        + job.getJobReference().getJobId()
        + " failed with "
        + reason
        + ": "
        + error.getMessage()
        + (details.isEmpty() ? "" : " (" + String.join("; ", details) + ")")
        + ApiErrors.advice(error, jobProject);
  }
}
