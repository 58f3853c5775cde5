package io.deltaflow.emulator;

import com.google.api.services.storage.model.Bucket;
import com.google.api.services.storage.model.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Buckets and objects: resources in memory, contents in files. An object appears whole or not at
 * all, and conditions are checked in the same step. Thread-safe.
 */
final class ObjectStore implements AutoCloseable {
  /** As Cloud Storage's rules, without those about dots. */
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]");

  /** An object's resource, and the file of its content. */
  record Stored(StorageObject resource, Path file) {}

  private record Contents(Bucket resource, ConcurrentSkipListMap<String, Stored> objects) {}

  private final Path directory;
  private final boolean bucketsOnDemand;
  private final ConcurrentSkipListMap<String, Contents> buckets = new ConcurrentSkipListMap<>();
  private final AtomicLong files = new AtomicLong();
  private final AtomicLong generations = new AtomicLong(System.currentTimeMillis() * 1000);

  ObjectStore(Path directory, boolean bucketsOnDemand) {
    this.directory = directory;
    this.bucketsOnDemand = bucketsOnDemand;
  }

  // Buckets

  Bucket createBucket(Bucket resource) {
    String name = resource.getName();
    if (name == null || !BUCKET.matcher(name).matches()) {
      throw new ApiError("invalid", "Invalid bucket name: '" + name + "'");
    }
    Bucket bucket = StorageResources.bucket(resource);
    Contents contents = new Contents(bucket, new ConcurrentSkipListMap<>());
    if (buckets.putIfAbsent(name, contents) != null) {
      throw new ApiError(
          "conflict",
          "Your previous request to create the named bucket succeeded and you already own it.");
    }
    return bucket;
  }

  Bucket bucket(String name) {
    return contents(name).resource();
  }

  List<Bucket> buckets() {
    List<Bucket> all = new ArrayList<>();
    buckets.values().forEach(c -> all.add(c.resource()));
    return all;
  }

  void deleteBucket(String name) {
    Contents contents = contents(name);
    if (!contents.objects().isEmpty()) {
      throw new ApiError("conflict", "The bucket you tried to delete is not empty.");
    }
    buckets.remove(name);
  }

  private Contents contents(String bucket) {
    Contents contents = buckets.get(bucket);
    if (contents == null && bucketsOnDemand && BUCKET.matcher(bucket).matches()) {
      contents =
          buckets.computeIfAbsent(
              bucket,
              b ->
                  new Contents(
                      StorageResources.bucket(new Bucket().setName(b)),
                      new ConcurrentSkipListMap<>()));
    }
    if (contents == null) {
      throw new ApiError("notFound", "The specified bucket does not exist.");
    }
    return contents;
  }

  // Objects

  /** A new, empty file that may become an object's content. */
  Path newFile() throws IOException {
    return Files.createFile(directory.resolve("object-" + files.incrementAndGet()));
  }

  /**
   * Makes the file the object's content; the file is the store's from here on, or deleted if
   * refused.
   */
  StorageObject put(StorageObject metadata, Path file, Preconditions conditions)
      throws IOException {
    try {
      StorageObject resource = StorageResources.describe(metadata, file);
      Contents contents = contents(metadata.getBucket());
      synchronized (contents) {
        Stored old = contents.objects().get(metadata.getName());
        conditions.check(old);
        StorageResources.stamp(resource, generations.incrementAndGet());
        contents.objects().put(metadata.getName(), new Stored(resource, file));
        if (old != null) {
          Files.deleteIfExists(old.file());
        }
      }
      return resource;
    } catch (ApiError e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  Optional<Stored> find(String bucket, String name) {
    return Optional.ofNullable(contents(bucket).objects().get(name));
  }

  Stored get(String bucket, String name, Preconditions conditions) {
    Contents contents = contents(bucket);
    Stored stored = contents.objects().get(name);
    if (stored == null) {
      throw noSuchObject(bucket, name);
    }
    conditions.check(stored);
    return stored;
  }

  /** Replaces the resource, not the content. */
  StorageObject update(
      String bucket, String name, Preconditions conditions, UnaryOperator<StorageObject> change) {
    Contents contents = contents(bucket);
    synchronized (contents) {
      Stored stored = get(bucket, name, conditions);
      StorageObject changed = change.apply(stored.resource().clone());
      contents.objects().put(name, new Stored(changed, stored.file()));
      return changed;
    }
  }

  void delete(String bucket, String name, Preconditions conditions) throws IOException {
    Contents contents = contents(bucket);
    synchronized (contents) {
      Stored stored = get(bucket, name, conditions);
      contents.objects().remove(name);
      Files.deleteIfExists(stored.file());
    }
  }

  /** The objects from a name on, in the order of their names. */
  NavigableMap<String, Stored> from(String bucket, String name) {
    return contents(bucket).objects().tailMap(name, true);
  }

  InputStream open(Stored stored) throws IOException {
    return Files.newInputStream(stored.file());
  }

  static ApiError noSuchObject(String bucket, String name) {
    return new ApiError("notFound", "No such object: " + bucket + "/" + name);
  }

  /** Objects by gs:// URI, with at most one wildcard, in the order of their names. */
  List<Stored> match(String uri) {
    GcsUri parsed = GcsUri.parse(uri);
    int star = parsed.object().indexOf('*');
    if (star < 0) {
      return find(parsed.bucket(), parsed.object()).map(List::of).orElse(List.of());
    }
    String prefix = parsed.object().substring(0, star);
    String suffix = parsed.object().substring(star + 1);
    List<Stored> matches = new ArrayList<>();
    for (Map.Entry<String, Stored> entry : from(parsed.bucket(), prefix).entrySet()) {
      String name = entry.getKey();
      if (!name.startsWith(prefix)) {
        break;
      }
      if (name.length() >= star + suffix.length() && name.endsWith(suffix)) {
        matches.add(entry.getValue());
      }
    }
    return matches;
  }

  @Override
  public void close() {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + directory, e);
    }
  }
}
