package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.JobConfigurationLoad;
import com.google.api.services.bigquery.model.JobStatistics3;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableSchema;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Loads files into a table, all of them or nothing. */
final class LoadJob {
  private static final int MAX_URIS = 10_000;
  private static final int ATTEMPTS = 5;

  private final Warehouse warehouse;
  private final JobConfigurationLoad load;
  private final List<ObjectStore.Stored> files;
  private final boolean avro;
  private final EmulatedJob job;

  LoadJob(
      Warehouse warehouse,
      JobConfigurationLoad load,
      List<ObjectStore.Stored> files,
      EmulatedJob job) {
    this.job = job;
    this.warehouse = warehouse;
    this.load = load;
    this.files = files;
    this.avro = "AVRO".equals(load.getSourceFormat());
  }

  /** What jobs.insert refuses at once. */
  static void check(JobConfigurationLoad load, boolean uploaded) {
    if (load.getDestinationTable() == null) {
      throw BigQueryError.invalid("Required parameter is missing: destinationTable");
    }
    int uris = load.getSourceUris() == null ? 0 : load.getSourceUris().size();
    if (uris == 0 && !uploaded) {
      throw BigQueryError.invalid("Load configuration must specify at least one source URI");
    }
    if (uris > MAX_URIS) {
      throw BigQueryError.invalid(
          "Too many source URIs: " + uris + ". The limit is " + MAX_URIS + ".");
    }
    String format = load.getSourceFormat() == null ? "CSV" : load.getSourceFormat();
    if (!Set.of("AVRO", "NEWLINE_DELIMITED_JSON").contains(format)) {
      throw BigQueryError.unsupported(
          "loading " + format + "; AVRO and NEWLINE_DELIMITED_JSON are");
    }
    if (Boolean.TRUE.equals(load.getAutodetect()) && !format.equals("AVRO")) {
      throw BigQueryError.unsupported("schema auto-detection of " + format);
    }
  }

  /** The files that a load's URIs stand for; notFound when there are none for one of them. */
  static List<ObjectStore.Stored> files(ObjectStore store, List<String> uris) {
    List<ObjectStore.Stored> files = new ArrayList<>();
    for (String uri : uris) {
      List<ObjectStore.Stored> matches;
      try {
        matches = store.match(uri);
      } catch (ApiError e) {
        throw BigQueryError.notFound("Not found: URI " + uri);
      }
      if (matches.isEmpty()) {
        throw BigQueryError.notFound("Not found: URI " + uri);
      }
      files.addAll(matches);
    }
    return files;
  }

  JobStatistics3 run() throws IOException, SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        return attempt();
      } catch (SQLException e) {
        // Another job altered or truncated the same table meanwhile; BigQuery serializes such jobs.
        if (attempt == ATTEMPTS
            || !String.valueOf(e.getMessage()).contains("TransactionContext Error")) {
          throw e;
        }
      }
    }
  }

  private JobStatistics3 attempt() throws IOException, SQLException {
    try (TableWrite write = TableWrite.open(warehouse, request())) {
      JobStatistics3 statistics = new LoadRun(write, rows(write), files, job).run();
      write.commit();
      return statistics;
    }
  }

  private TableWrite.Request request() throws IOException {
    TableSchema given = given();
    boolean truncates = "WRITE_TRUNCATE".equals(load.getWriteDisposition());
    String name = Warehouse.name(load.getDestinationTable());
    LoadSchema schema =
        new LoadSchema(
            name, load, avro && load.getSchema() == null ? types()::loads : String::equals);
    Table wanted =
        new Table()
            .setTableReference(load.getDestinationTable())
            .setTimePartitioning(load.getTimePartitioning())
            .setRangePartitioning(load.getRangePartitioning())
            .setClustering(load.getClustering());
    return new TableWrite.Request(
        wanted,
        load.getCreateDisposition(),
        Optional.ofNullable(load.getWriteDisposition()).orElse("WRITE_APPEND"),
        existing -> schema.resolve(given, existing, truncates));
  }

  /** The job's own schema or, for Avro, that of the last file. */
  private TableSchema given() throws IOException {
    if (load.getSchema() != null || !avro) {
      return load.getSchema();
    }
    ObjectStore.Stored last = files.get(files.size() - 1);
    try {
      return types().infer(AvroFiles.schemaOf(last.file()));
    } catch (LoadError e) {
      throw LoadRun.error(e, last);
    }
  }

  private LoadedFile rows(TableWrite write) {
    boolean ignoresUnknown = Boolean.TRUE.equals(load.getIgnoreUnknownValues());
    int badRecords = load.getMaxBadRecords() == null ? 0 : load.getMaxBadRecords();
    return avro
        ? new AvroFiles(types(), write.schema(), ignoresUnknown)
        : new JsonFiles(write.schema(), ignoresUnknown, badRecords);
  }

  private AvroSchemas types() {
    List<String> decimals = load.getDecimalTargetTypes();
    return new AvroSchemas(
        Boolean.TRUE.equals(load.getUseAvroLogicalTypes()),
        decimals == null || decimals.isEmpty() ? List.of("NUMERIC") : decimals);
  }
}
