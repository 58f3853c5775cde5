package io.deltaflow.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.cloud.NoCredentials;
import com.google.cloud.ReadChannel;
import com.google.cloud.WriteChannel;
import com.google.cloud.storage.Blob;
import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.BucketInfo;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobListOption;
import com.google.cloud.storage.Storage.BlobTargetOption;
import com.google.cloud.storage.StorageBatch;
import com.google.cloud.storage.StorageException;
import com.google.cloud.storage.StorageOptions;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Google's own storage client against the emulator. */
class CloudStorageTest {
  private static TestEmulator emulator;
  private static Storage storage;

  @BeforeAll
  static void start() {
    emulator = new TestEmulator();
    storage = emulator.storage();
  }

  @AfterAll
  static void stop() {
    emulator.close();
  }

  @Test
  void objectIsReadAsWritten() {
    BlobInfo info =
        BlobInfo.newBuilder("objects", "a folder/naïve+name?.txt")
            .setContentType("text/plain")
            .setMetadata(Map.of("k", "v"))
            .build();
    storage.create(info, "hello".getBytes(UTF_8));

    Blob blob = storage.get(info.getBlobId());
    assertThat(blob.getContent()).isEqualTo("hello".getBytes(UTF_8));
    assertThat(blob.getContentType()).isEqualTo("text/plain");
    assertThat(blob.getMetadata()).containsEntry("k", "v");
    assertThat(blob.getBucket()).isEqualTo("objects");
    assertThat(blob.getSize()).isEqualTo(5);
    assertThat(blob.getMd5()).isEqualTo("XUFAKrxLKna5cZ2REBfFkg==");
    assertThat(blob.getCrc32c()).isEqualTo("mnG7TA==");
  }

  @Test
  void largeObjectGoesUpInChunksAndComesDownInRanges() throws Exception {
    byte[] content = new byte[3_000_001];
    new Random(1).nextBytes(content);
    BlobId id = BlobId.of("objects", "large");
    try (WriteChannel out = storage.writer(BlobInfo.newBuilder(id).build())) {
      out.setChunkSize(256 * 1024);
      out.write(ByteBuffer.wrap(content));
    }
    assertThat(storage.readAllBytes(id)).isEqualTo(content);

    try (ReadChannel in = storage.reader(id)) {
      in.seek(2_999_990);
      ByteBuffer tail = ByteBuffer.allocate(100);
      while (in.read(tail) >= 0) {
        // Reads on until the end.
      }
      assertThat(tail.position()).isEqualTo(11);
      assertThat(tail.get(10)).isEqualTo(content[3_000_000]);
    }
  }

  @Test
  void emptyObjectIsAnObject() throws Exception {
    BlobId id = BlobId.of("objects", "empty");
    storage.writer(BlobInfo.newBuilder(id).build()).close();
    assertThat(storage.get(id).getSize()).isZero();
    assertThat(storage.readAllBytes(id)).isEmpty();
  }

