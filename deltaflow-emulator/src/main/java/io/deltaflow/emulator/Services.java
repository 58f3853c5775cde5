package io.deltaflow.emulator;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Sends each call to the API that answers it. */
final class Services implements Routes.Handler {
  private final Routes routes = new Routes();

  Services(Warehouse warehouse, ObjectStore store, Queries queries, Jobs jobs) {
    JobStarter starter = new JobStarter(warehouse, store, queries, jobs);
    new StorageApi(store).addTo(routes);
    new StorageUploads(store).addTo(routes);
    new Discovery(warehouse).addTo(routes);
    new DatasetsApi(warehouse).addTo(routes);
    new TablesApi(warehouse).addTo(routes);
    new JobsApi(jobs, starter, new TableRows(warehouse)).addTo(routes);
    new JobUploads(store, starter).addTo(routes);
    Batch batch = new Batch(this);
    for (String path : List.of("/batch", "/batch/storage/v1", "/batch/bigquery/v2")) {
      routes.add("POST", path, batch::handle);
    }
  }

  @Override
  public WireResponse handle(WireRequest request) throws IOException {
    // Some clients put two slashes where an endpoint and a path meet.
    String path = BigQueryPaths.bare(request.path().replaceAll("^/{2,}", "/"));
    return routes
        .answer(request.with(path, Map.of()))
        .orElseThrow(
            () ->
                new ApiError(
                    "notFound", "No such method: " + request.method() + " " + request.path()));
  }
}
