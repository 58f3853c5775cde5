package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Dataset;
import com.google.api.services.bigquery.model.DatasetList;
import com.google.api.services.bigquery.model.DatasetReference;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** BigQuery's datasets. */
final class DatasetsApi {
  private static final String DATASETS = "/projects/{project}/datasets";
  private static final String DATASET = DATASETS + "/{dataset}";
  private static final Set<String> READ_ONLY =
      Set.of(
          "kind",
          "etag",
          "id",
          "selfLink",
          "datasetReference",
          "creationTime",
          "lastModifiedTime",
          "location");

  private final Warehouse warehouse;

  DatasetsApi(Warehouse warehouse) {
    this.warehouse = warehouse;
  }

  void addTo(Routes routes) {
    routes
        .add("GET", DATASETS, this::list)
        .add("POST", DATASETS, this::insert)
        .add("GET", DATASET, r -> WireResponse.json(get(r)))
        .add("DELETE", DATASET, this::delete)
        .add("PATCH", DATASET, this::change)
        .add("PUT", DATASET, this::change)
        .add(
            "GET",
            "/projects/{project}/serviceAccount",
            r ->
                WireResponse.json(
                    Map.of(
                        "kind",
                        "bigquery#getServiceAccountResponse",
                        "email",
                        "emulator@" + r.variable("project") + ".iam.gserviceaccount.com")));
  }

  private WireResponse list(WireRequest request) {
    List<DatasetList.Datasets> datasets =
        warehouse.datasets(request.variable("project")).stream()
            .filter(
                d -> request.flag("all") || !d.getDatasetReference().getDatasetId().startsWith("_"))
            .map(DatasetsApi::listed)
            .collect(Collectors.toList());
    DatasetList list =
        new DatasetList().setKind("bigquery#datasetList").setEtag(Warehouse.newEtag());
    return WireResponse.json(datasets.isEmpty() ? list : list.setDatasets(datasets));
  }

  private static DatasetList.Datasets listed(Dataset dataset) {
    return new DatasetList.Datasets()
        .setKind("bigquery#dataset")
        .setId(dataset.getId())
        .setDatasetReference(dataset.getDatasetReference())
        .setLabels(dataset.getLabels())
        .setFriendlyName(dataset.getFriendlyName())
        .setLocation(dataset.getLocation());
  }

  private WireResponse insert(WireRequest request) throws IOException {
    Dataset wanted = request.json(Dataset.class);
    DatasetReference reference = wanted.getDatasetReference();
    if (reference == null) {
      throw BigQueryError.invalid("Required parameter is missing: datasetReference");
    }
    return WireResponse.json(
        warehouse.createDataset(
            wanted
                .clone()
                .setDatasetReference(reference.clone().setProjectId(request.variable("project")))));
  }

  private Dataset get(WireRequest request) {
    return warehouse.dataset(request.variable("project"), request.variable("dataset"));
  }

  private WireResponse delete(WireRequest request) {
    Etags.check(request, get(request).getEtag());
    warehouse.dropDataset(
        request.variable("project"), request.variable("dataset"), request.flag("deleteContents"));
    return WireResponse.empty(204);
  }

  private WireResponse change(WireRequest request) throws IOException {
    Etags.check(request, get(request).getEtag());
    Dataset wanted = request.json(Dataset.class);
    return WireResponse.json(
        warehouse.updateDataset(
            request.variable("project"),
            request.variable("dataset"),
            dataset -> Patches.apply(wanted, dataset, READ_ONLY, request.method().equals("PUT"))));
  }
}
