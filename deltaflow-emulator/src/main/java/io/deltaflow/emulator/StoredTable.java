package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Table;

/** A table's resource and the relation of its rows. The resource is never changed in place. */
final class StoredTable {
  /** Row and byte counts, and the etag of the state that they were counted in. */
  record Counts(String etag, long rows, long bytes) {}

  private volatile Table resource;
  private volatile String relation;
  private volatile Counts counts;

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

  /** The counts of the present state; null when they have to be made. */
  Counts counts() {
    Counts known = counts;
    return known != null && known.etag().equals(resource.getEtag()) ? known : null;
  }

  void counts(Counts made) {
    this.counts = made;
  }

  void resource(Table changed) {
    this.resource = changed;
  }

  void relation(String changed) {
    this.relation = changed;
  }
}
