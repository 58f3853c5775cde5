package io.deltaflow.destination.bigquery;

import com.google.api.client.googleapis.json.GoogleJsonError;
import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.services.bigquery.model.ErrorProto;
import io.deltaflow.spi.error.DestinationException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.Set;

/** What BigQuery's errors mean for whoever must act. */
final class ApiErrors {
  private static final Set<String> PASSING =
      Set.of(
          "backendError",
          "internalError",
          "rateLimitExceeded",
          "jobBackendError",
          "jobInternalError",
          "jobRateLimitExceeded");
  private static final Set<String> RATE_LIMITS =
      Set.of("rateLimitExceeded", "jobRateLimitExceeded");

  private ApiErrors() {}

  static boolean isNotFound(IOException e) {
    return e instanceof GoogleJsonResponseException g && g.getStatusCode() == 404;
  }

  static boolean isDuplicate(IOException e) {
    return e instanceof GoogleJsonResponseException g && g.getStatusCode() == 409;
  }

  /**
   * Trying the request again later may succeed; other passing errors were tried again below
   * already.
   */
  static boolean isRateLimit(IOException e) {
    return e instanceof GoogleJsonResponseException g && RATE_LIMITS.contains(reason(g));
  }

  /** Whether a job that ended like this may be tried again under another id. */
  static boolean isPassing(ErrorProto error) {
    return PASSING.contains(String.valueOf(error.getReason())) || isConflict(error);
  }

  /** Whether a load ended like this because of what its files hold. */
  static boolean isOfData(ErrorProto error) {
    return "invalid".equals(error.getReason())
        && String.valueOf(error.getMessage()).contains("Error while reading data");
  }

  /** Two transactions changed one table; this one was rolled back. */
  private static boolean isConflict(ErrorProto error) {
    return error.getMessage() != null && error.getMessage().contains("due to concurrent update");
  }

  /**
   * @param doing what was attempted, such as {@code read the table p.d.t}
   */
  static DestinationException translate(String doing, String jobProject, IOException e) {
    if (e instanceof GoogleJsonResponseException g) {
      String reason = reason(g);
      return new DestinationException(
          "could not "
              + doing
              + ": BigQuery answered "
              + g.getStatusCode()
              + " "
              + reason
              + ": "
              + message(g)
              + advice(reason, jobProject),
          e);
    }
    String why =
        e instanceof UnknownHostException
            ? "there is no host " + e.getMessage() + "; check the network and --bigQueryEndpoint"
            : e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return new DestinationException("could not " + doing + ": no answer from BigQuery: " + why, e);
  }

  /** What to do about a job's error, to end a message with; or nothing. */
  static String advice(ErrorProto error, String jobProject) {
    if (String.valueOf(error.getMessage()).contains("streaming buffer")) {
      return "; rows that were streamed into a table cannot be changed for about 30 minutes: run"
          + " again then, and stream into another table";
    }
    return advice(String.valueOf(error.getReason()), jobProject);
  }

  /** What to do about a reason, to end a message with; or nothing. */
  static String advice(String reason, String jobProject) {
    switch (reason) {
      case "accessDenied":
      case "forbidden":
        return "; the account that runs DeltaFlow needs roles/bigquery.dataEditor on the"
            + " destination's dataset (and on state_dataset) and roles/bigquery.jobUser on"
            + " the project "
            + jobProject;
      case "quotaExceeded":
        return "; a quota of the project "
            + jobProject
            + " is used up: run less often, or ask Google for a higher one";
      default:
        return "";
    }
  }

  private static String reason(GoogleJsonResponseException e) {
    GoogleJsonError error = e.getDetails();
    if (error != null && error.getErrors() != null && !error.getErrors().isEmpty()) {
      return String.valueOf(error.getErrors().get(0).getReason());
    }
    return "";
  }

  private static String message(GoogleJsonResponseException e) {
    return e.getDetails() != null && e.getDetails().getMessage() != null
        ? e.getDetails().getMessage()
        : String.valueOf(e.getStatusMessage());
  }
}
