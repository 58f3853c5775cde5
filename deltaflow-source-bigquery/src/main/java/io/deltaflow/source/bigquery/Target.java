package io.deltaflow.source.bigquery;

import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.error.ConfigurationException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What to read.
 *
 * @param dataset null when a query needs none
 * @param table null when there is a query
 * @param query null when there is a table
 * @param flags how the user names it
 */
record Target(String project, String dataset, String table, String query, Flags flags)
    implements Serializable {

  static Target of(ConnectorConfig config) {
    Flags flags = Flags.of(config);
    String query =
        config
            .find(BigQuerySourceOptions.QUERY)
            .map(String::strip)
            .map(q -> q.endsWith(";") ? q.substring(0, q.length() - 1) : q)
            .orElse(null);
    String dataset = config.find(BigQuerySourceOptions.DATASET).orElse(null);
    String table = config.find(BigQuerySourceOptions.TABLE).orElse(null);
    List<String> problems = new ArrayList<>();
    if (query == null && table == null) {
      problems.add(
          "Query cannot be empty: give one of "
              + flags.of(BigQuerySourceOptions.TABLE)
              + " and "
              + flags.of(BigQuerySourceOptions.QUERY));
    } else if (query != null && query.isBlank()) {
      problems.add(flags.of(BigQuerySourceOptions.QUERY) + " is empty");
    } else if (query == null && dataset == null) {
      problems.add(
          flags.of(BigQuerySourceOptions.DATASET)
              + " is required beside "
              + flags.of(BigQuerySourceOptions.TABLE));
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new Target(
        config.get(BigQuerySourceOptions.PROJECT),
        dataset,
        query == null ? table : null,
        query,
        flags);
  }

  boolean isTable() {
    return query == null;
  }

  /** {@code p.d.t}, or which flag holds the query. */
  String description() {
    return isTable()
        ? project + "." + dataset + "." + table
        : "the query of " + flags.of(BigQuerySourceOptions.QUERY);
  }

  /** For a message about the table, which flag names it. */
  String flag() {
    return flags.of(isTable() ? BigQuerySourceOptions.TABLE : BigQuerySourceOptions.QUERY);
  }

  String identity() {
    return "bigquery:"
        + project
        + "/"
        + (isTable()
            ? dataset + "." + table
            : (dataset == null ? "" : dataset + ".") + "query " + hash(query));
  }

  private static String hash(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(text.replaceAll("\\s+", " ").getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JVM has SHA-256", e);
    }
  }
}
