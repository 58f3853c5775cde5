package io.deltaflow.emulator;

import java.util.List;
import java.util.Map;

/** An HTTP error with Google's JSON error body. */
final class ApiError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final Map<String, Integer> STATUS =
      Map.ofEntries(
          Map.entry("notFound", 404),
          Map.entry("duplicate", 409),
          Map.entry("conflict", 409),
          Map.entry("accessDenied", 403),
          Map.entry("rateLimitExceeded", 403),
          Map.entry("quotaExceeded", 403),
          Map.entry("responseTooLarge", 403),
          Map.entry("billingNotEnabled", 403),
          Map.entry("conditionNotMet", 412),
          Map.entry("backendError", 503),
          Map.entry("internalError", 500),
          Map.entry("notImplemented", 501),
          Map.entry("requestedRangeNotSatisfiable", 416),
          Map.entry("authError", 401));

  private final int status;
  private final String reason;

  ApiError(String reason, String message) {
    super(message);
    this.status = STATUS.getOrDefault(reason, 400);
    this.reason = reason;
  }

  static ApiError of(BigQueryError error) {
    ApiError wire = new ApiError(error.reason(), error.getMessage());
    wire.initCause(error);
    return wire;
  }

  int status() {
    return status;
  }

  String reason() {
    return reason;
  }

  WireResponse response() {
    Map<String, Object> detail =
        Map.of("message", getMessage(), "domain", "global", "reason", reason);
    return WireResponse.json(
        status,
        Map.of(
            "error", Map.of("code", status, "message", getMessage(), "errors", List.of(detail))));
  }
}
