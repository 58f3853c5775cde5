package io.deltaflow.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.re2j.Pattern;
import io.deltaflow.OptionCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the Dataflow service and its console are told about the template. */
final class TemplateMetadataTest {
  private static final Path COMMITTED = Path.of("metadata.json");
  // v1b3's ParameterType, as far as it has a meaning for a batch template.
  private static final Set<String> TYPES =
      Set.of(
          "TEXT",
          "NUMBER",
          "BOOLEAN",
          "ENUM",
          "GCS_READ_FILE",
          "GCS_READ_FOLDER",
          "GCS_WRITE_FILE",
          "GCS_WRITE_FOLDER",
          "BIGQUERY_TABLE",
          "SERVICE_ACCOUNT",
          "KMS_KEY_NAME");
  private static final Set<String> FIELDS =
      Set.of(
          "name",
          "label",
          "helpText",
          "isOptional",
          "paramType",
          "groupName",
          "defaultValue",
          "regexes",
          "enumOptions",
          "parentName",
          "parentTriggerValues");

  private final OptionCatalog catalog = TemplateArguments.catalog();

  private Map<String, JsonNode> parameters() throws IOException {
    Map<String, JsonNode> byName = new HashMap<>();
    for (JsonNode parameter :
        new ObjectMapper().readTree(Files.readString(COMMITTED)).get("parameters")) {
      assertThat(byName.put(parameter.get("name").asText(), parameter)).isNull();
    }
    return byName;
  }

  @Test
  void theCommittedFileIsTheGeneratedOne() throws IOException {
    assertThat(Files.readString(COMMITTED))
        .as("run: ./deltaflow connectors --metadata > deltaflow-template/metadata.json")
        .isEqualTo(TemplateMetadata.json(catalog));
  }

  @Test
  void everyFlagIsAParameterOfAKnownShape() throws IOException {
    Map<String, JsonNode> parameters = parameters();
    assertThat(parameters.keySet())
        .containsExactlyInAnyOrderElementsOf(
            catalog.flags().stream().map(OptionCatalog.Flag::name).toList());
    parameters.forEach(
        (name, p) -> {
          assertThat(FIELDS).as(name).containsAll(names(p));
          assertThat(name).matches("[a-zA-Z][a-zA-Z0-9_]*");
          assertThat(p.get("label").asText()).as(name).isNotBlank().hasSizeLessThan(60);
          assertThat(p.get("helpText").asText()).as(name).containsAnyOf(". Example: ", ".");
          assertThat(p.get("groupName").asText()).as(name).isNotBlank();
          assertThat(p.get("isOptional").isBoolean()).as(name).isTrue();
          assertThat(TYPES).as(name).contains(p.get("paramType").asText());
        });
  }

  private static Set<String> names(JsonNode node) {
    Set<String> names = new HashSet<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** RE2 is what Google's services understand; groups with flags are unknown to browsers. */
  @Test
  void everyRegularExpressionIsUnderstoodEverywhereAndMatchesTheWhole() throws IOException {
    int found = 0;
    for (JsonNode p : parameters().values()) {
      String name = p.get("name").asText();
      for (JsonNode regex : p.path("regexes")) {
        found++;
        assertThat(regex.asText()).as(name).startsWith("^").endsWith("$").doesNotContain("(?");
        Pattern pattern = Pattern.compile(regex.asText());
        if (p.has("defaultValue")) {
          assertThat(pattern.matches(p.get("defaultValue").asText())).as(name).isTrue();
        }
      }
    }
    assertThat(found).isGreaterThan(20);
  }

  @Test
  void choicesHoldTheirDefault() throws IOException {
    int found = 0;
    for (JsonNode p : parameters().values()) {
      if (p.get("paramType").asText().equals("ENUM")) {
        found++;
        List<String> values = p.get("enumOptions").findValuesAsText("value");
        assertThat(values).doesNotHaveDuplicates().hasSizeGreaterThan(1);
        if (p.has("defaultValue")) {
          assertThat(values).contains(p.get("defaultValue").asText());
        }
      }
    }
    assertThat(found).isGreaterThan(5);
  }

  /** The service refuses a launch without them, whatever is read. */
  @Test
  void onlyTheDestinationsNameIsRequired() throws IOException {
    assertThat(parameters().values())
        .filteredOn(p -> !p.get("isOptional").asBoolean())
        .extracting(p -> p.get("name").asText())
        .containsExactlyInAnyOrder(
            "destination_bigquery_project",
            "destination_bigquery_dataset",
            "destination_bigquery_table");
  }

  @Test
  void aSourcesParametersAreShownWhereverItIsRead() throws IOException {
    Map<String, JsonNode> parameters = parameters();
    List<String> triggers = new ArrayList<>();
    parameters
        .get("postgresql_host")
        .get("parentTriggerValues")
        .forEach(v -> triggers.add(v.asText()));

    assertThat(parameters.get("postgresql_host").get("parentName").asText())
        .isEqualTo("data_source");
    assertThat(triggers)
        .contains("postgresql", "postgresql,mongodb", "mongodb,postgresql")
        .contains("bigquery,mongodb,postgresql")
        .doesNotContain("mongodb", "mongodb,bigquery")
        .doesNotHaveDuplicates();
    Pattern dataSource = Pattern.compile(parameters.get("data_source").at("/regexes/0").asText());
    assertThat(triggers).allMatch(dataSource::matches);
    assertThat(parameters.get("write_disposition").has("parentName")).isFalse();
  }

  @Test
  void aSecretHasNoDefaultAndNoExample() throws IOException {
    Map<String, JsonNode> parameters = parameters();
    assertThat(catalog.flags())
        .filteredOn(f -> f.option().isSecret() && !f.option().isFile())
        .isNotEmpty()
        .allSatisfy(
            f -> {
              JsonNode parameter = parameters.get(f.name());
              assertThat(parameter.has("defaultValue")).isFalse();
              assertThat(parameter.get("helpText").asText())
                  .contains("projects/PROJECT/secrets/SECRET/versions/VERSION")
                  .doesNotContain("Example:");
            });
  }

  @Test
  void gcloudUnderstandsIt(@TempDir Path folder) throws Exception {
    Path output = folder.resolve("output.txt");
    Process process;
    try {
      process =
          new ProcessBuilder(
                  "gcloud",
                  "dataflow",
                  "flex-template",
                  "build",
                  "gs://bucket/deltaflow.json",
                  "--image=us-docker.pkg.dev/project/repository/deltaflow:test",
                  "--sdk-language=JAVA",
                  "--metadata-file=" + COMMITTED.toAbsolutePath(),
                  "--print-only")
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    } catch (IOException e) {
      assumeTrue(false, "gcloud is not installed");
      return;
    }
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    assertThat(Files.readString(output)).contains("destination_bigquery_table");
  }
}
