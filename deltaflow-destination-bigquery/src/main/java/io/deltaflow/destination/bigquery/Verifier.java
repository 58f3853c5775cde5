package io.deltaflow.destination.bigquery;

import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType.Kind;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.SourceProgress;
import io.deltaflow.destination.Staging;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.error.DestinationException;
import io.deltaflow.spi.error.RefusedRunException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compares what was read with what was staged, before anything is published, and learns from the
 * staged rows what the publish needs, all by one query.
 */
final class Verifier {
  private static final int MOST_EXAMPLES = 3;

  private final Jobs jobs;
  private final RunPlan run;
  private final Staging staging;
  private final List<Column> keys;
  private final Optional<Column> cursor;
  private final Optional<CursorKind> counted;
  private final Optional<PartitionChunks> chunks;

  Verifier(Jobs jobs, Tables tables, RunPlan run, Staging staging) {
    this.jobs = jobs;
    this.run = run;
    this.staging = staging;
    boolean isMerge = run.writeDisposition() == WriteDisposition.WRITE_MERGE;
    this.keys = isMerge ? MergeKeys.of(run) : List.of();
    this.cursor = MergeKeys.cursor(run);
    this.counted =
        // Of several sources' rows the largest tells nothing of each.
        (run.sources().size() > 1 ? Stream.<SourceProgress>empty() : run.sources().stream())
            .flatMap(source -> source.window().stream())
            .map(window -> window.hi().kind())
            .findFirst()
            .filter(kind -> cursor.isPresent());
    this.chunks = PartitionChunks.of((BigQueryPlan) run.target(), staging.rows(), tables.target());
  }

  Staging verify() {
    requireAll("the load jobs wrote", staging.rows());
    // The commit counts the rows again anyway.
    boolean isCountEnough = keys.isEmpty() && counted.isEmpty() && chunks.isEmpty();
    return isCountEnough || staging.rows() == 0 ? staging : verified(answers());
  }

  private void requireAll(String what, long rows) {
    if (rows != staging.expectedRows()) {
      throw new DestinationException(
          what
              + " "
              + rows
              + " rows and the run's files hold "
              + staging.expectedRows()
              + "; nothing was published");
    }
  }

  /**
   * @param answers in the order of {@link #query}
   */
  private Staging verified(Iterator<Object> answers) {
    requireAll(
        "the staging tables " + String.join(", ", staging.tables()) + " hold",
        Cells.number(answers.next()));
    if (!keys.isEmpty()) {
      refuseNullKeys(answers);
      refuseDuplicateKeys((List<?>) answers.next());
    }
    CursorPosition largest =
        counted
            .map(kind -> CursorMaximum.ofStaged(kind, cursor.orElseThrow(), answers.next()))
            .orElse(null);
    return staging.verified(
        largest,
        chunks
            .map(c -> c.conditions(((List<?>) answers.next()).stream().map(Cells::text).toList()))
            .orElse(List.of()));
  }

  private List<Object> ask(String sql) {
    try {
      return jobs.query(sql, "check the staged rows").get(0);
    } catch (JobFailedException e) {
      if (!e.reply().contains("Not found: Table")) {
        throw e;
      }
      throw new DestinationException(
          "one of the staging tables "
              + String.join(", ", staging.tables())
              + " is gone: it expired or was dropped; nothing was published; run again",
          e);
    }
  }

  private Iterator<Object> answers() {
    return ask(query()).iterator();
  }

  /** Answers one row. */
  String query() {
    List<String> answers = new ArrayList<>();
    answers.add("COUNT(*)");
    keys.forEach(k -> answers.add("COUNTIF(" + k.loadName() + " IS NULL)"));
    if (!keys.isEmpty()) {
      answers.add(repeated());
    }
    counted.ifPresent(kind -> answers.add("MAX(" + cursor.orElseThrow().loadName() + ")"));
    chunks.ifPresent(
        c ->
            answers.add(
                "ARRAY(SELECT DISTINCT df_partition FROM df_staged ORDER BY df_partition LIMIT "
                    + (PartitionChunks.MOST_PER_TABLE + 1)
                    + ")"));
    return String.format(
        Locale.ROOT,
        "WITH df_staged AS (\n%s\n)\nSELECT\n  %s\nFROM df_staged",
        staged(),
        String.join(",\n  ", answers));
  }

  private String staged() {
    Set<String> columns = new LinkedHashSet<>();
    Stream.concat(keys.stream(), cursor.stream()).forEach(c -> columns.add(c.loadName()));
    chunks.ifPresent(c -> columns.add(c.number() + " AS df_partition"));
    return staging.tables().stream()
        .map(t -> "  SELECT " + String.join(", ", columns) + " FROM " + TableName.parse(t).sql())
        .collect(Collectors.joining("\n  UNION ALL\n"));
  }

  private void refuseNullKeys(Iterator<Object> nulls) {
    List<String> problems = new ArrayList<>();
    for (Column key : keys) {
      long n = Cells.number(nulls.next());
      if (n > 0) {
        problems.add(n + " rows where '" + key.field() + "' is NULL");
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
  private List<Column> identity() {
    List<Column> columns = new ArrayList<>(keys);
    cursor.filter(c -> !columns.contains(c)).ifPresent(columns::add);
    return columns;
  }

  private String repeated() {
    String names = identity().stream().map(Column::loadName).collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "ARRAY(SELECT AS STRUCT %s, COUNT(*) AS df_times FROM df_staged GROUP BY %s HAVING COUNT(*)"
            + " > 1 ORDER BY df_times DESC, %s LIMIT %d)",
        shown(),
        names,
        names,
        MOST_EXAMPLES);
  }

  private void refuseDuplicateKeys(List<?> found) {
    if (!found.isEmpty()) {
      throw new RefusedRunException(
          "--merge_keys: several rows of the source have the same "
              + identity().stream().map(Column::field).collect(Collectors.joining(", "))
              + (run.cursor() == null
                  ? ", and without Smart Sync's cursor none is newer: "
                  : ", and of rows with the same keys only the cursor '"
                      + run.cursor()
                      + "' tells which is newer: ")
              + found.stream().map(r -> example((List<?>) r)).collect(Collectors.joining("; "))
              + "; nothing was published; name columns that identify a row");
    }
  }

  /** For people: instants come as numbers otherwise. */
  private String shown() {
    return identity().stream()
        .map(
            c ->
                c.type().kind() == Kind.TIMESTAMP
                    ? "CAST(" + c.loadName() + " AS STRING) AS df_" + c.loadName()
                    : c.loadName())
        .collect(Collectors.joining(", "));
  }

  private static String example(List<?> row) {
    return row.subList(0, row.size() - 1).stream()
            .map(String::valueOf)
            .collect(Collectors.joining(", ", "(", ")"))
        + " "
        + row.get(row.size() - 1)
        + " times";
  }
}
