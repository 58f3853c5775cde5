package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.TableReference;
import java.io.Serializable;

/** A table's full name. */
record TableName(String project, String dataset, String table) implements Serializable {
  /** The inverse of {@link #toString}; a project may hold dots. */
  static TableName parse(String text) {
    int table = text.lastIndexOf('.');
    int dataset = text.lastIndexOf('.', table - 1);
    if (dataset < 1) {
      throw new IllegalArgumentException("'" + text + "' is not project.dataset.table");
    }
    return new TableName(
        text.substring(0, dataset), text.substring(dataset + 1, table), text.substring(table + 1));
  }

  TableReference reference() {
    return new TableReference().setProjectId(project).setDatasetId(dataset).setTableId(table);
  }

  /** Quoted for GoogleSQL. */
  String sql() {
    return Sql.name(project) + "." + Sql.name(dataset) + "." + Sql.name(table);
  }

  @Override
  public String toString() {
    return project + "." + dataset + "." + table;
  }
}
