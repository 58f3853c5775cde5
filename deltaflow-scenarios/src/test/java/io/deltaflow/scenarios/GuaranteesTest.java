package io.deltaflow.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/guarantees.md promises is tested where it says so. */
final class GuaranteesTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Pattern TEST_LINK = Pattern.compile("\\[(\\w+)]\\((\\.\\./\\S+\\.java)\\)");
  private static final Pattern SENTENCE = Pattern.compile("(?m)^- .*(?:\n  .*)*");

  private final String text = read(DOCS.resolve("guarantees.md"));

  @Test
  void everyLinkNamesATestThatExists() {
    List<String> broken = new ArrayList<>();
    List<MatchResult> links = TEST_LINK.matcher(text).results().toList();
    for (MatchResult link : links) {
      Path file = DOCS.resolve(link.group(2));
      boolean isTest =
          Files.exists(file)
              && Pattern.compile("void " + link.group(1) + "\\(").matcher(read(file)).find();
      if (!isTest) {
        broken.add(link.group(0));
      }
    }
    assertThat(links).hasSizeGreaterThan(50);
    assertThat(broken).isEmpty();
  }

  @Test
  void everyPromiseLinksToATest() {
    String promises = section("## Promises");
    List<String> sentences = SENTENCE.matcher(promises).results().map(MatchResult::group).toList();
    assertThat(sentences).isNotEmpty();
    assertThat(sentences).allMatch(s -> TEST_LINK.matcher(s).find());
  }

  /** Those of a cursor, of PostgreSQL, of MongoDB and of the commit. */
  @Test
  void everyScenarioIsListedWithATestOrAReason() {
    List<String> rows =
        section("## Scenarios")
            .lines()
            .filter(l -> l.matches("\\| \\d+ .*"))
            .filter(l -> TEST_LINK.matcher(l).find() || l.contains("not handled"))
            .map(l -> l.replaceFirst("^\\| (\\d+) .*", "$1"))
            .distinct()
            .toList();
    List<String> expected = new ArrayList<>();
    for (int n = 1; n <= 58; n++) {
      // Never given out.
      if (!Set.of(17, 31, 36, 37).contains(n)) {
        expected.add(Integer.toString(n));
      }
    }
    assertThat(rows).containsExactlyElementsOf(expected);
  }

  private String section(String title) {
    int start = text.indexOf(title);
    assertThat(start).as(title).isNotNegative();
    int end = text.indexOf("\n## ", start + 1);
    return text.substring(start, end < 0 ? text.length() : end);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
