package io.deltaflow;

import io.deltaflow.destination.CreateDisposition;
import io.deltaflow.destination.SchemaEvolution;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.spi.ConnectorOption;
import java.time.Duration;
import java.util.List;

/** The options of a run that belong to no connector. Each is declared here and nowhere else. */
public final class SyncOptions {
  private static final String READING = "Reading";
  private static final String WRITING = "Writing";
  private static final String SMART_SYNC = "Smart Sync";
  private static final String TABLE = "Destination table";
  private static final String ROWS = "Transformations and checks";
  private static final String BAD_ROWS = "Bad rows";
  private static final String RUN = "Run";

  public static final ConnectorOption<List<String>> DATA_SOURCE =
      ConnectorOption.list(
              "data_source",
              "The connector to read with, or several, separated by commas: their rows are merged"
                  + " into one table, whose columns are those of all sources.")
          .withGroup(READING)
          .withExample("postgresql,mongodb");

  public static final ConnectorOption<String> SOURCE_TABLE_FOR_SCHEMA =
      ConnectorOption.string(
              "source_table_for_schema",
              "The source's table, such as public.orders; read when the connector names no table or"
                  + " query of its own.")
          .withGroup(READING)
          .withExample("public.orders");

  public static final ConnectorOption<String> SOURCE_CONFIG =
      ConnectorOption.json(
              "source_config",
              "Options of connectors that the template's metadata does not declare: a JSON object"
                  + " of flag names and values.")
          .withGroup(READING)
          .withExample("{\"acme_host\": \"db.example.com\"}");

  public static final ConnectorOption<String> SOURCE_COLUMN =
      ConnectorOption.string(
              "source_column",
              "Add a column of this name to the destination, with the connector that each row was"
                  + " read with; for tables that several sources are merged into. It is one of the"
                  + " merge keys unless merge_keys says otherwise; without it rows of two sources"
                  + " with the same key replace each other.")
          .withPattern("[a-zA-Z_][a-zA-Z0-9_]*")
          .withGroup(READING)
          .withExample("_source");

  public static final ConnectorOption<Long> BATCH_SIZE =
      ConnectorOption.integer(
              "batch_size", "Rows to fetch at a time where the source fetches by rows.")
          .withDefault(1000L)
          .withGroup(READING);

  public static final ConnectorOption<Long> SPLITS =
      ConnectorOption.integer(
              "splits",
              "Into how many splits to cut a source at least, where it can be; 0 leaves it to the"
                  + " source.")
          .withDefault(0L)
          .withGroup(READING);

  public static final ConnectorOption<WriteDisposition> WRITE_DISPOSITION =
      ConnectorOption.enumeration(
              "write_disposition",
              WriteDisposition.class,
              "What happens to the rows that the destination holds: WRITE_APPEND adds,"
                  + " WRITE_TRUNCATE replaces all, WRITE_EMPTY refuses a table with rows,"
                  + " WRITE_MERGE replaces rows with the same merge keys. With Smart Sync"
                  + " WRITE_APPEND adds every version of a row that it meets; a copy of the source"
                  + " needs WRITE_MERGE.")
          .withDefault(WriteDisposition.WRITE_APPEND)
          .withGroup(WRITING);

  public static final ConnectorOption<List<String>> MERGE_KEYS =
      ConnectorOption.list(
              "merge_keys",
              "Columns that identify a row for WRITE_MERGE; the source's primary key when not"
                  + " given.")
          .withGroup(WRITING)
          .withExample("id");

  public static final ConnectorOption<CreateDisposition> CREATE_DISPOSITION =
      ConnectorOption.enumeration(
              "create_disposition",
              CreateDisposition.class,
              "Whether the destination table may be created.")
          .withDefault(CreateDisposition.CREATE_IF_NEEDED)
          .withGroup(WRITING);

  public static final ConnectorOption<Boolean> ALLOW_EMPTY =
      ConnectorOption.bool(
              "allow_empty",
              "Whether WRITE_TRUNCATE may replace all rows by none when the source is empty.")
          .withDefault(false)
          .withGroup(WRITING);

  public static final ConnectorOption<Boolean> ENABLE_SMART_SYNC =
      ConnectorOption.bool(
              "enable_smart_sync", "Read only what is new since the last published run.")
          .withDefault(false)
          .withGroup(SMART_SYNC);

  public static final ConnectorOption<String> SMART_SYNC_TIMESTAMP_COLUMN =
      ConnectorOption.string(
              "smart_sync_timestamp_column",
              "The cursor: a column that grows with every insert and update; a timestamp, a date or"
                  + " a whole number.")
          .withDefault("updated_at")
          .withGroup(SMART_SYNC);

  public static final ConnectorOption<Boolean> SYNC_ALL_ON_EMPTY_TABLE =
      ConnectorOption.bool(
              "sync_all_on_empty_table",
              "Whether a run into an empty or absent table reads all of history, not just the"
                  + " fallback window.")
          .withDefault(true)
          .withGroup(SMART_SYNC);

