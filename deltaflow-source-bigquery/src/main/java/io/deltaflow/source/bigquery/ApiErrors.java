package io.deltaflow.source.bigquery;

import com.google.api.client.googleapis.json.GoogleJsonError;
import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.StatusCode;
import com.google.api.services.bigquery.model.ErrorProto;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.DeltaFlowException;
import io.deltaflow.spi.error.SourceException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.Set;

/** BigQuery's errors as ours, with what to do about them. */
final class ApiErrors {
  private static final Set<String> RATE_LIMITS =
      Set.of("rateLimitExceeded", "jobRateLimitExceeded");
  private static final Set<String> PASSING =
      Set.of(
          "backendError",
          "internalError",
          "rateLimitExceeded",
          "jobRateLimitExceeded",
          "jobBackendError",
          "jobInternalError");

  /** Codes after which the same call may succeed. */
  private static final Set<StatusCode.Code> PASSING_CODES =
      Set.of(
          StatusCode.Code.UNAVAILABLE,
          StatusCode.Code.INTERNAL,
          StatusCode.Code.ABORTED,
          StatusCode.Code.UNKNOWN,
          StatusCode.Code.CANCELLED,
          StatusCode.Code.DEADLINE_EXCEEDED,
          StatusCode.Code.RESOURCE_EXHAUSTED);

  private ApiErrors() {}

  static boolean isRateLimit(IOException e) {
    return e instanceof GoogleJsonResponseException g && RATE_LIMITS.contains(reason(g));
  }

  /**
   * @param doing what was attempted, such as {@code read the table p.d.t}
   */
  static DeltaFlowException of(String doing, Target target, String jobProject, IOException e) {
    if (e instanceof GoogleJsonResponseException g) {
      String what =
          "could not "
              + doing
              + ": BigQuery answered "
              + g.getStatusCode()
              + " "
              + reason(g)
              + ": "
              + message(g);
      return typed(what, reason(g), g.getStatusCode(), target, jobProject, e);
    }
    String why =
        e instanceof UnknownHostException
            ? "there is no host "
                + e.getMessage()
                + "; check the network and "
                + target.flags().of(BigQuerySourceOptions.ENDPOINT)
            : e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return SourceException.passing("could not " + doing + ": no answer from BigQuery: " + why, e);
  }

  static DeltaFlowException ofJob(
      String doing, Target target, String jobProject, ErrorProto error) {
    return typed(
        "could not " + doing + ": " + error.getMessage() + " (" + error.getReason() + ")",
        String.valueOf(error.getReason()),
        0,
        target,
        jobProject,
        null);
  }

  private static DeltaFlowException typed(
      String what, String reason, int status, Target target, String jobProject, Exception cause) {
    if (reason.equals("notFound") || status == 404) {
      return new ConfigurationException(what + "; check " + flags(target), cause);
    }
    if (reason.equals("invalidQuery") && !target.isTable()) {
      return new ConfigurationException(target.flag() + ": " + what, cause);
    }
    if (reason.equals("accessDenied") || reason.equals("forbidden") || status == 403) {
      return SourceException.permanent(what + access(target, jobProject), cause);
    }
    if (reason.equals("bytesBilledLimitExceeded")) {
      return SourceException.permanent(
          what
              + "; raise "
              + target.flags().of(BigQuerySourceOptions.MAXIMUM_BYTES_BILLED)
              + " or read less",
          cause);
    }
    if (reason.equals("responseTooLarge")) {
      return SourceException.permanent(
          what
              + "; set "
              + target.flags().of(BigQuerySourceOptions.RESULT_DATASET)
              + " to a dataset that takes large results",
          cause);
    }
    return PASSING.contains(reason) || status / 100 == 5 && status != 501
        ? SourceException.passing(what, cause)
        : SourceException.permanent(what, cause);
  }

  private static String flags(Target target) {
    return target.isTable()
        ? target.flags().of(BigQuerySourceOptions.PROJECT)
            + ", "
            + target.flags().of(BigQuerySourceOptions.DATASET)
            + " and "
            + target.flag()
        : target.flag();
  }

  private static String access(Target target, String jobProject) {
    return "; to read "
        + target.description()
        + " ("
        + target.flag()
        + ") the account that runs DeltaFlow needs roles/bigquery.dataViewer on it, and"
        + " roles/bigquery.jobUser and roles/bigquery.readSessionUser on the project "
        + jobProject;
  }

  static boolean isPassing(ErrorProto error) {
    return PASSING.contains(String.valueOf(error.getReason()));
  }

  static boolean isPassing(ApiException e) {
    return PASSING_CODES.contains(e.getStatusCode().getCode());
  }

  /** Of the Storage Read API. */
  static DeltaFlowException of(String doing, Target target, String jobProject, ApiException e) {
    String what =
        "could not "
            + doing
            + ": the Storage Read API answered "
            + e.getStatusCode().getCode()
            + ": "
            + e.getMessage();
    switch (e.getStatusCode().getCode()) {
      case PERMISSION_DENIED:
      case UNAUTHENTICATED:
        return SourceException.permanent(what + access(target, jobProject), e);
      case NOT_FOUND:
        return new ConfigurationException(what + "; check " + flags(target), e);
      default:
        return isPassing(e) ? SourceException.passing(what, e) : SourceException.permanent(what, e);
    }
  }

  private static String reason(GoogleJsonResponseException e) {
    GoogleJsonError error = e.getDetails();
    return error != null && error.getErrors() != null && !error.getErrors().isEmpty()
        ? String.valueOf(error.getErrors().get(0).getReason())
        : "";
  }

  private static String message(GoogleJsonResponseException e) {
    return e.getDetails() != null && e.getDetails().getMessage() != null
        ? e.getDetails().getMessage()
        : String.valueOf(e.getStatusMessage());
  }
}
