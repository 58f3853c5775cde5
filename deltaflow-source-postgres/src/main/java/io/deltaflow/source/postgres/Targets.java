package io.deltaflow.source.postgres;

import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import io.deltaflow.spi.error.ConfigurationException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What a configuration says to read; at least one is given.
 *
 * @param table null when not given
 * @param query null when not given
 * @param windowed null when not given
 */
record Targets(Target.Table table, Target.Query query, WindowedQuery windowed)
    implements Serializable {

  static Targets of(ConnectorConfig config, Flags flags) {
    String tableFlag = flags.of(PostgresOptions.TABLE);
    Target.Table table =
        given(config, PostgresOptions.TABLE)
            .map(text -> new Target.Table(TableName.parse(tableFlag, text), tableFlag))
            .orElse(null);
    String queryFlag = flags.of(PostgresOptions.QUERY);
    Target.Query query =
        given(config, PostgresOptions.QUERY)
            .map(text -> new Target.Query(SelectText.check(queryFlag, text), queryFlag))
            .orElse(null);
    String baseFlag = flags.of(PostgresOptions.BASE_QUERY);
    WindowedQuery windowed =
        given(config, PostgresOptions.BASE_QUERY)
            .map(text -> new WindowedQuery(SelectText.check(baseFlag, text), baseFlag))
            .orElse(null);
    if (table == null && query == null && windowed == null) {
      throw new ConfigurationException(
          "Query cannot be empty: give one of "
              + tableFlag
              + ", "
              + queryFlag
              + " and "
              + baseFlag);
    }
    if (query != null && new WindowedQuery(query.text(), queryFlag).hasPlaceholders()) {
      throw new ConfigurationException(
          queryFlag
              + ": the placeholders {start_timestamp} and {end_timestamp} belong into "
              + baseFlag
              + ", which Smart Sync reads");
    }
    return new Targets(table, query, windowed);
  }

  private static Optional<String> given(ConnectorConfig config, ConnectorOption<String> option) {
    return config.find(option);
  }

  /** What is read without a window; null when only a window's query is given. */
  Target whole() {
    return query != null ? query : table;
  }

  /** What a sync is known by: what it reads with a window, else without. */
  String identity() {
    if (windowed != null) {
      return "query " + hash(windowed.text());
    }
    return query != null ? "query " + hash(query.text()) : table.name().toString();
  }

  /** Whether that is the table. */
  boolean isTable() {
    return windowed == null && query == null;
  }

  String description() {
    if (windowed != null) {
      return "the query of " + windowed.flag();
    }
    return query != null ? query.description() : table.name().toString();
  }

  /** The same for texts that differ in nothing but spacing and comments. */
  private static String hash(String query) {
    String text = SelectText.normalised(query);
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JVM has SHA-256", e);
    }
  }
}
