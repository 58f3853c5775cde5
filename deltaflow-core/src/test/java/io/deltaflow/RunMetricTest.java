package io.deltaflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class RunMetricTest {
  @Test
  void theDocumentationHasEveryMetricAsItIsDeclared() throws IOException {
    String[] rows =
        Arrays.stream(RunMetric.values())
            .map(
                m ->
                    "| `"
                        + m.metricName()
                        + "` | "
                        + m.kind().name().toLowerCase(java.util.Locale.ROOT)
                        + " | "
                        + m.description()
                        + " |")
            .toArray(String[]::new);

    assertThat(Files.readAllLines(Path.of("..", "docs", "monitoring.md")))
        .containsSubsequence(rows);
  }
}
