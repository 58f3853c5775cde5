package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.Table;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.Staging;
import io.deltaflow.spi.error.InternalException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What quality checks ask of all rows of a run together. */
final class StagedFacts {
  private final Jobs jobs;
  private final RunPlan run;
  private final BigQueryPlan plan;
  private final StagedRows staged;
  private final boolean empty;

  StagedFacts(Jobs jobs, RunPlan run, Staging staging) {
    this.jobs = jobs;
    this.run = run;
    this.plan = (BigQueryPlan) run.target();
    this.staged = new StagedRows(plan, staging);
    this.empty = staging.tables().isEmpty();
  }

  private Column column(String field) {
    return plan.columns().stream()
        .filter(c -> c.field().equals(field))
        .findFirst()
        .orElseThrow(() -> new InternalException("the plan has no column '" + field + "'"));
  }

  /** Whether a table has the column of a field. */
  boolean isIn(String field, Table table) {
    return FieldSchemas.of(table).stream()
        .anyMatch(f -> f.getName().equalsIgnoreCase(column(field).name()));
  }

  /** How many combinations of values without NULL are in more than one row. */
  long repeated(List<String> fields) {
    if (empty) {
      return 0;
    }
    List<Column> columns = fields.stream().map(this::column).toList();
    String names = columns.stream().map(Column::loadName).collect(Collectors.joining(", "));
    String present =
        columns.stream()
            .map(c -> c.loadName() + " IS NOT NULL")
            .collect(Collectors.joining(" AND "));
    return Cells.number(
        ask(
            String.format(
                Locale.ROOT,
                "SELECT COUNT(*) FROM (\n  SELECT %s FROM (\n%s\n  )\n  WHERE %s\n  GROUP BY %s\n"
                    + "  HAVING COUNT(*) > 1\n)",
                names,
                staged.of("    ", columns),
                present,
                names)));
  }

  /**
   * How old the newest value is by BigQuery's clock; of the target too, unless its rows are
   * replaced.
   *
   * @param target where its rows are; empty when they are replaced, or there are none
   */
  Optional<Duration> age(String field, Optional<TableName> target) {
    Column column = column(field);
    List<String> parts = new ArrayList<>();
    if (!empty) {
      parts.add(
          "  SELECT MAX(CAST("
              + column.loadName()
              + " AS TIMESTAMP)) AS df_newest FROM (\n"
              + staged.of("    ", List.of(column))
              + "\n  )");
    }
    target.ifPresent(
        t ->
            parts.add(
                "  SELECT MAX(CAST("
                    + Sql.name(column.name())
                    + " AS TIMESTAMP)) AS df_newest FROM "
                    + t.sql()));
    if (parts.isEmpty()) {
      return Optional.empty();
    }
    Object micros =
        ask(
            "SELECT TIMESTAMP_DIFF(CURRENT_TIMESTAMP(), MAX(df_newest), MICROSECOND) FROM (\n"
                + String.join("\n  UNION ALL\n", parts)
                + "\n)");
    return Optional.ofNullable(micros).map(m -> Duration.of(Cells.number(m), ChronoUnit.MICROS));
  }

  private Object ask(String sql) {
    return jobs.query(sql, "check the rows of the run " + run.runId()).get(0).get(0);
  }
}
