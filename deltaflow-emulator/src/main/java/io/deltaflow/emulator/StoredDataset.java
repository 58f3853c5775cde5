package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Dataset;
import java.util.concurrent.ConcurrentSkipListMap;

/** A dataset's resource and its tables by id. */
final class StoredDataset {
  private volatile Dataset resource;
  private final ConcurrentSkipListMap<String, StoredTable> tables = new ConcurrentSkipListMap<>();

  StoredDataset(Dataset resource) {
    this.resource = resource;
  }

  Dataset resource() {
    return resource;
  }

  void resource(Dataset changed) {
    this.resource = changed;
  }

  ConcurrentSkipListMap<String, StoredTable> tables() {
    return tables;
  }
}
