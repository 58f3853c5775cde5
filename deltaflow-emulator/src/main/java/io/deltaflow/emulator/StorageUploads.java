package io.deltaflow.emulator;

import com.google.api.services.storage.model.StorageObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Cloud Storage's three ways to upload: media, multipart, resumable. */
final class StorageUploads {
  private static final String PATH = "/upload/storage/v1/b/{bucket}/o";

  private final ObjectStore store;
  private final UploadSessions sessions = new UploadSessions();

  StorageUploads(ObjectStore store) {
    this.store = store;
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
    switch (request.parameter("uploadType").orElse("")) {
      case "media":
        return media(request);
      case "multipart":
        return multipart(request);
      case "resumable":
        return request.parameter("upload_id").isPresent()
            ? sessions.receive(request)
            : start(request);
      default:
        throw new ApiError("invalid", "Unknown uploadType: " + request.query().get("uploadType"));
    }
  }

  private WireResponse media(WireRequest request) throws IOException {
    StorageObject metadata = metadata(request, new StorageObject());
    request.header("content-type").ifPresent(metadata::setContentType);
    return store(request, metadata, request.body());
  }

  private WireResponse multipart(WireRequest request) throws IOException {
    List<Multipart.Part> parts = Multipart.two(request);
    StorageObject metadata =
        metadata(request, Json.parse(parts.get(0).content(), StorageObject.class));
    String contentType = parts.get(1).headers().get("content-type");
    if (metadata.getContentType() == null) {
      metadata.setContentType(contentType);
    }
    return store(request, metadata, new ByteArrayInputStream(parts.get(1).content()));
  }

  private WireResponse store(WireRequest request, StorageObject metadata, InputStream content)
      throws IOException {
    Path file = store.newFile();
    Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
    return StorageApi.linked(request, store.put(metadata, file, Preconditions.of(request)));
  }

  private WireResponse start(WireRequest request) throws IOException {
    StorageObject metadata = metadata(request, request.json(StorageObject.class));
    if (metadata.getContentType() == null) {
      request.header("x-upload-content-type").ifPresent(metadata::setContentType);
    }
    // An upload that cannot succeed is refused at once, as Cloud Storage does.
    Preconditions conditions = Preconditions.of(request);
    conditions.check(store.find(metadata.getBucket(), metadata.getName()).orElse(null));
    return sessions.start(
        request,
        new ResumableUpload(
            store.newFile(),
            (last, file) -> StorageApi.linked(last, store.put(metadata, file, conditions))));
  }

  private static StorageObject metadata(WireRequest request, StorageObject given) {
    request.parameter("name").ifPresent(given::setName);
    if (given.getName() == null) {
      throw new ApiError("required", "Required: name");
    }
    return given.setBucket(request.variable("bucket"));
  }
}
