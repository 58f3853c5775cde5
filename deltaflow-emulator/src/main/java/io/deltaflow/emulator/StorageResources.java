package io.deltaflow.emulator;

import com.google.api.client.util.DateTime;
import com.google.api.services.storage.model.Bucket;
import com.google.api.services.storage.model.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.zip.CRC32C;

/** Fills in what Cloud Storage says about buckets and objects. */
final class StorageResources {
  private StorageResources() {}

  static Bucket bucket(Bucket requested) {
    DateTime now = new DateTime(System.currentTimeMillis());
    Bucket bucket =
        requested
            .clone()
            .setKind("storage#bucket")
            .setId(requested.getName())
            .setProjectNumber(BigInteger.ONE)
            .setMetageneration(1L)
            .setTimeCreated(now)
            .setUpdated(now)
            .setEtag("CAE=");
    if (bucket.getLocation() == null) {
      bucket.setLocation("US").setLocationType("multi-region");
    }
    if (bucket.getStorageClass() == null) {
      bucket.setStorageClass("STANDARD");
    }
    return bucket;
  }

  /**
   * The metadata with size and hashes of the content; refuses a content that does not have the
   * hashes given.
   */
  static StorageObject describe(StorageObject metadata, Path file) throws IOException {
    if (metadata.getName() == null || metadata.getName().isEmpty()) {
      throw new ApiError("required", "Required");
    }
    CRC32C crc = new CRC32C();
    MessageDigest md5 = md5();
    long size = 0;
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        crc.update(buffer, 0, n);
        md5.update(buffer, 0, n);
        size += n;
      }
    }
    String crc32c = base64(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    String md5Hash = base64(md5.digest());
    checkHash("CRC32C", metadata.getCrc32c(), crc32c);
    checkHash("MD5", metadata.getMd5Hash(), md5Hash);
    return metadata.clone().setSize(BigInteger.valueOf(size)).setCrc32c(crc32c).setMd5Hash(md5Hash);
  }

  private static void checkHash(String name, String given, String found) {
    if (given != null && !given.equals(found)) {
      throw new ApiError(
          "invalid",
          "Provided "
              + name
              + " hash \""
              + given
              + "\" doesn't match calculated "
              + name
              + " hash \""
              + found
              + "\".");
    }
  }

  /** Marks the resource as a new generation. */
  static void stamp(StorageObject object, long generation) {
    DateTime now = new DateTime(System.currentTimeMillis());
    object
        .setKind("storage#object")
        .setId(object.getBucket() + "/" + object.getName() + "/" + generation)
        .setGeneration(generation)
        .setMetageneration(1L)
        .setTimeCreated(now)
        .setUpdated(now)
        .setTimeStorageClassUpdated(now)
        .setStorageClass("STANDARD")
        .setEtag(etag(generation, 1));
    if (object.getContentType() == null) {
      object.setContentType("application/octet-stream");
    }
  }

  static String etag(long generation, long metageneration) {
    return base64((generation + "." + metageneration).getBytes(StandardCharsets.UTF_8));
  }

  /** With the links that the caller can use. */
  static StorageObject linked(StorageObject object, String origin) {
    String path =
        "/storage/v1/b/"
            + object.getBucket()
            + "/o/"
            + URLEncoder.encode(object.getName(), StandardCharsets.UTF_8).replace("+", "%20");
    return object
        .clone()
        .setSelfLink(origin + path)
        .setMediaLink(
            origin + "/download" + path + "?generation=" + object.getGeneration() + "&alt=media");
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
