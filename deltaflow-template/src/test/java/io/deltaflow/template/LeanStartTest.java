package io.deltaflow.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run loads the classes of the connectors that it uses. */
final class LeanStartTest {
  @TempDir Path folder;

  @Test
  void aSourceThatIsNotReadBringsNoClient() throws Exception {
    Path log = folder.resolve("classes.log");
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xlog:class+load:file=" + log,
                    "-cp",
                    System.getProperty("java.class.path"),
                    PostgresConfiguration.class.getName()))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out.log").toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("out.log"))).isZero();
    List<String> all = Files.readAllLines(log);
    assertThat(all)
        .as("classes of secrets and of Cloud SQL, which nobody asked for")
        .noneMatch(l -> l.contains("GoogleSecretStore") || l.contains("services.secretmanager"))
        .noneMatch(l -> l.contains("com.google.cloud.sql"));
    List<String> loaded =
        all.stream()
            .filter(l -> l.contains("io.deltaflow.source.") || l.contains("com.google.cloud."))
            .toList();
    assertThat(loaded).anyMatch(l -> l.contains("io.deltaflow.source.postgres.PostgresSource "));
    assertThat(loaded)
        .noneMatch(l -> l.contains("io.deltaflow.source.bigquery.BigQuerySource "))
        .noneMatch(l -> l.contains("com.google.cloud.bigquery.storage"));
  }

  /** What the launcher does before it contacts anything. */
  static final class PostgresConfiguration {
    private PostgresConfiguration() {}

    public static void main(String[] args) {
      TemplateArguments.parse(
          new String[] {
            "--postgresql_host=localhost",
            "--postgresql_database=shop",
            "--postgresql_username=reader",
            "--postgresql_table=public.orders",
            "--destination_bigquery_project=test-project",
            "--destination_bigquery_dataset=shop",
            "--destination_bigquery_table=orders",
            "--bigQueryEndpoint=http://localhost:1/",
            "--gcsEndpoint=http://localhost:1/storage/v1/"
          });
    }
  }
}
