package io.deltaflow.source.bigquery;

import io.deltaflow.spi.ConnectorOption;
import java.time.Duration;
import java.util.List;

/**
 * The options of the connector {@code bigquery}; the flag of option {@code table} is {@code
 * source_bigquery_table}.
 */
public final class BigQuerySourceOptions {
  private static final String DATA = "What to read";
  private static final String READING = "Reading";
  private static final String WINDOW = "Smart Sync";
  private static final String CONNECTION = "Connection";

  public static final ConnectorOption<String> PROJECT =
      ConnectorOption.string(
              "project",
              "Project of the table; of a query, the project that names without one belong to.")
          .withPattern("([a-z0-9.-]+:)?[a-z0-9][a-z0-9-]{4,28}[a-z0-9]")
          .withExample("source-project")
          .withGroup(DATA);

  public static final ConnectorOption<String> DATASET =
      ConnectorOption.string(
              "dataset",
              "Dataset of the table; of a query, the dataset that names without one belong to.")
          .withPattern("[a-zA-Z0-9_]+")
          .withExample("raw_data")
          .withGroup(DATA);

  public static final ConnectorOption<String> TABLE =
      ConnectorOption.string(
              "table",
              "Table, view or materialized view to read; dataset.table and project.dataset.table"
                  + " are understood too.")
          .withPattern(
              "(([a-z0-9.-]+:)?[a-z0-9][a-z0-9-]{4,28}[a-z0-9]\\.)?([a-zA-Z0-9_]+\\.)?[\\p{L}\\p{M}\\p{N}\\p{Pc}\\p{Pd}"
                  + " ]+")
          .withExample("events")
          .withGroup(DATA);

  public static final ConnectorOption<String> QUERY =
      ConnectorOption.string(
              "query",
              "One GoogleSQL SELECT to read in place of a table. It runs once per run, and all"
                  + " splits read its one result.")
          .withExample("SELECT * FROM raw_data.events WHERE kind = 'order'")
          .withGroup(DATA);

  static final ConnectorOption<ReadMethod> READ_METHOD =
      ConnectorOption.enumeration(
              "read_method",
              ReadMethod.class,
              "DIRECT_READ reads with the Storage Read API, EXPORT from Avro files that an extract"
                  + " job writes.")
          .withDefault(ReadMethod.DIRECT_READ)
          .withGroup(READING);

  public static final ConnectorOption<String> EXPORT_LOCATION =
      ConnectorOption.string(
              "export_location",
              "Cloud Storage folder, in the location of the data, for the files of EXPORT. Each run"
                  + " writes a folder of its own below it and leaves it there; give the bucket a"
                  + " lifecycle rule that deletes old objects.")
          .withPattern("gs://[^/*\\s]+(/[^*\\s]*)?")
          .withExample("gs://my-bucket/exports")
          .withGroup(READING);

  public static final ConnectorOption<Boolean> SERVER_SIDE =
      ConnectorOption.bool(
              "server_side",
              "Let BigQuery move the rows itself, by a query, where source and destination are in"
                  + " one location and no step of the run looks at rows.")
          .withDefault(true)
          .withGroup(READING);

  public static final ConnectorOption<String> RESULT_DATASET =
      ConnectorOption.string(
              "result_dataset",
              "Dataset for the results of queries, in tables that expire after a day. Without it,"
                  + " BigQuery keeps them for itself, and refuses results of more than 10 GB.")
          .withPattern("[a-zA-Z0-9_]+")
          .withGroup(READING);

  public static final ConnectorOption<Long> MAXIMUM_BYTES_BILLED =
      ConnectorOption.integer(
              "maximum_bytes_billed", "BigQuery refuses a query that would be billed for more.")
          .withPattern("[1-9][0-9]{0,17}")
          .withGroup(READING);

  public static final ConnectorOption<Duration> LONGEST_WRITE =
      ConnectorOption.duration(
              "longest_write",
              "How long a statement, transaction or job that writes what is read may take. Rows"
                  + " show only when it ends, stamped with its beginning, so the window ends this"
                  + " far before BigQuery's clock; one that takes longer can lose rows.")
          .withDefault(Duration.ofMinutes(10))
          .withGroup(WINDOW);

  public static final ConnectorOption<String> CURSOR_TIMEZONE =
      ConnectorOption.string(
              "cursor_timezone", "Time zone in which a cursor of type DATETIME or DATE is stamped.")
          .withDefault("UTC")
          .withExample("Europe/Berlin")
          .withGroup(WINDOW);

  public static final ConnectorOption<String> BILLING_PROJECT =
      ConnectorOption.string(
              "billing_project",
              "Project that pays for queries and reads; else that of the pipeline, else the"
                  + " table's.")
          .withPattern("([a-z0-9.-]+:)?[a-z0-9][a-z0-9-]{4,28}[a-z0-9]")
          .withGroup(CONNECTION);

  public static final ConnectorOption<String> LOCATION =
      ConnectorOption.string(
              "location",
              "Location of the data of a query, such as EU; else that of the dataset, else where"
                  + " BigQuery finds the query's tables.")
          .withPattern("[A-Za-z0-9-]+")
          .withGroup(CONNECTION);

  public static final ConnectorOption<String> ENDPOINT =
      ConnectorOption.string(
              "endpoint",
              "Address of BigQuery's REST API where it is not Google's, such as an emulator's; else"
                  + " --bigQueryEndpoint. One of http:// gets no credentials.")
          .withPattern("https?://[^/\\s]+/?")
          .withExample("http://localhost:9050/")
          .withGroup(CONNECTION);

  public static final ConnectorOption<String> STORAGE_ENDPOINT =
      ConnectorOption.string(
              "storage_endpoint",
              "Address of the Storage Read API where it is not Google's. One of http:// is not"
                  + " encrypted and gets no credentials.")
          .withPattern("https?://[^/\\s]+/?")
          .withExample("http://localhost:9060")
          .withGroup(CONNECTION);

  private BigQuerySourceOptions() {}

  static List<ConnectorOption<?>> all() {
    return List.of(
        PROJECT,
        DATASET,
        TABLE,
        QUERY,
        READ_METHOD,
        EXPORT_LOCATION,
        SERVER_SIDE,
        RESULT_DATASET,
        MAXIMUM_BYTES_BILLED,
        LONGEST_WRITE,
        CURSOR_TIMEZONE,
        BILLING_PROJECT,
        LOCATION,
        ENDPOINT,
        STORAGE_ENDPOINT);
  }
}
