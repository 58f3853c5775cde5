package io.deltaflow.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;

/** The image that {@code mvn -Pimage} makes, as a tar. */
final class ImageIT {
  private static final Path TAR = Path.of(System.getProperty("image.tar"));

  /** By name: JSON and layers, all of which fit into memory. */
  private static Map<String, byte[]> entries(InputStream in) throws IOException {
    Map<String, byte[]> entries = new HashMap<>();
    try (TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        entries.put(e.getName(), tar.readAllBytes());
      }
    }
    return entries;
  }

  @Test
  void theLauncherFindsItsClassPathAndMainClass() throws IOException {
    assumeTrue(Files.exists(TAR), "the image was pushed to a registry");
    Map<String, byte[]> image = entries(Files.newInputStream(TAR));
    ObjectMapper json = new ObjectMapper();
    JsonNode manifest = json.readTree(image.get("manifest.json")).get(0);
    JsonNode config = json.readTree(image.get(manifest.get("Config").asText())).get("config");

    assertThat(config.get("Entrypoint").toString())
        .isEqualTo("[\"/opt/google/dataflow/java_template_launcher\"]");
    List<String> environment = new ArrayList<>();
    config.get("Env").forEach(e -> environment.add(e.asText()));
    assertThat(environment)
        .contains(
            "FLEX_TEMPLATE_JAVA_CLASSPATH=/template/*",
            "FLEX_TEMPLATE_JAVA_MAIN_CLASS=" + DeltaFlowTemplate.class.getName());

    String last = null;
    for (JsonNode layer : manifest.get("Layers")) {
      last = layer.asText();
    }
    Map<String, byte[]> files =
        entries(new GZIPInputStream(new ByteArrayInputStream(image.get(last))));
    assertThat(files.keySet())
        .filteredOn(name -> !name.endsWith("/"))
        .containsExactly("template/deltaflow-template.jar");
    assertThat(files.get("template/deltaflow-template.jar")).startsWith('P', 'K');
  }
}
