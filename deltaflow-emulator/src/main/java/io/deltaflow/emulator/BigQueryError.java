package io.deltaflow.emulator;

import java.util.List;

/** An error as BigQuery reports it: a reason such as {@code invalidQuery}, and a message. */
final class BigQueryError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String reason;
  private final transient List<String> details;

  BigQueryError(String reason, String message) {
    this(reason, message, List.of());
  }

  /** With what a job's status lists beside the error that ended it. */
  BigQueryError(String reason, String message, List<String> details) {
    super(message);
    this.reason = reason;
    this.details = List.copyOf(details);
  }

  static BigQueryError notFound(String message) {
    return new BigQueryError("notFound", message);
  }

  static BigQueryError invalid(String message) {
    return new BigQueryError("invalid", message);
  }

  static BigQueryError invalidQuery(String message) {
    return new BigQueryError("invalidQuery", message);
  }

  static BigQueryError duplicate(String message) {
    return new BigQueryError("duplicate", message);
  }

  /** The emulator cannot do this; it never guesses. */
  static BigQueryError unsupported(String what) {
    return new BigQueryError("notImplemented", "unsupported by the emulator: " + what);
  }

  List<String> details() {
    return details;
  }

  /** BigQuery's reason, as in {@code ErrorProto.reason}. */
  String reason() {
    return reason;
  }
}
