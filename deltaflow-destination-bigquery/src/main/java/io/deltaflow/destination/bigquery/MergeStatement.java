package io.deltaflow.destination.bigquery;

import io.deltaflow.destination.Column;
import io.deltaflow.destination.RunPlan;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The MERGE of the staged rows: of a key the newest, where there is a cursor to tell, and never
 * over a newer one in the target. A staged row without a cursor wins: it is what the source holds
 * now.
 */
final class MergeStatement {
  // Aliases that are no column's name, since a column of the same name would hide them.
  static final String TARGET = "df_target";
  static final String STAGED = "df_staged";

  /** The staged rows before some are chosen. */
  static final String ROW = "df_row";

  private final RunPlan run;
  private final StagedRows rows;
  private final String target;
  private final List<Column> keys;

  MergeStatement(RunPlan run, StagedRows rows, String target) {
    this.run = run;
    this.rows = rows;
    this.target = target;
    this.keys = MergeKeys.of(run);
  }

  /** All rows, into the whole table. */
  String text() {
    return "MERGE INTO "
        + target
        + " AS df_target\nUSING (\n"
        + newest("  ")
        + beforeCondition()
        + afterCondition();
  }

  /** Up to where rows may be chosen by a join and a WHERE that speak of {@link #ROW}. */
  String beforeChoice() {
    return "MERGE INTO "
        + target
        + " AS df_target\nUSING (\n  SELECT df_row.* FROM (\n"
        + newest("    ")
        + "\n  ) AS df_row";
  }

  /** From there to the end of the conditions on the keys. */
  String beforeCondition() {
    return "\n) AS df_staged\nON " + sameKeys(TARGET, STAGED);
  }

  /** What is done with the rows. */
  String afterCondition() {
    return String.format(
        Locale.ROOT,
        """

        %sWHEN NOT MATCHED THEN
          INSERT (%s)
          VALUES (%s)\
        """,
        whenMatched(),
        run.target().columns().stream()
            .map(c -> Sql.name(c.name()))
            .collect(Collectors.joining(", ")),
        run.target().columns().stream()
            .map(c -> STAGED + "." + c.loadName())
            .collect(Collectors.joining(", ")));
  }

  /** A row of the target and a staged one have the same keys. */
  String sameKeys(String inTarget, String staged) {
    return keys.stream()
        .map(k -> inTarget + "." + Sql.name(k.name()) + " = " + staged + "." + k.loadName())
        .collect(Collectors.joining(" AND "));
  }

  private String newest(String indent) {
    return MergeKeys.cursor(run)
        .map(c -> rows.newest(indent, keys, c))
        .orElseGet(() -> rows.all(indent));
  }

  private String whenMatched() {
    String set =
        run.target().columns().stream()
            .filter(c -> !keys.contains(c))
            .map(c -> Sql.name(c.name()) + " = " + STAGED + "." + c.loadName())
            .collect(Collectors.joining(",\n    "));
    if (set.isEmpty()) {
      return "";
    }
    String newer = MergeKeys.cursor(run).map(MergeStatement::isNewer).orElse("");
    return "WHEN MATCHED" + newer + " THEN\n  UPDATE SET\n    " + set + "\n";
  }

  private static String isNewer(Column cursor) {
    String staged = STAGED + "." + cursor.loadName();
    String inTarget = TARGET + "." + Sql.name(cursor.name());
    return String.format(
        Locale.ROOT,
        " AND (%s >= %s OR %s IS NULL OR %s IS NULL)",
        staged,
        inTarget,
        staged,
        inTarget);
  }
}
