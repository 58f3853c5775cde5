package io.deltaflow.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.destination.LoadFile;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.InternalException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunFilesTest {
  @TempDir Path folder;

  @BeforeEach
  void registerFileSystems() {
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
  }

  private static SplitResult result(int index, long rows, String path) {
    return new SplitResult(
        0,
        index,
        rows,
        0,
        List.of(new LoadFile(path, LoadFile.Format.AVRO, 0, index, rows, 10)),
        BadRows.NONE,
        Map.of());
  }

  @Test
  void theFirstFileListIsUsedByWhoeverComesLater() {
    String path = folder + "/files.json";
    FileList first = FileList.of(List.of(result(0, 5, "a")), List.of(1));
    FileList second = FileList.of(List.of(result(0, 5, "b")), List.of(1));
    assertThat(first.settle(path)).isEqualTo(first);
    assertThat(second.settle(path)).isEqualTo(first);
  }

  @Test
  void aSplitThatIsMissingOrDoubledStopsThePublish() {
    assertThatThrownBy(() -> FileList.of(List.of(result(0, 5, "a")), List.of(2)))
        .isInstanceOf(InternalException.class)
        .hasMessageContaining("1 of 2 splits");
    assertThatThrownBy(() -> FileList.of(List.of(result(0, 5, "a"), result(0, 5, "b")), List.of(1)))
        .isInstanceOf(InternalException.class)
        .hasMessageContaining("twice");
  }

  @Test
  void rowsThatAreInNoFileStopThePublish() {
    assertThatThrownBy(
            () ->
                FileList.of(
                    List.of(
                        new SplitResult(
                            0,
                            0,
                            5,
                            0,
                            List.of(),
                            new BadRows(1, List.of(), List.of("x")),
                            Map.of())),
                    List.of(1)))
        .isInstanceOf(InternalException.class)
        .hasMessageContaining("5 rows were read, 0 are in files and 1 are dead letters");
  }

  @Test
  void aSecretIsReadableNeitherInItsFileNorInWhatTravels() throws IOException {
    String secret = "s3cr@t%:/\nwith newline";
    SecretFile file = SecretFile.write(folder + "/secret", Map.of("db_password", secret));
    assertThat(file.secret("db_password")).isEqualTo(secret);
    assertThat(Files.readString(folder.resolve("secret"), StandardCharsets.ISO_8859_1))
        .doesNotContain("s3cr@t")
        .doesNotContain("db_password");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(file);
    }
    assertThat(bytes.toString(StandardCharsets.ISO_8859_1)).doesNotContain("s3cr@t");
    assertThatThrownBy(() -> file.secret("other"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--other");
  }

  @Test
  void foldersOfOldRunsAreSweptAndOthersLeft() throws IOException {
    Instant now = Instant.parse("2026-03-10T00:00:00Z");
    Path runs = folder.resolve("deltaflow");
    for (String name :
        List.of("20260302T000000_aaaaaaaa", "20260305T000000_bbbbbbbb", "not_a_run")) {
      Files.createDirectories(runs.resolve(name + "/files"));
      Files.writeString(runs.resolve(name + "/files/x.avro"), "x");
      Files.writeString(runs.resolve(name + "/secret"), "x");
    }
    List<String> warnings = new ArrayList<>();
    Orphans.sweep(folder.toString(), now, warnings);
    assertThat(warnings).isEmpty();
    assertThat(runs.resolve("20260302T000000_aaaaaaaa/secret")).doesNotExist();
    assertThat(runs.resolve("20260302T000000_aaaaaaaa/files/x.avro")).doesNotExist();
    assertThat(runs.resolve("20260305T000000_bbbbbbbb/secret")).exists();
    assertThat(runs.resolve("not_a_run/secret")).exists();
  }

  @Test
  void deletingARunsFolderKeepsTheReport() throws IOException {
    Files.createDirectories(folder.resolve("files"));
    Files.writeString(folder.resolve("files/a.avro"), "x");
    Files.writeString(folder.resolve("plan.json"), "x");
    Files.writeString(folder.resolve("report.json"), "x");
    RunFiles.deleteFolder(folder + "/", "report.json");
    assertThat(folder.resolve("report.json")).exists();
    assertThat(folder.resolve("plan.json")).doesNotExist();
    assertThat(folder.resolve("files/a.avro")).doesNotExist();
  }
}
