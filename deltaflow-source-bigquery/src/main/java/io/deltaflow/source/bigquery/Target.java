package io.deltaflow.source.bigquery;

import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
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
    List<String> problems = new ArrayList<>();
    String table = query == null ? config.find(BigQuerySourceOptions.TABLE).orElse(null) : null;
    List<String> parts = table == null ? List.of() : parts(table);
    String dataset =
        named(config, BigQuerySourceOptions.DATASET, parts, parts.size() - 2, problems);
    String project =
        named(config, BigQuerySourceOptions.PROJECT, parts, parts.size() - 3, problems);
    if (query == null && table == null) {
      problems.add(
          "Query cannot be empty: give one of "
              + flags.of(BigQuerySourceOptions.TABLE)
              + " and "
              + flags.of(BigQuerySourceOptions.QUERY));
    } else if (query != null && query.isBlank()) {
      problems.add(flags.of(BigQuerySourceOptions.QUERY) + " is empty");
    }
    if (project == null) {
      problems.add(flags.of(BigQuerySourceOptions.PROJECT) + " is required");
    }
    if (table != null && dataset == null) {
      problems.add(
          flags.of(BigQuerySourceOptions.DATASET)
              + " is required beside "
              + flags.of(BigQuerySourceOptions.TABLE));
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new Target(
        project, dataset, table == null ? null : parts.get(parts.size() - 1), query, flags);
  }

  /** Table, before it the dataset, before that the project, as far as they are there. */
  private static List<String> parts(String table) {
    int last = table.lastIndexOf('.');
    int before = last < 0 ? -1 : table.lastIndexOf('.', last - 1);
    List<String> parts = new ArrayList<>();
    if (before >= 0) {
      parts.add(table.substring(0, before));
    }
    if (last >= 0) {
      parts.add(table.substring(before + 1, last));
    }
    parts.add(table.substring(last + 1));
    return parts;
  }

  /** What an option says, or the table's name; both only when they agree. */
  private static String named(
      ConnectorConfig config,
      ConnectorOption<String> option,
      List<String> parts,
      int place,
      List<String> problems) {
    String given = config.find(option).orElse(null);
    if (place < 0) {
      return given;
    }
    if (given != null && !given.equals(parts.get(place))) {
      problems.add(
          Flags.of(config).of(option)
              + " is "
              + given
              + ", and the table is "
              + String.join(".", parts));
    }
    return parts.get(place);
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
