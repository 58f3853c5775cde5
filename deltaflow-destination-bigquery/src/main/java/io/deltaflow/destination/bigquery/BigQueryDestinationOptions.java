package io.deltaflow.destination.bigquery;

import io.deltaflow.spi.ConnectorOption;
import java.time.Duration;
import java.util.List;

/**
 * The options of the BigQuery destination; as flags they begin with {@code destination_bigquery_}.
 */
public final class BigQueryDestinationOptions {
  private static final String GROUP = "BigQuery destination";

  public static final ConnectorOption<String> PROJECT =
      ConnectorOption.string("project", "The project of the destination table.")
          .withRequired()
          .withPattern("^([a-z0-9][a-z0-9.\\-]*[a-z0-9]:)?[a-z0-9][a-z0-9\\-]{4,28}[a-z0-9]$")
          .withExample("my-project")
          .withGroup(GROUP);

  public static final ConnectorOption<String> DATASET =
      ConnectorOption.string("dataset", "The dataset of the destination table; it must exist.")
          .withRequired()
          .withPattern("^[a-zA-Z0-9_]+$")
          .withExample("analytics")
          .withGroup(GROUP);

  public static final ConnectorOption<String> TABLE =
      ConnectorOption.string("table", "The destination table.")
          .withRequired()
          .withPattern("^[a-zA-Z0-9_\\-]+$")
          .withExample("orders")
          .withGroup(GROUP);

  public static final ConnectorOption<String> STATE_DATASET =
      ConnectorOption.string(
              "state_dataset",
              "The dataset for watermarks, the ledger of runs and staging tables, in the"
                  + " destination's project and location; the destination's own dataset when not"
                  + " given.")
          .withPattern("^[a-zA-Z0-9_]+$")
          .withExample("deltaflow_state")
          .withGroup(GROUP);

  public static final ConnectorOption<Duration> STAGING_EXPIRY =
      ConnectorOption.duration(
              "staging_expiry",
              "How long staging tables live when a run dies before it could drop them; longer than"
                  + " any run.")
          .withDefault(Duration.ofHours(24))
          .withGroup(GROUP);

  private BigQueryDestinationOptions() {}

  static List<ConnectorOption<?>> all() {
    return List.of(PROJECT, DATASET, TABLE, STATE_DATASET, STAGING_EXPIRY);
  }
}
