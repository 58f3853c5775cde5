package io.deltaflow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Commands that stay up, each in a process of its own. */
final class ServersTest {
  private static final Pattern ENDPOINT = Pattern.compile("BigQuery +(http://\\S+)");

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void theEmulatorAnswersUntilItIsTerminated() throws Exception {
    Process process = start("emulator", "--port=0", "--dataset=my-project.shop");
    try {
      String endpoint = awaitLine(process, ENDPOINT).group(1);

      assertThat(get(endpoint + "bigquery/v2/projects/my-project/datasets/shop").statusCode())
          .isEqualTo(200);
      assertThat(query(endpoint, "my-project", "SELECT 40 + 2")).isEqualTo("42");

      process.destroy();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(() -> get(endpoint)).isInstanceOf(ConnectException.class);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void keptServersCanBeQueried() throws Exception {
    Process process = start("quickstart", "--rows=50", "--keep");
    try {
      String endpoint = awaitLine(process, ENDPOINT).group(1);
      awaitLine(process, Pattern.compile("Both servers stay up"));

      assertThat(query(endpoint, "quickstart", "SELECT COUNT(*) FROM shop.orders")).isEqualTo("55");

      process.destroy();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process start(String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(DeltaFlowCli.class.getName());
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static Matcher awaitLine(Process process, Pattern pattern) throws IOException {
    // Not closed: the process hands out the same reader again, and the next call goes on reading.
    BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
    StringBuilder seen = new StringBuilder();
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      seen.append(line).append('\n');
      Matcher matcher = pattern.matcher(line);
      if (matcher.find()) {
        return matcher;
      }
    }
    throw new AssertionError("no line matched " + pattern + ":\n" + seen);
  }

  private HttpResponse<String> get(String uri) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private String query(String endpoint, String project, String sql)
      throws IOException, InterruptedException {
    ObjectMapper json = new ObjectMapper();
    String body = json.writeValueAsString(Map.of("query", sql, "useLegacySql", false));
    URI uri = URI.create(endpoint + "bigquery/v2/projects/" + project + "/queries");
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json.readTree(response.body()).at("/rows/0/f/0/v").asText();
  }
}
