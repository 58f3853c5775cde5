package io.deltaflow.emulator;

/** BigQuery's paths come with and without their service prefix, depending on the client. */
final class BigQueryPaths {
  private static final String PREFIX = "/bigquery/v2/";

  private BigQueryPaths() {}

  /** The path from {@code /projects} on. */
  static String bare(String path) {
    return path.startsWith(PREFIX) ? path.substring(PREFIX.length() - 1) : path;
  }
}
