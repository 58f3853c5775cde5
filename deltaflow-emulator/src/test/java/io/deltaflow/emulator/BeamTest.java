package io.deltaflow.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableRow;
import com.google.api.services.bigquery.model.TableSchema;
import com.google.api.services.bigquery.model.TimePartitioning;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.extensions.gcp.auth.NoopCredentialFactory;
import org.apache.beam.sdk.extensions.gcp.options.GcpOptions;
import org.apache.beam.sdk.extensions.gcp.options.GcsOptions;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.fs.CreateOptions.StandardCreateOptions;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.MoveOptions.StandardMoveOptions;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO.Write.CreateDisposition;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO.Write.WriteDisposition;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Beam's own BigQueryIO and gs:// file system against the emulator. */
class BeamTest {
  private static TestEmulator emulator;
  private static BigQueryOptions options;

  @BeforeAll
  static void start() {
    emulator = new TestEmulator();
    options = PipelineOptionsFactory.create().as(BigQueryOptions.class);
    options.setBigQueryEndpoint(emulator.emulator().bigQueryEndpoint());
    options.setTempLocation("gs://bucket/temp");
    options.as(GcsOptions.class).setGcsEndpoint(emulator.emulator().gcsEndpoint());
    options.as(GcpOptions.class).setProject(TestEmulator.PROJECT);
    options.as(GcpOptions.class).setCredentialFactoryClass(NoopCredentialFactory.class);
    FileSystems.setDefaultPipelineOptions(options);
  }

  @AfterAll
  static void stop() {
    emulator.close();
  }

  @Test
  void fileLoadsWriteEveryRow() throws Exception {
    TableSchema schema =
        new TableSchema()
            .setFields(
                List.of(
                    new TableFieldSchema().setName("id").setType("INTEGER").setMode("REQUIRED"),
                    new TableFieldSchema().setName("name").setType("STRING"),
                    new TableFieldSchema().setName("day").setType("DATE")));
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(GenerateSequence.from(0).to(10_000))
        .apply(
            MapElements.into(TypeDescriptor.of(TableRow.class))
                .via(
                    i ->
                        new TableRow()
                            .set("id", i)
                            .set("name", "row " + i)
                            .set("day", "2024-01-01")))
        .apply(
            BigQueryIO.writeTableRows()
                .to("project:dataset.beam")
                .withSchema(schema)
                .withTimePartitioning(new TimePartitioning().setType("DAY").setField("day"))
                .withMethod(BigQueryIO.Write.Method.FILE_LOADS)
                .withCreateDisposition(CreateDisposition.CREATE_IF_NEEDED)
                .withWriteDisposition(WriteDisposition.WRITE_APPEND));
    pipeline.run().waitUntilFinish();

    assertThat(emulator.get("beam").getNumRows()).isEqualTo(10_000);
    assertThat(
            emulator
                .emulator()
                .rows("SELECT COUNT(DISTINCT id) AS n, SUM(id) AS s FROM project.dataset.beam"))
        .singleElement()
        .satisfies(
            row -> assertThat(row).containsEntry("n", 10_000L).containsEntry("s", 49_995_000L));
    assertThat(FileSystems.match("gs://bucket/temp/**").metadata()).isEmpty();
  }

  @Test
  void filesAreCreatedMatchedReadMovedAndDeleted() throws Exception {
    byte[] content = new byte[5_000_000];
    new Random(1).nextBytes(content);
    ResourceId first = resource("gs://files/dir/first.bin");
    write(first, content);
    write(resource("gs://files/dir/second.bin"), new byte[] {2});
    write(resource("gs://files/dir/sub/third.bin"), new byte[0]);

    MatchResult match = FileSystems.match("gs://files/dir/*.bin");
    assertThat(match.metadata())
        .extracting(m -> m.resourceId().toString())
        .containsExactlyInAnyOrder("gs://files/dir/first.bin", "gs://files/dir/second.bin");
    assertThat(FileSystems.match("gs://files/dir/**").metadata()).hasSize(3);
    assertThat(FileSystems.matchSingleFileSpec(first.toString()).sizeBytes()).isEqualTo(5_000_000);

    ResourceId moved = resource("gs://other-files/moved.bin");
    FileSystems.rename(List.of(first), List.of(moved));
    assertThat(read(moved)).isEqualTo(content);
    assertThatThrownBy(() -> FileSystems.matchSingleFileSpec(first.toString()))
        .isInstanceOf(FileNotFoundException.class);

    FileSystems.copy(List.of(moved), List.of(first));
    assertThat(read(first)).isEqualTo(content);
    FileSystems.delete(List.of(first, resource("gs://files/dir/second.bin")));
    FileSystems.delete(List.of(first), StandardMoveOptions.IGNORE_MISSING_FILES);
    assertThat(FileSystems.match("gs://files/dir/**").metadata()).hasSize(1);
  }

  @Test
  void fileThatMustNotExistIsWrittenOnce() throws Exception {
    ResourceId file = resource("gs://files/plan.json");
    StandardCreateOptions once =
        StandardCreateOptions.builder()
            .setMimeType("text/plain")
            .setExpectFileToNotExist(true)
            .build();
    try (WritableByteChannel out = FileSystems.create(file, once)) {
      out.write(ByteBuffer.wrap("first".getBytes(UTF_8)));
    }
    assertThatThrownBy(
            () -> {
              try (WritableByteChannel out = FileSystems.create(file, once)) {
                out.write(ByteBuffer.wrap("second".getBytes(UTF_8)));
              }
            })
        .isInstanceOf(IOException.class);
    assertThat(read(file)).isEqualTo("first".getBytes(UTF_8));
  }

  private static ResourceId resource(String name) {
    return FileSystems.matchNewResource(name, false);
  }

  private static void write(ResourceId file, byte[] content) throws Exception {
    try (WritableByteChannel out = FileSystems.create(file, "application/octet-stream")) {
      out.write(ByteBuffer.wrap(content));
    }
  }

  private static byte[] read(ResourceId file) throws Exception {
    try (ReadableByteChannel channel = FileSystems.open(file);
        InputStream in = Channels.newInputStream(channel)) {
      return in.readAllBytes();
    }
  }
}
