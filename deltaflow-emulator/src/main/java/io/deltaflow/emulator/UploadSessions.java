package io.deltaflow.emulator;

import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The resumable uploads of one API, by the ids in their URIs. */
final class UploadSessions {
  private final Map<String, ResumableUpload> sessions = new ConcurrentHashMap<>();

  /** Tells the client where to send the content. */
  WireResponse start(WireRequest request, ResumableUpload upload) {
    String id = UUID.randomUUID().toString();
    sessions.put(id, upload);
    return WireResponse.empty(200)
        .header("X-GUploader-UploadID", id)
        .header(
            "Location",
            request.origin() + request.path() + "?uploadType=resumable&upload_id=" + id);
  }

  WireResponse receive(WireRequest request) throws IOException {
    return session(request).receive(request);
  }

  WireResponse cancel(WireRequest request) throws IOException {
    session(request).cancel();
    sessions.remove(request.query().get("upload_id"));
    return WireResponse.empty(499);
  }

  private ResumableUpload session(WireRequest request) {
    ResumableUpload session = sessions.get(request.parameter("upload_id").orElse(""));
    if (session == null) {
      throw new ApiError("notFound", "No such upload: " + request.query().get("upload_id"));
    }
    return session;
  }
}
