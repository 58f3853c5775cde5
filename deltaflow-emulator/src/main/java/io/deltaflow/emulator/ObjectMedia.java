package io.deltaflow.emulator;

import com.google.api.services.storage.model.StorageObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An object's content, whole or one range of it. */
final class ObjectMedia {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d*)-(\\d*)");

  private ObjectMedia() {}

  static WireResponse read(WireRequest request, ObjectStore.Stored stored) throws IOException {
    // Opened before the answer begins: a replaced object's file is deleted, and stays readable only
    // to who has it.
    FileChannel file = FileChannel.open(stored.file(), StandardOpenOption.READ);
    long size = file.size();
    Matcher range = RANGE.matcher(request.header("range").orElse(""));
    if (!range.matches()) {
      return described(
          new WireResponse(200, Map.of(), size, out -> send(file, 0, size, out)), stored);
    }
    long[] bounds = bounds(range, size);
    if (bounds[0] >= size) {
      file.close();
      return new ApiError(
              "requestedRangeNotSatisfiable", "The requested range cannot be satisfied.")
          .response()
          .header("Content-Range", "bytes */" + size);
    }
    long length = bounds[1] - bounds[0] + 1;
    WireResponse part =
        new WireResponse(206, Map.of(), length, out -> send(file, bounds[0], length, out));
    return described(part, stored)
        .header("Content-Range", "bytes " + bounds[0] + "-" + bounds[1] + "/" + size);
  }

  private static long[] bounds(Matcher range, long size) {
    if (range.group(1).isEmpty()) {
      long suffix = range.group(2).isEmpty() ? 0 : Long.parseLong(range.group(2));
      return new long[] {Math.max(0, size - suffix), size - 1};
    }
    long first = Long.parseLong(range.group(1));
    long last = range.group(2).isEmpty() ? size - 1 : Long.parseLong(range.group(2));
    return new long[] {first, Math.min(last, size - 1)};
  }

  private static WireResponse described(WireResponse response, ObjectStore.Stored stored) {
    StorageObject object = stored.resource();
    return response
        .header("Content-Type", object.getContentType())
        .header("Accept-Ranges", "bytes")
        .header("ETag", object.getEtag())
        .header("x-goog-generation", String.valueOf(object.getGeneration()))
        .header("x-goog-metageneration", String.valueOf(object.getMetageneration()))
        .header("x-goog-stored-content-length", String.valueOf(object.getSize()))
        .header("x-goog-stored-content-encoding", "identity")
        .header("x-goog-storage-class", "STANDARD")
        .header("x-goog-hash", "crc32c=" + object.getCrc32c() + ",md5=" + object.getMd5Hash());
  }

  private static void send(FileChannel file, long from, long length, OutputStream out)
      throws IOException {
    try (file) {
      WritableByteChannel target = Channels.newChannel(out);
      ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
      long at = from;
      long end = from + length;
      while (at < end) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
        int n = file.read(buffer, at);
        if (n < 0) {
          throw new IOException("The object's file ended early");
        }
        target.write(buffer.flip());
        at += n;
      }
    }
  }
}
