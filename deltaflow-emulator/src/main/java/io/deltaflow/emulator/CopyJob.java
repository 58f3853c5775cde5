package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.JobConfigurationTableCopy;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableReference;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Copies tables into one. */
final class CopyJob {
  private final Warehouse warehouse;
  private final JobConfigurationTableCopy copy;

  CopyJob(Warehouse warehouse, JobConfigurationTableCopy copy) {
    this.warehouse = warehouse;
    this.copy = copy;
  }

  /** What jobs.insert refuses at once. */
  static void check(JobConfigurationTableCopy copy) {
    if (copy.getDestinationTable() == null) {
      throw BigQueryError.invalid("Required parameter is missing: destinationTable");
    }
    if (sources(copy).isEmpty()) {
      throw BigQueryError.invalid("Required parameter is missing: sourceTables");
    }
    String operation = copy.getOperationType();
    if (operation != null && !operation.equals("COPY")) {
      throw BigQueryError.unsupported("the copy operation " + operation);
    }
  }

  private static List<TableReference> sources(JobConfigurationTableCopy copy) {
    if (copy.getSourceTables() != null) {
      return copy.getSourceTables();
    }
    return copy.getSourceTable() == null ? List.of() : List.of(copy.getSourceTable());
  }

  void run() throws SQLException {
    List<Table> sources = sources(copy).stream().map(this::existing).collect(Collectors.toList());
    Table first = sources.get(0);
    for (Table source : sources) {
      if (!Warehouse.layout(source).equals(Warehouse.layout(first))) {
        throw BigQueryError.invalid(
            "The schemas of "
                + Warehouse.name(first.getTableReference())
                + " and "
                + Warehouse.name(source.getTableReference())
                + " differ; both cannot be copied into one table.");
      }
    }
    try (TableWrite write = TableWrite.open(warehouse, request(first));
        Statement statement = write.session().createStatement()) {
      String columns =
          first.getSchema().getFields().stream()
              .map(TableFieldSchema::getName)
              .map(StorageTypes::quote)
              .collect(Collectors.joining(", "));
      for (Table source : sources) {
        statement.execute(
            "INSERT INTO "
                + write.relation()
                + " ("
                + columns
                + ") SELECT "
                + columns
                + " FROM "
                + warehouse.storageName(source.getTableReference()));
      }
      write.commit();
    }
  }

  private TableWrite.Request request(Table first) {
    Table wanted =
        new Table()
            .setTableReference(copy.getDestinationTable())
            .setTimePartitioning(first.getTimePartitioning())
            .setRangePartitioning(first.getRangePartitioning())
            .setClustering(first.getClustering())
            .setDescription(first.getDescription());
    String disposition = Optional.ofNullable(copy.getWriteDisposition()).orElse("WRITE_EMPTY");
    boolean appends = !disposition.equals("WRITE_TRUNCATE");
    return new TableWrite.Request(
        wanted,
        copy.getCreateDisposition(),
        disposition,
        existing -> {
          if (appends
              && existing.isPresent()
              && !Warehouse.layout(existing.get()).equals(Warehouse.layout(first))) {
            throw BigQueryError.invalid(
                "Provided Schema does not match Table "
                    + Warehouse.name(copy.getDestinationTable())
                    + ".");
          }
          return first.getSchema();
        });
  }

  private Table existing(TableReference reference) {
    return warehouse
        .find(reference)
        .filter(t -> t.getSchema() != null)
        .orElseThrow(() -> BigQueryError.notFound("Not found: Table " + Warehouse.name(reference)));
  }
}
