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

  public static final ConnectorOption<Boolean> PARTITION_FIELD_IMMUTABLE =
      ConnectorOption.bool(
              "partition_field_immutable",
              "Promises that an update never moves a row to another partition of the table, as of"
                  + " created_at: a WRITE_MERGE then skips looking up where rows are now and reads"
                  + " the partitions of the new rows alone. Where the promise is broken, the row's"
                  + " old version stays and the row is in the table twice.")
          .withDefault(false)
          .withGroup(GROUP);

  public static final ConnectorOption<Long> MAXIMUM_BYTES_BILLED =
      ConnectorOption.integer(
              "maximum_bytes_billed",
              "The most bytes that BigQuery may bill for one query job of a run, such as the"
                  + " publish, and for each of its statements. A run that needs more fails before"
                  + " its commit and changes nothing. No limit without it; at least 104857600"
                  + " (100 MB), since every table that a statement reads counts as 10 MB or more.")
          .withExample("50000000000")
          .withGroup(GROUP);

  private BigQueryDestinationOptions() {}

  static List<ConnectorOption<?>> all() {
    return List.of(
        PROJECT,
        DATASET,
        TABLE,
        STATE_DATASET,
        STAGING_EXPIRY,
        PARTITION_FIELD_IMMUTABLE,
        MAXIMUM_BYTES_BILLED);
  }
}
