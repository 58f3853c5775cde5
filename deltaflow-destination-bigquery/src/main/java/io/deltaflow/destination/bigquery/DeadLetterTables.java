package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableSchema;
import com.google.api.services.bigquery.model.TimePartitioning;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.DeadLetterTable;
import io.deltaflow.destination.LoadFile;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.List;

/** The table of rows that a run keeps out of the target. */
final class DeadLetterTables {
  private final BigQueryApi api;
  private final Tables tables;
  private final RunPlan run;

  DeadLetterTables(BigQueryApi api, Tables tables, RunPlan run) {
    this.api = api;
    this.tables = tables;
    this.run = run;
  }

  private TableName name() {
    return tables.deadLetters(run.deadLetters().orElseThrow().table());
  }

  /** Makes the table when it is absent; refuses one that is used for something else. */
  void create() {
    if (run.deadLetters().isEmpty()) {
      return;
    }
    TableName name = name();
    api.table(name).ifPresentOrElse(found -> check(name, found), () -> create(name));
  }

  /** Refuses a table that is used for something else. */
  void check() {
    if (run.deadLetters().isPresent()) {
      api.table(name()).ifPresent(found -> check(name(), found));
    }
  }

  private void create(TableName name) {
    api.createTable(
        name,
        new Table()
            .setDescription("DeltaFlow: rows that did not fit " + tables.target() + ".")
            .setTimePartitioning(new TimePartitioning().setType("DAY").setField("recorded_at"))
            .setSchema(new TableSchema().setFields(fields())));
  }

  private static List<TableFieldSchema> fields() {
    return DeadLetterTable.COLUMNS.stream()
        .map(c -> FieldSchemas.of(c.name(), c.type().kind()))
        .toList();
  }

  private static void check(TableName name, Table found) {
    List<String> missing =
        DeadLetterTable.COLUMNS.stream()
            .filter(c -> FieldSchemas.of(found).stream().noneMatch(f -> isOf(f, c)))
            .map(c -> c.name() + " " + c.type().kind())
            .toList();
    if (!missing.isEmpty()) {
      throw new ConfigurationException(
          "--dead_letter_table: the table "
              + name
              + " exists and is none for dead letters, since it has no "
              + String.join(", ", missing)
              + "; name another");
    }
  }

  private static boolean isOf(TableFieldSchema field, Column column) {
    return field.getName().equalsIgnoreCase(column.name())
        && FieldSchemas.kind(field).filter(k -> k == column.type().kind()).isPresent();
  }

  /**
   * By jobs with ids of the run's own, each of which adds its files wholly or not, and once.
   *
   * @param batch part of the ids
   * @return the table
   */
  TableName load(String batch, List<LoadFile> files, Jobs jobs) {
    for (Loader.Part part : Loader.parts(files, Loader.MOST_FILES, Loader.MOST_BYTES)) {
      jobs.complete(
          Jobs.id(run.runId(), "dead_" + batch, part.number()),
          "load " + part.rows() + " dead letters into " + name(),
          part.configuration(name(), "WRITE_APPEND"));
    }
    return name();
  }
}
