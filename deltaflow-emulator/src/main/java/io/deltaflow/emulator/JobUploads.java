package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Job;
import com.google.api.services.storage.model.StorageObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Load jobs whose file comes with the call. */
final class JobUploads {
  private static final String PATH = "/upload/bigquery/v2/projects/{project}/jobs";

  private final ObjectStore store;
  private final JobStarter starter;
  private final UploadSessions sessions = new UploadSessions();

  JobUploads(ObjectStore store, JobStarter starter) {
    this.store = store;
    this.starter = starter;
  }

  void addTo(Routes routes) {
    for (String path : List.of(PATH, "/resumable" + PATH)) {
      routes
          .add("POST", path, this::post)
          .add("PUT", path, sessions::receive)
          .add("DELETE", path, sessions::cancel);
    }
  }

  private WireResponse post(WireRequest request) throws IOException {
    String project = request.variable("project");
    switch (request.parameter("uploadType").orElse("")) {
      case "multipart":
        List<Multipart.Part> parts = Multipart.two(request);
        Path file = store.newFile();
        Files.write(file, parts.get(1).content());
        return load(project, Json.parse(parts.get(0).content(), Job.class), file);
      case "resumable":
        Job job = request.json(Job.class);
        return sessions.start(
            request,
            new ResumableUpload(store.newFile(), (last, content) -> load(project, job, content)));
      default:
        throw new ApiError("invalid", "Unknown uploadType: " + request.query().get("uploadType"));
    }
  }

  private WireResponse load(String project, Job job, Path file) throws IOException {
    StorageObject described =
        StorageResources.describe(StorageApi.named("upload", file.getFileName().toString()), file);
    return WireResponse.json(
        starter.start(project, job, List.of(new ObjectStore.Stored(described, file))).resource());
  }
}
