package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.Table;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType.Kind;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.Staging;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.spi.error.DestinationException;
import io.deltaflow.spi.error.RefusedRunException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Compares what was read with what was staged, before anything is published. */
final class Verifier {
  private static final int MOST_EXAMPLES = 3;

  private final BigQueryApi api;
  private final Jobs jobs;
  private final RunPlan run;
  private final Staging staging;

  Verifier(BigQueryApi api, Jobs jobs, RunPlan run, Staging staging) {
    this.api = api;
    this.jobs = jobs;
    this.run = run;
    this.staging = staging;
  }

  void verify() {
    if (staging.rows() != staging.expectedRows()) {
      throw new DestinationException(
          "the load jobs wrote "
              + staging.rows()
              + " rows and the run's files hold "
              + staging.expectedRows()
              + "; nothing was published");
    }
    long stored = staging.tables().stream().mapToLong(this::rows).sum();
    if (stored != staging.expectedRows()) {
      throw new DestinationException(
          "the staging tables "
              + String.join(", ", staging.tables())
              + " hold "
              + stored
              + " rows and the run's files "
              + staging.expectedRows()
              + "; nothing was published");
    }
    if (run.writeDisposition() == WriteDisposition.WRITE_MERGE && stored > 0) {
      List<Column> keys = MergeKeys.of(run);
      refuseNullKeys(keys);
      refuseDuplicateKeys(keys);
    }
  }

  private long rows(String name) {
    Table table =
        api.table(TableName.parse(name))
            .orElseThrow(
                () ->
                    new DestinationException(
                        "the staging table "
                            + name
                            + " is gone: it expired or was dropped; nothing was published; run"
                            + " again"));
    return table.getNumRows() == null ? 0 : table.getNumRows().longValueExact();
  }

  private void refuseNullKeys(List<Column> keys) {
    String counts =
        keys.stream()
            .map(k -> "COUNTIF(" + k.loadName() + " IS NULL)")
            .collect(Collectors.joining(", "));
    List<Object> nulls =
        jobs.query("SELECT " + counts + " FROM (\n" + staged(keys) + "\n)", "check the merge keys")
            .get(0);
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      long n = Cells.number(nulls.get(i));
      if (n > 0) {
        problems.add(n + " rows where '" + keys.get(i).field() + "' is NULL");
      }
    }
    if (!problems.isEmpty()) {
      throw new RefusedRunException(
          "--merge_keys: the source has "
              + String.join(" and ", problems)
              + ", and NULL matches no row; nothing was published; name columns that are never"
              + " NULL");
    }
  }

  /** Of rows with one key the cursor tells the newest; where it does not, one would be lost. */
  private void refuseDuplicateKeys(List<Column> keys) {
    List<Column> columns = new ArrayList<>(keys);
    MergeKeys.cursor(run).filter(c -> !columns.contains(c)).ifPresent(columns::add);
    String names = columns.stream().map(Column::loadName).collect(Collectors.joining(", "));
    List<List<Object>> found =
        jobs.query(
            String.format(
                Locale.ROOT,
                "SELECT %s, COUNT(*) AS n FROM (\n"
                    + "%s\n"
                    + ")\n"
                    + "GROUP BY %s HAVING COUNT(*) > 1\n"
                    + "ORDER BY n DESC, %s\n"
                    + "LIMIT %d",
                shown(columns),
                staged(columns),
                names,
                names,
                MOST_EXAMPLES),
            "look for repeated merge keys");
    if (!found.isEmpty()) {
      throw new RefusedRunException(
          "--merge_keys: several rows of the source have the same "
              + columns.stream().map(Column::field).collect(Collectors.joining(", "))
              + (run.cursor() == null
                  ? ", and without Smart Sync's cursor none is newer: "
                  : ", and of rows with the same keys only the cursor '"
                      + run.cursor()
                      + "' tells which is newer: ")
              + found.stream().map(Verifier::example).collect(Collectors.joining("; "))
              + "; nothing was published; name columns that identify a row");
    }
  }

  /** For people: instants come as seconds otherwise. */
  private static String shown(List<Column> columns) {
    return columns.stream()
        .map(
            c ->
                c.type().kind() == Kind.TIMESTAMP
                    ? "CAST(" + c.loadName() + " AS STRING)"
                    : c.loadName())
        .collect(Collectors.joining(", "));
  }

  private static String example(List<Object> row) {
    return row.subList(0, row.size() - 1).stream()
            .map(String::valueOf)
            .collect(Collectors.joining(", ", "(", ")"))
        + " "
        + row.get(row.size() - 1)
        + " times";
  }

  private String staged(List<Column> keys) {
    String names = keys.stream().map(Column::loadName).collect(Collectors.joining(", "));
    return staging.tables().stream()
        .map(t -> "  SELECT " + names + " FROM " + TableName.parse(t).sql())
        .collect(Collectors.joining("\n  UNION ALL\n"));
  }
}