  public static final ConnectorOption<Long> FALLBACK_DAYS =
      ConnectorOption.integer(
              "fallback_days",
              "How many days back a first run reads when it does not read all of history.")
          .withDefault(1L)
          .withGroup(SMART_SYNC);

  public static final ConnectorOption<Long> SMART_SYNC_FALLBACK_HOURS =
      ConnectorOption.integer(
              "smart_sync_fallback_hours", "The same in hours; wins over fallback_days when given.")
          .withGroup(SMART_SYNC)
          .withExample("24");

  public static final ConnectorOption<Duration> SMART_SYNC_LAG =
      ConnectorOption.duration(
              "smart_sync_lag",
              "Keep the window's end this far behind the source's clock: for cursors that"
                  + " applications stamp, and for standbys.")
          .withDefault(Duration.ZERO)
          .withGroup(SMART_SYNC);

  public static final ConnectorOption<Duration> SMART_SYNC_OVERLAP =
      ConnectorOption.duration(
              "smart_sync_overlap",
              "Read this much before the last window's end again: for rows that appear late. Needs"
                  + " WRITE_MERGE.")
          .withDefault(Duration.ZERO)
          .withGroup(SMART_SYNC);

  public static final ConnectorOption<Duration> SMART_SYNC_MAX_HOLD =
      ConnectorOption.duration(
              "smart_sync_max_hold",
              "How long an open transaction of the source may hold the window back before the run"
                  + " warns of it.")
          .withDefault(Duration.ofHours(1))
          .withGroup(SMART_SYNC);

  public static final ConnectorOption<NullCursor> SMART_SYNC_NULL_CURSOR =
      ConnectorOption.enumeration(
              "smart_sync_null_cursor",
              NullCursor.class,
              "Rows whose cursor is NULL are in no window: fail the run, include them in every run"
                  + " (needs WRITE_MERGE) or exclude them. Upper or lower case.")
          .withDefault(NullCursor.FAIL)
          .withGroup(SMART_SYNC);

  public static final ConnectorOption<WatermarkStore> WATERMARK_STORE =
      ConnectorOption.enumeration(
              "watermark_store",
              WatermarkStore.class,
              "Where a run learns how far the last one came: from the state table (state), or from"
                  + " the largest cursor in the destination (destination), which is refused where"
                  + " other writes make it unsafe, unless WRITE_MERGE and smart_sync_overlap are"
                  + " given. Upper or lower case.")
          .withDefault(WatermarkStore.STATE)
          .withGroup(SMART_SYNC);

  public static final ConnectorOption<String> SYNC_ID =
      ConnectorOption.string(
              "sync_id",
              "The name under which the destination keeps this sync's watermark; made of source and"
                  + " destination when not given.")
          .withGroup(SMART_SYNC);

  public static final ConnectorOption<String> ACCEPT_SOURCE_SYSTEM =
      ConnectorOption.string(
              "accept_source_system",
              "The identifier of the source's system to go on with, although the last run read from"
                  + " another: after an upgrade or a move that kept the data. The run that refuses"
                  + " the new system names it.")
          .withGroup(SMART_SYNC)
          .withExample("7312345678901234567");

  public static final ConnectorOption<Boolean> ENABLE_AUTO_SCHEMA =
      ConnectorOption.bool(
              "enable_auto_schema",
              "Take the destination table's schema from the source's: create it when it is absent,"
                  + " and let schema_evolution change it.")
          .withDefault(true)
          .withGroup(TABLE);

  public static final ConnectorOption<SchemaEvolution> SCHEMA_EVOLUTION =
      ConnectorOption.enumeration(
              "schema_evolution",
              SchemaEvolution.class,
              "What happens when the source's columns are no longer those of the table: ADDITIVE"
                  + " adds columns, widens types where BigQuery can, and lets columns be NULL; NONE"
                  + " leaves the table's schema as it is. What does not fit then is refused before"
                  + " anything is read. A table that this sync has not published into yet is"
                  + " changed only when this is given. Upper or lower case.")
          .withDefault(SchemaEvolution.ADDITIVE)
          .withGroup(TABLE);

  public static final ConnectorOption<String> PARTITION_FIELD =
      ConnectorOption.string(
              "partition_field",
              "The column to partition a new table by, day by day; without partitioning, and with a"
                  + " warning, when the source does not have it.")
          .withDefault("updated_at")
          .withGroup(TABLE);

  public static final ConnectorOption<List<String>> CLUSTERING_FIELDS =
      ConnectorOption.list("clustering_fields", "Up to four columns to cluster a new table by.")
          .withGroup(TABLE)
          .withExample("customer_id,status");

  public static final ConnectorOption<List<String>> VALUE_POLICIES =
      ConnectorOption.list(
              "value_policies",
              "What to do, column by column, with values that do not fit: fail the run (the"
                  + " default unless max_bad_records is above 0), round numbers with too many"
                  + " digits after the point, string to carry the whole column as text, or"
                  + " dead_letter to keep the row out (the default when max_bad_records is above"
                  + " 0).")
          .withGroup(BAD_ROWS)
          .withExample("price=round,born=string");

