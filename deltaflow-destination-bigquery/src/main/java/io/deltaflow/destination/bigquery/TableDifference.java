package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** What changes when one table takes another's place. */
final class TableDifference {
  private TableDifference() {}

  /**
   * One line per column and for the layout; empty when rows of one can be written to the other as
   * they are.
   */
  static List<String> of(Table before, Table after) {
    List<String> lines = new ArrayList<>();
    Map<String, String> old = columns(before);
    Map<String, String> made = columns(after);
    made.forEach(
        (name, type) -> {
          String was = old.remove(name);
          if (was == null) {
            lines.add("add column " + type);
          } else if (!was.equals(type)) {
            lines.add("change column " + was + " to " + type);
          }
        });
    old.values().forEach(type -> lines.add("drop column " + type));
    if (!sameLayout(before, after)) {
      lines.add("change the layout from " + layout(before) + " to " + layout(after));
    }
    return lines;
  }

  /** Whether partitioning and clustering are the same. */
  static boolean sameLayout(Table before, Table after) {
    return layout(before).equals(layout(after));
  }

  private static Map<String, String> columns(Table table) {
    Map<String, String> columns = new LinkedHashMap<>();
    if (table.getSchema() != null && table.getSchema().getFields() != null) {
      for (TableFieldSchema f : table.getSchema().getFields()) {
        columns.put(f.getName().toLowerCase(Locale.ROOT), FieldSchemas.signature(List.of(f)));
      }
    }
    return columns;
  }

  private static String layout(Table table) {
    String partitioning = "no partitioning";
    if (table.getTimePartitioning() != null) {
      partitioning =
          "partitioning by "
              + Objects.requireNonNullElse(table.getTimePartitioning().getType(), "DAY")
              + " of "
              + Objects.requireNonNullElse(
                  table.getTimePartitioning().getField(), "ingestion time");
    } else if (table.getRangePartitioning() != null) {
      partitioning = "partitioning by ranges of " + table.getRangePartitioning().getField();
    }
    return partitioning
        + (table.getClustering() == null
            ? ""
            : " and clustering by " + String.join(", ", table.getClustering().getFields()));
  }
}
