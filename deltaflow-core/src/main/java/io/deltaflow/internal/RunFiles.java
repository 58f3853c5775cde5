package io.deltaflow.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.CreateOptions.StandardCreateOptions;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.MoveOptions.StandardMoveOptions;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.util.BackOff;
import org.apache.beam.sdk.util.BackOffUtils;
import org.apache.beam.sdk.util.FluentBackoff;
import org.apache.beam.sdk.util.Sleeper;
import org.joda.time.Duration;

/** Files in Beam's file systems; whole small ones are tried again where that may help. */
final class RunFiles {
  private static final String MIME = "application/octet-stream";
  // Ten seconds in all.
  private static final FluentBackoff PATIENCE =
      FluentBackoff.DEFAULT.withInitialBackoff(Duration.millis(200)).withMaxRetries(8);

  private RunFiles() {}

  /** May be called again for the same path; gives everything at once or nothing. */
  private interface Attempt<T> {
    T run() throws IOException;
  }

  private static <T> T patiently(Attempt<T> attempt) throws IOException {
    BackOff backOff = PATIENCE.backoff();
    while (true) {
      try {
        return attempt.run();
      } catch (IOException e) {
        if (!RunFileException.isRateLimit(e) || !next(backOff)) {
          throw e;
        }
      }
    }
  }

  private static boolean next(BackOff backOff) throws IOException {
    try {
      return BackOffUtils.next(Sleeper.DEFAULT, backOff);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** A new file, for its only writer. */
  static WritableByteChannel create(String path) throws IOException {
    return patiently(() -> FileSystems.create(FileSystems.matchNewResource(path, false), MIME));
  }

  static void write(String path, byte[] content) throws IOException {
    patiently(
        () -> {
          try (WritableByteChannel out =
              FileSystems.create(FileSystems.matchNewResource(path, false), MIME)) {
            writeFully(out, content);
          }
          return null;
        });
  }

  /**
   * Writes the file unless it is there.
   *
   * @return the content that the file has now, written by this call or by another
   */
  static byte[] writeOnce(String path, byte[] content) throws IOException {
    ResourceId resource = FileSystems.matchNewResource(path, false);
    if (resource.getScheme().equals("file")) {
      return writeOnceLocally(Path.of(resource.toString()), content);
    }
    return patiently(() -> writeOnce(path, resource, content));
  }

  private static byte[] writeOnce(String path, ResourceId resource, byte[] content)
      throws IOException {
    if (exists(path)) {
      return read(path);
    }
    try (WritableByteChannel out =
        FileSystems.create(
            resource,
            StandardCreateOptions.builder()
                .setMimeType(MIME)
                .setExpectFileToNotExist(true)
                .build())) {
      writeFully(out, content);
    } catch (IOException e) {
      if (exists(path)) {
        return read(path);
      }
      throw e;
    }
    return content;
  }

  private static byte[] writeOnceLocally(Path path, byte[] content) throws IOException {
    Files.createDirectories(path.getParent());
    // A reader must never see half of it: write beside it, then link, which fails when the name is
    // taken.
    Path beside = Files.createTempFile(path.getParent(), "list", ".tmp");
    try {
      Files.write(beside, content, StandardOpenOption.TRUNCATE_EXISTING);
      Files.createLink(path, beside);
      return content;
    } catch (FileAlreadyExistsException e) {
      return Files.readAllBytes(path);
    } finally {
      Files.delete(beside);
    }
  }

  private static boolean exists(String path) throws IOException {
    return !FileSystems.match(path, EmptyMatchTreatment.ALLOW).metadata().isEmpty();
  }

  static ReadableByteChannel open(String path) throws IOException {
    return patiently(() -> FileSystems.open(FileSystems.matchNewResource(path, false)));
  }

  static byte[] read(String path) throws IOException {
    return patiently(
        () -> {
          try (InputStream in = Channels.newInputStream(open(path))) {
            return in.readAllBytes();
          }
        });
  }

  static void delete(List<String> paths) throws IOException {
    List<ResourceId> resources = new ArrayList<>();
    for (String path : paths) {
      resources.add(FileSystems.matchNewResource(path, false));
    }
    deleteAll(resources);
  }

  private static void deleteAll(List<ResourceId> resources) throws IOException {
    patiently(
        () -> {
          FileSystems.delete(resources, StandardMoveOptions.IGNORE_MISSING_FILES);
          return null;
        });
  }

  /** Everything below a folder, which ends in a slash, except some names. */
  static void deleteFolder(String folder, String except) throws IOException {
    List<ResourceId> resources = new ArrayList<>();
    for (String pattern : List.of("*", "*/*")) {
      for (MatchResult.Metadata file :
          patiently(
              () -> FileSystems.match(folder + pattern, EmptyMatchTreatment.ALLOW).metadata())) {
        if (!except.equals(file.resourceId().getFilename())) {
          resources.add(file.resourceId());
        }
      }
    }
    deleteAll(resources.stream().distinct().toList());
  }

  private static void writeFully(WritableByteChannel out, byte[] content) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(content);
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
  }
}
