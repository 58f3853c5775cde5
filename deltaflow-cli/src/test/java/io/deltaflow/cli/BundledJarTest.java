package io.deltaflow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deltaflow.RunReport;
import io.deltaflow.emulator.BigQueryEmulator;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is shipped: the template in one jar, alone on its class path. */
final class BundledJarTest {
  @TempDir Path folder;

  @Test
  void theBundledJarSyncs() throws Exception {
    Path jar = bundledJar();
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

  private static Path bundledJar() throws IOException {
    Path target = Path.of("..", "deltaflow-template", "target");
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(target, "*-bundled.jar")) {
      Iterator<Path> found = jars.iterator();
      assumeTrue(found.hasNext(), "there is no bundled jar: mvn package or verify makes it");
      return found.next();
    }
  }
}