  public static final ConnectorOption<String> TRANSFORMATION_CONFIG =
      ConnectorOption.json(
              "transformation_config",
              "What to do with each row, as JSON: field_mappings, type_conversions, default_values,"
                  + " value_transformations and calculated_fields, in this order; see"
                  + " transformations.md.")
          .withGroup(ROWS)
          .withExample("{\"field_mappings\": {\"cust\": \"customer_id\"}}");

  public static final ConnectorOption<String> QUALITY_CHECKS =
      ConnectorOption.json(
              "quality_checks",
              "What the rows must satisfy, as a JSON list of checks, each with the action warn,"
                  + " dead_letter or fail; see transformations.md.")
          .withGroup(ROWS)
          .withExample("[{\"check\": \"not_null\", \"column\": \"id\"}]");

  public static final ConnectorOption<Long> MAX_BAD_RECORDS =
      ConnectorOption.integer(
              "max_bad_records",
              "How many rows a run may keep out of the destination as dead letters, because a value"
                  + " does not fit, a quality check says so or the destination refuses them. With"
                  + " more it publishes nothing; with 0 the first such row fails it.")
          .withDefault(0L)
          .withGroup(BAD_ROWS);

  public static final ConnectorOption<String> DEAD_LETTER_TABLE =
      ConnectorOption.string(
              "dead_letter_table",
              "Where dead letters go: a table of the destination's dataset, or dataset.table in the"
                  + " same location. Its name is the destination's with _dead_letters when not"
                  + " given.")
          .withPattern("([a-zA-Z0-9_]+\\.)?[a-zA-Z0-9_]+")
          .withGroup(BAD_ROWS)
          .withExample("orders_dead_letters");

  public static final ConnectorOption<Boolean> DELETE_EXISTING_TABLE =
      ConnectorOption.bool(
              "delete_existing_table",
              "Replace the destination table, its schema too, by what this run reads; a run that"
                  + " fails leaves it as it was.")
          .withDefault(false)
          .withGroup(TABLE);

  public static final ConnectorOption<Long> MAX_RETRIES =
      ConnectorOption.integer(
              "max_retries", "Tries of an operation that failed for a passing reason.")
          .withDefault(3L)
          .withGroup(RUN);

  public static final ConnectorOption<String> REPORT =
      ConnectorOption.string(
              "report",
              "A file for the run's report as JSON; on remote runners one that workers can write,"
                  + " gs://...")
          .withGroup(RUN)
          .withExample("gs://bucket/reports/orders.json");

  public static final ConnectorOption<Boolean> DRY_RUN =
      ConnectorOption.bool(
              "dry_run",
              "Plan and print, write nothing, and end: what the run would do, and whether it would"
                  + " fail.")
          .withDefault(false)
          .withGroup(RUN);

  private static final List<ConnectorOption<?>> ALL =
      List.of(
          DATA_SOURCE,
          SOURCE_TABLE_FOR_SCHEMA,
          SOURCE_CONFIG,
          SOURCE_COLUMN,
          BATCH_SIZE,
          SPLITS,
          WRITE_DISPOSITION,
          MERGE_KEYS,
          CREATE_DISPOSITION,
          ALLOW_EMPTY,
          ENABLE_SMART_SYNC,
          SMART_SYNC_TIMESTAMP_COLUMN,
          SYNC_ALL_ON_EMPTY_TABLE,
          FALLBACK_DAYS,
          SMART_SYNC_FALLBACK_HOURS,
          SMART_SYNC_LAG,
          SMART_SYNC_OVERLAP,
          SMART_SYNC_MAX_HOLD,
          SMART_SYNC_NULL_CURSOR,
          WATERMARK_STORE,
          SYNC_ID,
          ACCEPT_SOURCE_SYSTEM,
          ENABLE_AUTO_SCHEMA,
          SCHEMA_EVOLUTION,
          PARTITION_FIELD,
          CLUSTERING_FIELDS,
          TRANSFORMATION_CONFIG,
          QUALITY_CHECKS,
          VALUE_POLICIES,
          MAX_BAD_RECORDS,
          DEAD_LETTER_TABLE,
          DELETE_EXISTING_TABLE,
          MAX_RETRIES,
          REPORT,
          DRY_RUN);

  private SyncOptions() {}

  /** What to do with rows whose cursor is NULL. */
  public enum NullCursor {
    FAIL,
    INCLUDE,
    EXCLUDE
  }

  /** Where the lower edge of a window comes from. */
  public enum WatermarkStore {
    STATE,
    DESTINATION
  }

  /** What to do with a value that does not fit its column. */
  public enum ValuePolicy {
    FAIL,
    ROUND,
    STRING,
    /** The row is kept out of the destination, and kept for people. */
    DEAD_LETTER
  }

  /** All of them, in the order of the documentation. */
  public static List<ConnectorOption<?>> all() {
    return ALL;
  }
}
