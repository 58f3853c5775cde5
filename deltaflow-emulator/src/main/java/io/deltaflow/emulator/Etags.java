package io.deltaflow.emulator;

/** Conditions on etags. */
final class Etags {
  private Etags() {}

  /** Refuses a call whose If-Match names another etag. */
  static void check(WireRequest request, String etag) {
    String wanted = request.header("if-match").orElse("*").replace("\"", "");
    if (!wanted.equals("*") && !wanted.equals(etag)) {
      throw new ApiError("conditionNotMet", "Precondition check failed.");
    }
  }
}
