package io.deltaflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaflow.RunReport;
import io.deltaflow.emulator.BigQueryEmulator;
import io.deltaflow.testing.PipelineTexts;
import io.deltaflow.testing.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher's contract, on the class path of the image. */
final class ImageLayoutTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PASSWORD = "p4ssw0rd-that-nobody-may-see";

  @TempDir static Path folder;

  private static ImageLayout image;
  private static BigQueryEmulator emulator;
  private static PostgresServer postgres;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws IOException {
    image = ImageLayout.in(folder);
    image.addAcmeConnector();
    emulator = BigQueryEmulator.builder().dataset("my-project", "shop").build().start();
    postgres = PostgresServer.start();
    postgres.createDatabase("shop");
    postgres.executeIn(
        "shop",
        "CREATE TABLE orders (id bigint PRIMARY KEY, updated_at timestamptz)",
        "INSERT INTO orders SELECT n, now() FROM generate_series(1, 10) n",
        "CREATE ROLE reader LOGIN PASSWORD '" + PASSWORD + "'",
        "GRANT SELECT ON orders TO reader");
  }

  @AfterAll
  static void stop() {
    if (postgres != null) {
      postgres.close();
    }
    if (emulator != null) {
      emulator.close();
    }
  }

  private static List<String> arguments(String table, String... more) {
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.add("--destination_bigquery_project=my-project");
    arguments.add("--destination_bigquery_dataset=shop");
    arguments.add("--destination_bigquery_table=" + table);
    arguments.add("--bigQueryEndpoint=" + emulator.bigQueryEndpoint());
    arguments.add("--gcsEndpoint=" + emulator.gcsEndpoint());
    return arguments;
  }

  @Test
  void aConnectorBesideTheTemplateIsFoundAndGetsItsOptionsFromSourceConfig() throws Exception {
    Path report = folder.resolve("report.json");
    ImageLayout.Ended ended =
        image.launch(
            List.of(),
            arguments(
                "numbers",
                "--data_source=acme",
                "--source_config={\"acme_rows\": 5}",
                "--report=" + report));

    assertThat(ended.status()).as(ended.output()).isZero();
    assertThat(RunReport.fromJson(Files.readString(report)).rows().inserted()).isEqualTo(5);
    assertThat(emulator.rows("SELECT SUM(n) AS sum FROM `my-project`.shop.numbers"))
        .containsExactly(Map.of("sum", 15L));
  }

  @Test
  void aLaunchOnDataflowSubmitsTheJobWithAllItNeedsAndNoPassword() throws Exception {
    try (DataflowStub dataflow = DataflowStub.start()) {
      ImageLayout.Ended ended = launchOnDataflow(dataflow);

      assertThat(ended.status()).as(lastLines(ended)).isZero();
      assertThat(ended.output()).contains("Launched run").doesNotContain(PASSWORD);
      // One call: nobody asked how the job is getting on.
      assertThat(dataflow.calls())
          .containsExactly("POST /v1b3/projects/my-project/locations/europe-west1/jobs");
      String request = dataflow.jobs().get(0);
      assertThat(request).contains("orders-to-bigquery").doesNotContain(PASSWORD);
      JsonNode job = JSON.readTree(request);
      assertTheStepsHaveReadableNames(job);
      assertTheJarsAreStagedWhole(job);
      assertThePipelineHoldsNoPassword(job);
    }
  }

  /** The launcher of Flex Templates takes the job as a file, and has the service create it. */
  @Test
  void aLaunchAsAFlexTemplateLeavesTheJobInAFile() throws Exception {
    try (DataflowStub dataflow = DataflowStub.start()) {
      ImageLayout.Ended ended =
          launchOnDataflow(dataflow, "--templateLocation=gs://my-bucket/staging/job_object");

      assertThat(ended.status()).as(lastLines(ended)).isZero();
      assertThat(ended.output()).contains("Launched run").doesNotContain(PASSWORD);
      assertThat(dataflow.calls()).isEmpty();
      String file = new String(content("staging/job_object"), StandardCharsets.UTF_8);
      assertThat(file).doesNotContain(PASSWORD);
      assertTheStepsHaveReadableNames(JSON.readTree(file));
    }
  }

  private static ImageLayout.Ended launchOnDataflow(DataflowStub dataflow, String... more)
      throws Exception {
    List<String> arguments =
        arguments(
            "orders",
            "--runner=DataflowRunner",
            "--project=my-project",
            "--region=europe-west1",
            "--jobName=orders-to-bigquery",
            "--tempLocation=gs://my-bucket/temp",
            "--stagingLocation=gs://my-bucket/staging",
            "--dataflowEndpoint=" + dataflow.endpoint(),
            "--postgresql_host=" + postgres.host(),
            "--postgresql_port=" + postgres.port(),
            "--postgresql_database=shop",
            "--postgresql_username=reader",
            "--postgresql_password=" + PASSWORD,
            "--postgresql_table=public.orders",
            "--transformation_config={\"type_conversions\": {\"id\": \"string\"},"
                + " \"value_transformations\": {\"id\": {\"type\": \"hash\", \"key\": \""
                + PASSWORD
                + "\"}}}");
    arguments.addAll(List.of(more));
    return image.launch(List.of("-Djava.util.logging.config.file=" + finestLogging()), arguments);
  }

  private static void assertTheStepsHaveReadableNames(JsonNode job) {
    List<String> steps = new ArrayList<>();
    job.get("steps").forEach(s -> steps.add(s.at("/properties/user_name/value").asText()));
    assertThat(steps)
        .containsExactly(
            "Plan",
            "Plan/Splits",
            "Extract",
            "Gather/ParDo(ToIsmRecordForGlobalWindow)",
            "Gather/CreateDataflowView",
            "Run",
            "Publish");
  }

  private void assertTheJarsAreStagedWhole(JsonNode job) throws Exception {
    Map<String, Long> staged = new TreeMap<>();
    for (JsonNode p : job.at("/environment/workerPools/0/packages")) {
      String object = p.get("location").asText().replaceFirst("^.*my-bucket/", "");
      staged.put(object, object(object, "").get("size").asLong());
    }
    List<Long> sizes = new ArrayList<>();
    for (Path jar : image.jars()) {
      sizes.add(Files.size(jar));
    }
    assertThat(staged.keySet()).allMatch(name -> name.startsWith("staging/"));
    assertThat(staged.values()).containsExactlyInAnyOrderElementsOf(sizes);
  }

  private void assertThePipelineHoldsNoPassword(JsonNode job) throws Exception {
    String location = job.at("/environment/sdkPipelineOptions/options/pipelineUrl").asText();
    byte[] bytes = content(location.replaceFirst("^gs://my-bucket/", ""));
    List<String> texts = PipelineTexts.of(RunnerApi.Pipeline.parseFrom(bytes));
    assertThat(texts).as("the user's name is found").anyMatch(t -> t.contains("reader"));
    assertThat(texts).noneMatch(t -> t.contains(PASSWORD));
  }

  private JsonNode object(String name, String query) throws Exception {
    return JSON.readTree(get(name, query));
  }

  private byte[] content(String name) throws Exception {
    return get(name, "?alt=media");
  }

  private byte[] get(String name, String query) throws Exception {
    HttpResponse<byte[]> answer =
        http.send(
            HttpRequest.newBuilder(
                    URI.create(
                        emulator.gcsEndpoint()
                            + "b/my-bucket/o/"
                            + URLEncoder.encode(name, StandardCharsets.UTF_8)
                            + query))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).as(name).isEqualTo(200);
    return answer.body();
  }

  private static Path finestLogging() throws IOException {
    Path file = folder.resolve("logging.properties");
    Files.writeString(
        file,
        """
        handlers=java.util.logging.ConsoleHandler
        .level=INFO
        org.apache.beam.level=FINE
        io.deltaflow.level=FINEST
        org.postgresql.level=FINEST
        com.zaxxer.level=FINEST
        java.util.logging.ConsoleHandler.level=FINEST
        """);
    return file;
  }

  private static String lastLines(ImageLayout.Ended ended) {
    List<String> lines = ended.output().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
  }
}
