package io.deltaflow.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.OptionCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class ConfigurationReferenceTest {
  @Test
  void theCommittedDocumentIsTheGeneratedOne() throws IOException {
    Path document = Path.of("..", "docs", "configuration.md");

    assertThat(Files.readString(document))
        .as("run: ./deltaflow connectors --markdown > docs/configuration.md")
        .isEqualTo(ConfigurationReference.markdown(TemplateArguments.catalog()));
  }

  @Test
  void everyFlagIsThere() {
    OptionCatalog catalog = TemplateArguments.catalog();
    String document = ConfigurationReference.markdown(catalog);

    assertThat(catalog.flags()).isNotEmpty();
    assertThat(catalog.flags())
        .allSatisfy(f -> assertThat(document).contains("| `" + f.name() + "` |"));
  }
}
