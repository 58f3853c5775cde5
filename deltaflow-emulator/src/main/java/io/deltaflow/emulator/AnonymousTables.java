package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Dataset;
import com.google.api.services.bigquery.model.DatasetReference;
import com.google.api.services.bigquery.model.TableReference;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Names for the tables that hold the results of queries without a destination, in hidden datasets.
 */
final class AnonymousTables {
  static final long LIFETIME_MILLIS = 3600L * 1000;

  private static final int SWEEP_EACH = 100;

  private final Warehouse warehouse;
  private final AtomicLong made = new AtomicLong();

  AnonymousTables(Warehouse warehouse) {
    this.warehouse = warehouse;
  }

  TableReference next(String project, String location) {
    String dataset = "_results_" + location.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "_");
    try {
      warehouse.dataset(project, dataset);
      if (made.incrementAndGet() % SWEEP_EACH == 0) {
        warehouse.tables(project, dataset); // Finds the expired ones, and so drops them.
      }
    } catch (BigQueryError absent) {
      create(project, dataset, location);
    }
    return new TableReference()
        .setProjectId(project)
        .setDatasetId(dataset)
        .setTableId(Jobs.newId("anon"));
  }

  private void create(String project, String dataset, String location) {
    try {
      warehouse.createDataset(
          new Dataset()
              .setDatasetReference(
                  new DatasetReference().setProjectId(project).setDatasetId(dataset))
              .setLocation(location)
              .setDefaultTableExpirationMs(LIFETIME_MILLIS));
    } catch (BigQueryError e) {
      if (!e.reason().equals("duplicate")) {
        throw e;
      }
    }
  }
}
