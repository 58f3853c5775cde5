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

  @Test
  void launchesInTheDocumentationAreAccepted() throws IOException {
    List<String> launches = new ArrayList<>();
    try (Stream<Path> files = Stream.concat(Stream.of(ROOT.resolve("README.md")), docs())) {
      for (Path file : files.toList()) {
        Matcher block = BLOCK.matcher(Files.readString(file));
        while (block.find()) {
          Stream.of(block.group(1).replace("\\\n", " ").split("\n"))
              .filter(line -> line.contains("--destination_bigquery_table="))
              .forEach(launches::add);
        }
      }
    }
    assertThat(launches).hasSizeGreaterThanOrEqualTo(2);
    for (String launch : launches) {
      String[] flags =
          Arrays.stream(launch.trim().split("\\s+"))
              .filter(word -> word.startsWith("--"))
              .toArray(String[]::new);
      assertThat(TemplateArguments.parse(flags).spec().sources()).as(launch).hasSize(1);
    }
  }

  private static Stream<Path> docs() throws IOException {
    return Files.list(ROOT.resolve("docs")).filter(f -> f.toString().endsWith(".md"));
  }
}
