package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableReference;
import java.util.Optional;

/**
 * The tables that exist, as the query engine sees them. Rows are stored in DuckDB, one relation per
 * table, columns by {@link StorageTypes}; metadata is BigQuery's own resource. Thread-safe.
 */
interface TableCatalog {
  /** The table's resource (a copy), or empty. Throws notFound when the dataset does not exist. */
  Optional<Table> find(TableReference reference);

  /** The quoted name of the DuckDB relation that holds the rows of an existing table. */
  String storageName(TableReference reference);

  /** Creates an empty table; duplicate when it exists. Used by tables.insert and by DDL. */
  Table create(Table resource);

  /** Drops the table and its rows; notFound when it is absent. */
  void drop(TableReference reference);

  /** Records that rows of the table changed: new etag, last modified time, row and byte counts. */
  void touched(TableReference reference);
}
