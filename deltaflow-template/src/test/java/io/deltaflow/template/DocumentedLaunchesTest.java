package io.deltaflow.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every launch that the documentation shows must be one that the template takes. */
final class DocumentedLaunchesTest {
  private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final Path ROOT = Path.of("..");

  /** Of {@code gcloud dataflow flex-template run}, with the separator that ^x^ declares. */
  private static final Pattern PARAMETERS = Pattern.compile("--parameters=(?:\\^(.)\\^)?(\\S+)");

  @Test
  void launchesInTheDocumentationAreAccepted() throws IOException {
    List<String> launches =
        commands().stream().filter(c -> c.contains("--destination_bigquery_table=")).toList();
    assertThat(launches).hasSizeGreaterThanOrEqualTo(2);
    for (String launch : launches) {
      assertAccepted(
          launch,
          Arrays.stream(launch.trim().split("\\s+")).filter(w -> w.startsWith("--")).toList());
    }
  }

  @Test
  void parametersOfTemplatesInTheDocumentationAreAccepted() throws IOException {
    List<String> launches =
        commands().stream().filter(c -> c.contains("flex-template run")).toList();
    assertThat(launches).hasSizeGreaterThanOrEqualTo(2);
    for (String launch : launches) {
      List<String> flags = new ArrayList<>(List.of("--tempLocation=gs://my-bucket/temp"));
      Matcher parameters = PARAMETERS.matcher(launch);
      while (parameters.find()) {
        String separator = parameters.group(1) == null ? "," : parameters.group(1);
        for (String parameter : parameters.group(2).split(Pattern.quote(separator))) {
          flags.add("--" + parameter);
        }
      }
      assertAccepted(launch, flags);
    }
  }

  private static void assertAccepted(String launch, List<String> flags) {
    assertThat(TemplateArguments.parse(flags.toArray(String[]::new)).spec().sources())
        .as(launch)
        .hasSize(1);
  }

  private static List<String> commands() throws IOException {
    List<String> commands = new ArrayList<>();
    try (Stream<Path> files = Stream.concat(Stream.of(ROOT.resolve("README.md")), docs())) {
      for (Path file : files.toList()) {
        Matcher block = BLOCK.matcher(Files.readString(file));
        while (block.find()) {
          commands.addAll(List.of(block.group(1).replace("\\\n", " ").split("\n")));
        }
      }
    }
    return commands;
  }

  private static Stream<Path> docs() throws IOException {
    return Files.list(ROOT.resolve("docs")).filter(f -> f.toString().endsWith(".md"));
  }
}
