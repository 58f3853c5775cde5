package io.deltaflow.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The description that bq and other dynamic clients build their calls from. */
class DiscoveryTest {
  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void everyMethodDescribedIsAnswered() throws Exception {
    try (BigQueryEmulator emulator = BigQueryEmulator.builder().build().start()) {
      String root = "http://localhost:" + emulator.port();
      JsonObject document =
          JsonParser.parseString(call("GET", root + "/discovery/v1/apis/bigquery/v2/rest").body())
              .getAsJsonObject();
      assertThat(document.get("rootUrl").getAsString()).isEqualTo(root + "/");
      int methods = 0;
      for (Map.Entry<String, JsonElement> resource :
          document.getAsJsonObject("resources").entrySet()) {
        JsonObject described = resource.getValue().getAsJsonObject().getAsJsonObject("methods");
        for (Map.Entry<String, JsonElement> method : described.entrySet()) {
          JsonObject details = method.getValue().getAsJsonObject();
          String path = details.get("path").getAsString().replaceAll("\\{\\+?\\w+}", "x");
          String url = document.get("baseUrl").getAsString() + path;
          assertThat(call(details.get("httpMethod").getAsString(), url).body())
              .doesNotContain("No such method");
          methods++;
        }
      }
      assertThat(methods).isGreaterThan(20);
      assertThat(call("GET", root + "/bigquery/v2/projects/x/models").body())
          .contains("No such method");
    }
  }

  private HttpResponse<String> call(String method, String url) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(url)).method(method, BodyPublishers.noBody()).build(),
        BodyHandlers.ofString());
  }
}
