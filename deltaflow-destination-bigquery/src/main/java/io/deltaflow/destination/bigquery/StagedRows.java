package io.deltaflow.destination.bigquery;

import io.deltaflow.destination.Column;
import io.deltaflow.destination.Staging;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * SQL that selects what was staged, converted to the target's types, under the load columns' names.
 */
final class StagedRows {
  private final BigQueryPlan plan;
  private final Staging staging;

  StagedRows(BigQueryPlan plan, Staging staging) {
    this.plan = plan;
    this.staging = staging;
  }

  /** All rows. */
  String all(String indent) {
    return of(indent, plan.columns());
  }

  /** Some columns of all rows. */
  String of(String indent, List<Column> columnsOfRows) {
    List<String> selected = new ArrayList<>();
    for (int i = 0; i < plan.columns().size(); i++) {
      if (columnsOfRows.contains(plan.columns().get(i))) {
        String loadName = plan.columns().get(i).loadName();
        String expression = plan.expressions().get(i);
        selected.add(expression.equals(loadName) ? loadName : expression + " AS " + loadName);
      }
    }
    String columns = String.join(", ", selected);
    return staging.tables().stream()
        .map(t -> indent + "SELECT " + columns + " FROM " + TableName.parse(t).sql())
        .collect(Collectors.joining("\n" + indent + "UNION ALL\n"));
  }

  /** Of several rows with the same key, that with the largest cursor. */
  String newest(String indent, List<Column> keys, Column cursor) {
    return String.format(
        Locale.ROOT,
        """
        %sSELECT * FROM (
        %s
        %s)
        %sWHERE TRUE
        %sQUALIFY ROW_NUMBER() OVER (PARTITION BY %s ORDER BY %s DESC) = 1\
        """,
        indent,
        all(indent + "  "),
        indent,
        indent,
        indent,
        keys.stream().map(Column::loadName).collect(Collectors.joining(", ")),
        cursor.loadName());
  }

  /** Those of a selection that satisfy a condition. */
  static String where(String indent, String selection, String condition) {
    return condition.equals("TRUE")
        ? selection
        : indent
            + "SELECT * FROM (\n"
            + selection
            + "\n"
            + indent
            + ")\n"
            + indent
            + "WHERE "
            + condition;
  }
}
