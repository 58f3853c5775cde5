package io.deltaflow.emulator;

import com.google.api.services.storage.model.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One resumable upload: chunks arrive in order, any of them perhaps twice. */
final class ResumableUpload {
  private static final Pattern CHUNK = Pattern.compile("bytes (\\d+)-(\\d+)/(\\d+|\\*)");
  private static final Pattern QUERY = Pattern.compile("bytes \\*/(\\d+|\\*)");

  private final ObjectStore store;
  private final StorageObject metadata;
  private final Preconditions conditions;
  private final Path file;
  private StorageObject finished;

  ResumableUpload(ObjectStore store, StorageObject metadata, Preconditions conditions)
      throws IOException {
    this.store = store;
    this.metadata = metadata;
    this.conditions = conditions;
    this.file = store.newFile();
  }

  synchronized WireResponse receive(WireRequest request) throws IOException {
    if (finished != null) {
      return StorageApi.linked(request, finished);
    }
    String range = request.header("content-range").orElse("");
    Matcher query = QUERY.matcher(range);
    Matcher chunk = CHUNK.matcher(range);
    String total;
    if (query.matches()) {
      total = query.group(1);
    } else if (chunk.matches()) {
      append(request.body(), Long.parseLong(chunk.group(1)), Long.parseLong(chunk.group(2)));
      total = chunk.group(3);
    } else if (range.isEmpty()) {
      append(request.body(), 0, Long.MAX_VALUE);
      total = String.valueOf(Files.size(file));
    } else {
      throw new ApiError("invalid", "Invalid Content-Range: " + range);
    }
    return total.equals(String.valueOf(Files.size(file))) ? finish(request) : more();
  }

  private void append(InputStream body, long first, long last) throws IOException {
    try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      if (first > out.size()) {
        throw new ApiError(
            "invalid", "Upload has " + out.size() + " bytes; a chunk cannot begin at " + first + ".");
      }
      out.truncate(first);
      out.position(first);
      try (var sink = Channels.newOutputStream(out)) {
        long n = body.transferTo(sink);
        if (last != Long.MAX_VALUE && n > last - first + 1) {
          throw new ApiError("invalid", "The chunk is longer than its Content-Range says.");
        }
      }
    }
  }

  private WireResponse finish(WireRequest request) throws IOException {
    finished = store.put(metadata, file, conditions);
    return StorageApi.linked(request, finished);
  }

  private WireResponse more() throws IOException {
    long size = Files.size(file);
    WireResponse incomplete = WireResponse.empty(308);
    return size == 0 ? incomplete : incomplete.header("Range", "bytes=0-" + (size - 1));
  }

  synchronized void cancel() throws IOException {
    if (finished == null) {
      Files.deleteIfExists(file);
    }
  }
}
