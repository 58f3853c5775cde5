package io.deltaflow.emulator;

import com.google.api.services.storage.model.Bucket;
import com.google.api.services.storage.model.Buckets;
import com.google.api.services.storage.model.ComposeRequest;
import com.google.api.services.storage.model.RewriteResponse;
import com.google.api.services.storage.model.StorageObject;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/** Cloud Storage's JSON API, but for uploads. */
final class StorageApi {
  private static final String OBJECT = "/storage/v1/b/{bucket}/o/{object}";

  private final ObjectStore store;

  StorageApi(ObjectStore store) {
    this.store = store;
  }

  void addTo(Routes routes) {
    routes
        .add("GET", "/storage/v1/b", r -> listBuckets())
        .add("POST", "/storage/v1/b", this::insertBucket)
        .add(
            "GET",
            "/storage/v1/b/{bucket}",
            r -> WireResponse.json(store.bucket(r.variable("bucket"))))
        .add(
            "PATCH",
            "/storage/v1/b/{bucket}",
            r -> WireResponse.json(store.bucket(r.variable("bucket"))))
        .add("DELETE", "/storage/v1/b/{bucket}", this::deleteBucket)
        .add("GET", "/storage/v1/b/{bucket}/storageLayout", this::layout)
        .add("GET", "/storage/v1/b/{bucket}/iam/testPermissions", this::testPermissions)
        .add("GET", "/storage/v1/b/{bucket}/o", r -> ObjectListing.list(store, r))
        .add("GET", OBJECT, this::get)
        .add("GET", "/download" + OBJECT, this::get)
        .add("DELETE", OBJECT, this::delete)
        .add("PATCH", OBJECT, r -> update(r, true))
        .add("PUT", OBJECT, r -> update(r, false))
        .add("POST", "/storage/v1/b/{bucket}/o/{object}/compose", this::compose)
        .add("POST", OBJECT + "/copyTo/b/{toBucket}/o/{toObject}", r -> linked(r, copy(r)))
        .add("POST", OBJECT + "/rewriteTo/b/{toBucket}/o/{toObject}", this::rewrite);
  }

  private WireResponse listBuckets() {
    return WireResponse.json(new Buckets().setKind("storage#buckets").setItems(store.buckets()));
  }

  private WireResponse insertBucket(WireRequest request) throws IOException {
    return WireResponse.json(store.createBucket(request.json(Bucket.class)));
  }

  private WireResponse deleteBucket(WireRequest request) {
    store.deleteBucket(request.variable("bucket"));
    return WireResponse.empty(204);
  }

  private WireResponse layout(WireRequest request) {
    Bucket bucket = store.bucket(request.variable("bucket"));
    return WireResponse.json(
        Map.of(
            "kind", "storage#storageLayout",
            "bucket", bucket.getName(),
            "location", bucket.getLocation(),
            "hierarchicalNamespace", Map.of("enabled", false)));
  }

  private WireResponse testPermissions(WireRequest request) {
    store.bucket(request.variable("bucket"));
    return WireResponse.json(
        Map.of(
            "kind",
            "storage#testIamPermissionsResponse",
            "permissions",
            request.parameter("permissions").map(List::of).orElse(List.of())));
  }

  private WireResponse get(WireRequest request) throws IOException {
    ObjectStore.Stored stored =
        store.get(
            request.variable("bucket"), request.variable("object"), Preconditions.of(request));
    boolean media =
        "media".equals(request.query().get("alt")) || request.path().startsWith("/download/");
    return media ? ObjectMedia.read(request, stored) : linked(request, stored.resource());
  }

  private WireResponse delete(WireRequest request) throws IOException {
    store.delete(request.variable("bucket"), request.variable("object"), Preconditions.of(request));
    return WireResponse.empty(204);
  }

  private WireResponse update(WireRequest request, boolean patch) throws IOException {
    StorageObject wanted = request.json(StorageObject.class);
    StorageObject changed =
        store.update(
            request.variable("bucket"),
            request.variable("object"),
            Preconditions.of(request),
            old -> changed(old, wanted, patch));
    return linked(request, changed);
  }

  private static StorageObject changed(StorageObject old, StorageObject wanted, boolean patch) {
    if (wanted.getMetadata() != null || !patch) {
      old.setMetadata(wanted.getMetadata());
    }
    if (wanted.getContentType() != null) {
      old.setContentType(wanted.getContentType());
    }
    long metageneration = old.getMetageneration() + 1;
    return old.setMetageneration(metageneration)
        .setEtag(StorageResources.etag(old.getGeneration(), metageneration));
  }

  private WireResponse rewrite(WireRequest request) throws IOException {
    StorageObject copied = copy(request);
    BigInteger size = copied.getSize();
    return WireResponse.json(
        new RewriteResponse()
            .setKind("storage#rewriteResponse")
            .setDone(true)
            .setObjectSize(size.longValueExact())
            .setTotalBytesRewritten(size.longValueExact())
            .setResource(StorageResources.linked(copied, request.origin())));
  }

  private StorageObject copy(WireRequest request) throws IOException {
    ObjectStore.Stored source =
        store.get(
            request.variable("bucket"),
            request.variable("object"),
            Preconditions.ofSource(request));
    StorageObject given = request.json(StorageObject.class);
    StorageObject metadata =
        named(request.variable("toBucket"), request.variable("toObject"))
            .setContentType(source.resource().getContentType())
            .setMetadata(source.resource().getMetadata());
    if (given.getContentType() != null) {
      metadata.setContentType(given.getContentType());
    }
    if (given.getMetadata() != null) {
      metadata.setMetadata(given.getMetadata());
    }
    Path file = store.newFile();
    Files.copy(source.file(), file, StandardCopyOption.REPLACE_EXISTING);
    return store.put(metadata, file, Preconditions.ofDestination(request));
  }

  private WireResponse compose(WireRequest request) throws IOException {
    ComposeRequest compose = request.json(ComposeRequest.class);
    String bucket = request.variable("bucket");
    StorageObject metadata =
        compose.getDestination() == null ? new StorageObject() : compose.getDestination().clone();
    metadata.setBucket(bucket).setName(request.variable("object"));
    Path file = store.newFile();
    try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
      for (ComposeRequest.SourceObjects source : compose.getSourceObjects()) {
        Files.copy(store.get(bucket, source.getName(), Preconditions.NONE).file(), out);
      }
    }
    StorageObject whole =
        store.put(
            metadata.setComponentCount(compose.getSourceObjects().size()),
            file,
            Preconditions.ofDestination(request));
    return linked(request, whole);
  }

  static StorageObject named(String bucket, String name) {
    return new StorageObject().setBucket(bucket).setName(name);
  }

  static WireResponse linked(WireRequest request, StorageObject object) {
    return WireResponse.json(StorageResources.linked(object, request.origin()));
  }
}
