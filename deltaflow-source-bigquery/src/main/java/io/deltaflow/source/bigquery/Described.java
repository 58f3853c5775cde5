package io.deltaflow.source.bigquery;

import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableSchema;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;

/**
 * What is read, as BigQuery describes it now.
 *
 * @param table null of a query
 * @param location null when it is left to BigQuery
 */
record Described(Target target, Table table, TableSchema columns, String location) {
  static Described find(BigQuerySource source, Warehouse warehouse) {
    Target target = source.target();
    if (target.isTable()) {
      Table table = warehouse.table();
      return new Described(target, table, table.getSchema(), table.getLocation());
    }
    Job job = warehouse.dryRun(target.query());
    String type = job.getStatistics().getQuery().getStatementType();
    if (!"SELECT".equals(type)) {
      throw new ConfigurationException(
          target.flag() + " must be one SELECT; found a statement of the type " + type);
    }
    String location = warehouse.location();
    if (location == null && job.getJobReference() != null) {
      location = job.getJobReference().getLocation();
    }
    return new Described(target, null, job.getStatistics().getQuery().getSchema(), location);
  }

  /**
   * Whether rows are kept under the table's own name, with their history: then the Storage Read API
   * and FOR SYSTEM_TIME AS OF read them as they were. Not those of views, of external tables and of
   * snapshots, which a query reads.
   */
  boolean isStored() {
    return table != null && "TABLE".equals(table.getType());
  }

  Schema schema() {
    return new TypeMapper(target.description()).schema(columns);
  }

  Optional<TableFieldSchema> column(String name) {
    return columns.getFields().stream().filter(c -> c.getName().equalsIgnoreCase(name)).findFirst();
  }

  /**
   * For a FROM clause.
   *
   * @param instant null for the present; what is not stored has no other
   */
  String from(String instant) {
    if (table == null) {
      return "(\n" + target.query() + "\n) AS q";
    }
    return Sql.table(target)
        + (instant == null || !isStored()
            ? ""
            : " FOR SYSTEM_TIME AS OF TIMESTAMP '" + instant + "'");
  }
}
