package io.deltaflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.template.TemplateArguments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DeltaFlowCliTest {
  private final CapturedTerminal terminal = new CapturedTerminal();

  @ParameterizedTest
  @ValueSource(strings = {"help", "--help", "-h"})
  void helpListsEveryCommand(String word) {
    assertThat(terminal.run(word)).isEqualTo(ExitCode.OK);
    assertThat(terminal.out())
        .contains("quickstart", "run", "runs", "reset", "adopt", "connectors", "emulator");
  }

  @ParameterizedTest
  @ValueSource(strings = {"quickstart", "run", "runs", "reset", "adopt", "connectors", "emulator"})
  void everyCommandHasHelp(String command) {
    assertThat(terminal.run(command, "--help")).isEqualTo(ExitCode.OK);
    CapturedTerminal other = new CapturedTerminal();
    assertThat(other.run("help", command)).isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("Usage: deltaflow " + command).isEqualTo(other.out());
  }

  @Test
  void anUnknownCommandGetsASuggestion() {
    assertThat(terminal.run("quikstart")).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("unknown command 'quikstart'; did you mean quickstart?");
    assertThat(terminal.out()).isEmpty();
  }

  @Test
  void anUnknownOptionGetsASuggestion() {
    assertThat(terminal.run("quickstart", "--row=5")).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("unknown option --row; did you mean --rows?");
  }

  @Test
  void aNumberOutOfRangeIsRefused() {
    assertThat(terminal.run("quickstart", "--rows=0")).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("--rows: '0' is not a whole number from 1");
  }

  @Test
  void aDatasetNeedsItsProject() {
    assertThat(terminal.run("emulator", "--dataset=shop")).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("--dataset: 'shop' is not PROJECT.DATASET");
  }

  @Test
  void runSaysAllThatIsMissing() {
    assertThat(terminal.run("run", "--postgres_host=db")).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err())
        .contains("unknown flag --postgres_host; did you mean --postgresql_host")
        .contains("--destination_bigquery_table is required")
        .contains("--tempLocation is required")
        .doesNotContain("\tat ");
  }

  @Test
  void connectorsAreListedWithEveryOption() {
    assertThat(terminal.run("connectors")).isEqualTo(ExitCode.OK);
    TemplateArguments.catalog().flags().stream()
        .filter(f -> f.ownerName().equals("postgresql"))
        .forEach(f -> assertThat(terminal.out()).contains("--" + f.name() + "  ("));
    assertThat(terminal.out())
        .contains("postgresql: ")
        .containsPattern("--postgresql_password .*secret");
  }

  @Test
  void runHelpListsEveryFlag() {
    assertThat(terminal.run("run", "--help")).isEqualTo(ExitCode.OK);
    assertThat(TemplateArguments.catalog().flags())
        .allSatisfy(f -> assertThat(terminal.out()).contains("--" + f.name() + "  ("));
  }
}
