package io.deltaflow.emulator;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One resumable upload into a file: chunks arrive in order, any of them perhaps twice. */
final class ResumableUpload {
  private static final Pattern CHUNK = Pattern.compile("bytes (\\d+)-(\\d+)/(\\d+|\\*)");
  private static final Pattern QUERY = Pattern.compile("bytes \\*/(\\d+|\\*)");

  /** Takes the whole file. */
  interface Completion {
    WireResponse complete(WireRequest request, Path file) throws IOException;
  }

  private final Path file;
  private final Completion completion;
  private WireResponse completed;

  ResumableUpload(Path file, Completion completion) {
    this.file = file;
    this.completion = completion;
  }

  synchronized WireResponse receive(WireRequest request) throws IOException {
    if (completed != null) {
      return completed;
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
    if (!total.equals(String.valueOf(Files.size(file)))) {
      return more();
    }
    completed = completion.complete(request, file);
    return completed;
  }

  private void append(InputStream body, long first, long last) throws IOException {
    try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      if (first > out.size()) {
        throw new ApiError(
            "invalid",
            "Upload has " + out.size() + " bytes; a chunk cannot begin at " + first + ".");
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

  private WireResponse more() throws IOException {
    long size = Files.size(file);
    WireResponse incomplete = WireResponse.empty(308);
    return size == 0 ? incomplete : incomplete.header("Range", "bytes=0-" + (size - 1));
  }

  synchronized void cancel() throws IOException {
    if (completed == null) {
      Files.deleteIfExists(file);
    }
  }
}