  @Test
  void conditionsAreCheckedInTheSameStepAsTheWrite() {
    BlobInfo info = BlobInfo.newBuilder("objects", "once").build();
    storage.create(info, new byte[] {1}, BlobTargetOption.doesNotExist());
    assertThatThrownBy(() -> storage.create(info, new byte[] {2}, BlobTargetOption.doesNotExist()))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.getCode()).isEqualTo(412));
    assertThat(storage.readAllBytes(info.getBlobId())).containsExactly(1);

    Blob first = storage.get(info.getBlobId());
    storage.create(info, new byte[] {3});
    assertThat(storage.get(info.getBlobId()).getGeneration()).isGreaterThan(first.getGeneration());
    assertThatThrownBy(
            () ->
                storage.delete(
                    info.getBlobId(),
                    Storage.BlobSourceOption.generationMatch(first.getGeneration())))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.getCode()).isEqualTo(412));
  }

  @Test
  @SuppressWarnings("deprecation") // The only way to make the client send a hash of our own.
  void corruptedUploadIsRefused() {
    BlobInfo wrong =
        BlobInfo.newBuilder("objects", "corrupted").setMd5("AAAAAAAAAAAAAAAAAAAAAA==").build();
    assertThatThrownBy(
            () ->
                storage.createFrom(
                    wrong,
                    new ByteArrayInputStream(new byte[] {1}),
                    Storage.BlobWriteOption.md5Match()))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.getCode()).isEqualTo(400));
    assertThat(storage.get(wrong.getBlobId())).isNull();
  }

  @Test
  void listingFoldsFoldersAndPages() {
    for (String name : List.of("d/1", "d/2", "d/e/3", "d/e/4", "d/f/5", "other")) {
      storage.create(BlobInfo.newBuilder("listing", name).build(), new byte[0]);
    }
    assertThat(names(BlobListOption.prefix("d/"), BlobListOption.pageSize(2)))
        .containsExactly("d/1", "d/2", "d/e/3", "d/e/4", "d/f/5");
    assertThat(names(BlobListOption.prefix("d/"), BlobListOption.currentDirectory()))
        .containsExactlyInAnyOrder("d/1", "d/2", "d/e/", "d/f/");
    assertThat(
            names(
                BlobListOption.prefix("d/"),
                BlobListOption.currentDirectory(),
                BlobListOption.pageSize(1)))
        .containsExactlyInAnyOrder("d/1", "d/2", "d/e/", "d/f/");
    assertThat(names(BlobListOption.prefix("nothing"))).isEmpty();
  }

  private static List<String> names(BlobListOption... options) {
    return StreamSupport.stream(storage.list("listing", options).iterateAll().spliterator(), false)
        .map(Blob::getName)
        .collect(Collectors.toList());
  }

  @Test
  void copyComposeAndPatchKeepContents() {
    BlobId one = BlobId.of("objects", "one");
    BlobId two = BlobId.of("objects", "two");
    storage.create(BlobInfo.newBuilder(one).setContentType("a/b").build(), new byte[] {1});
    Blob copied = storage.copy(Storage.CopyRequest.of(one, two)).getResult();
    assertThat(copied.getContentType()).isEqualTo("a/b");
    Blob composed =
        storage.compose(Storage.ComposeRequest.of("objects", List.of("one", "two"), "composed"));
    assertThat(composed.getContent()).containsExactly(1, 1);
    Blob patched = composed.toBuilder().setMetadata(Map.of("x", "y")).build().update();
    assertThat(patched.getMetadata()).containsEntry("x", "y");
    assertThat(patched.getMetageneration()).isEqualTo(2);
  }

  @Test
  void batchesAnswerEachCallOnItsOwn() {
    storage.create(BlobInfo.newBuilder("objects", "batched").build(), new byte[] {1});
    StorageBatch batch = storage.batch();
    var there = batch.get("objects", "batched");
    var deleted = batch.delete("objects", "batched");
    var absent = batch.delete("objects", "not there");
    batch.submit();
    assertThat(there.get().getSize()).isEqualTo(1);
    assertThat(deleted.get()).isTrue();
    assertThat(absent.get()).isFalse();
  }

  @Test
  void bucketsAreListedAndDeletedWhenEmpty() {
    storage.create(BucketInfo.of("new-bucket"));
    assertThatThrownBy(() -> storage.create(BucketInfo.of("new-bucket")))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.getCode()).isEqualTo(409));
    assertThat(storage.get("new-bucket").getLocation()).isEqualTo("US");
    assertThat(storage.delete("new-bucket")).isTrue();
    assertThatThrownBy(() -> storage.create(BucketInfo.of("no")))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.getCode()).isEqualTo(400));
  }

  @Test
  void absentBucketIsAnErrorWhenBucketsAreNotMadeOnDemand() {
    try (BigQueryEmulator strict =
        BigQueryEmulator.builder().bucketsOnDemand(false).build().start()) {
      Storage client =
          StorageOptions.newBuilder()
              .setHost("http://localhost:" + strict.port())
              .setProjectId("p")
              .setCredentials(NoCredentials.getInstance())
              .build()
              .getService();
      assertThat(client.get("absent-bucket")).isNull();
      strict.createBucket("absent-bucket");
      assertThat(client.get("absent-bucket")).isNotNull();
    }
  }
}
