package io.deltaflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.RunReport;
import io.deltaflow.emulator.BigQueryEmulator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is shipped: the template in one jar, alone on its class path. */
final class BundledJarTest {
  @TempDir Path folder;

  @Test
  void itsPartsAreMergedUnsignedAndLicensed() throws Exception {
    try (JarFile jar = new JarFile(ImageLayout.bundledJar().toFile())) {
      List<String> names = jar.stream().map(JarEntry::getName).toList();
      assertThat(names)
          .doesNotHaveDuplicates()
          .noneMatch(n -> n.matches("META-INF/.*\\.(SF|DSA|RSA|EC)"))
          .contains("META-INF/LICENSE", "META-INF/NOTICE")
          .contains("META-INF/licenses/io.deltaflow/LICENSE");
      assertThat(text(jar, "META-INF/services/io.deltaflow.spi.SourceConnector").lines())
          .containsExactlyInAnyOrder(
              "io.deltaflow.source.bigquery.BigQueryConnector",
              "io.deltaflow.source.mongo.MongoConnector",
              "io.deltaflow.source.postgres.PostgresConnector");
      assertThat(text(jar, "META-INF/services/org.apache.beam.sdk.io.FileSystemRegistrar"))
          .contains("GcsFileSystemRegistrar", "LocalFileSystemRegistrar");
    }
  }

  private static String text(JarFile jar, String name) throws IOException {
    try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void theBundledJarSyncs() throws Exception {
    Path jar = ImageLayout.bundledJar();
    Path report = folder.resolve("report.json");
    try (ShopDatabase shop = ShopDatabase.start(30);
        BigQueryEmulator emulator =
            BigQueryEmulator.builder().dataset("my-project", "shop").build().start()) {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.add("-jar");
      command.add(jar.toString());
      shop.flags().forEach((name, value) -> command.add("--" + name + "=" + value));
      command.add("--destination_bigquery_project=my-project");
      command.add("--destination_bigquery_dataset=shop");
      command.add("--destination_bigquery_table=orders");
      command.add("--bigQueryEndpoint=" + emulator.bigQueryEndpoint());
      command.add("--gcsEndpoint=" + emulator.gcsEndpoint());
      command.add("--report=" + report);
      Path output = folder.resolve("output.txt");
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();

      assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(output)).isZero();
      assertThat(RunReport.fromJson(Files.readString(report)).rows().inserted()).isEqualTo(30);
    }
  }
}
