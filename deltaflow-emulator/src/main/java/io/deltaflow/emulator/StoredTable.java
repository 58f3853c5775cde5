package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Table;

/** A table's resource and the relation of its rows. The resource is never changed in place. */
final class StoredTable {
  private volatile Table resource;
  private volatile String relation;

  StoredTable(Table resource, String relation) {
    this.resource = resource;
    this.relation = relation;
  }

  Table resource() {
    return resource;
  }

  /** The quoted name of the DuckDB relation. */
  String relation() {
    return relation;
  }

  void resource(Table changed) {
    this.resource = changed;
  }

  void relation(String changed) {
    this.relation = changed;
  }
}
