package io.deltaflow.emulator;

/** An error as BigQuery reports it: a reason such as {@code invalidQuery}, and a message. */
final class BigQueryError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  BigQueryError(String reason, String message) {
    super(message);
    this.reason = reason;
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

  /** BigQuery's reason, as in {@code ErrorProto.reason}. */
  String reason() {
    return reason;
  }
}
