package io.deltaflow.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
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

/** Small whole files in Beam's file systems. */
final class RunFiles {
  private static final String MIME = "application/octet-stream";

  private RunFiles() {}

  static void write(String path, byte[] content) throws IOException {
    try (WritableByteChannel out =
        FileSystems.create(FileSystems.matchNewResource(path, false), MIME)) {
      writeFully(out, content);
    }
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
    MatchResult match = FileSystems.match(path, EmptyMatchTreatment.ALLOW);
    return !match.metadata().isEmpty();
  }

  static byte[] read(String path) throws IOException {
    ResourceId resource = FileSystems.matchSingleFileSpec(path).resourceId();
    try (InputStream in = Channels.newInputStream(FileSystems.open(resource))) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      in.transferTo(out);
      return out.toByteArray();
    }
  }

  static void delete(List<String> paths) throws IOException {
    List<ResourceId> resources = new ArrayList<>();
    for (String path : paths) {
      resources.add(FileSystems.matchNewResource(path, false));
    }
    FileSystems.delete(resources, StandardMoveOptions.IGNORE_MISSING_FILES);
  }

  /** Everything below a folder, which ends in a slash, except some names. */
  static void deleteFolder(String folder, String except) throws IOException {
    List<ResourceId> resources = new ArrayList<>();
    for (String pattern : List.of("*", "*/*")) {
      for (MatchResult.Metadata file :
          FileSystems.match(folder + pattern, EmptyMatchTreatment.ALLOW).metadata()) {
        if (!except.equals(file.resourceId().getFilename())) {
          resources.add(file.resourceId());
        }
      }
    }
    FileSystems.delete(
        resources.stream().distinct().toList(), StandardMoveOptions.IGNORE_MISSING_FILES);
  }

  private static void writeFully(WritableByteChannel out, byte[] content) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(content);
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
  }
}
