package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.ProjectList;
import com.google.api.services.bigquery.model.ProjectReference;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** What clients without a generated library, such as {@code bq}, ask for first. */
final class Discovery {
  private final Warehouse warehouse;
  private final String document;

  Discovery(Warehouse warehouse) {
    this.warehouse = warehouse;
    try (InputStream in = Discovery.class.getResourceAsStream("bigquery-v2.json")) {
      document = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("bigquery-v2.json is not in the library", e);
    }
  }

  void addTo(Routes routes) {
    for (String path : List.of("/discovery/v1/apis/bigquery/v2/rest", "/$discovery/rest")) {
      routes.add("GET", path, this::describe);
    }
    routes.add("GET", "/projects", r -> projects());
  }

  private WireResponse describe(WireRequest request) {
    byte[] here = document.replace("{root}", request.origin()).getBytes(StandardCharsets.UTF_8);
    return WireResponse.bytes(200, "application/json; charset=UTF-8", here);
  }

  /** The projects that have datasets. */
  private WireResponse projects() {
    List<ProjectList.Projects> projects =
        warehouse.projects().stream()
            .map(
                id ->
                    new ProjectList.Projects()
                        .setKind("bigquery#project")
                        .setId(id)
                        .setFriendlyName(id)
                        .setProjectReference(new ProjectReference().setProjectId(id)))
            .collect(Collectors.toList());
    return WireResponse.json(
        new ProjectList()
            .setKind("bigquery#projectList")
            .setEtag(Warehouse.newEtag())
            .setProjects(projects)
            .setTotalItems(projects.size()));
  }
}
