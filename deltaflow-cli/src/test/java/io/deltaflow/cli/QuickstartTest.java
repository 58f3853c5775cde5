package io.deltaflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

final class QuickstartTest {
  @Test
  void bothRunsAndTheProofAreOneJsonObject() throws Exception {
    CapturedTerminal terminal = new CapturedTerminal();

    assertThat(terminal.run("quickstart", "--rows", "500", "--json"))
        .as(terminal.err())
        .isEqualTo(ExitCode.OK);

    JsonNode json = new ObjectMapper().readTree(terminal.out());
    JsonNode first = json.at("/runs/0");
    JsonNode second = json.at("/runs/1");
    assertThat(first.at("/rows/inserted").asInt()).isEqualTo(500);
    assertThat(first.at("/ddl").asText()).contains("CREATE TABLE");
    // The late order, the three that overtook it and one in a hundred new ones; one in fifty
    // changed.
    assertThat(second.at("/rows/inserted").asInt()).isEqualTo(1 + 3 + 5);
    assertThat(second.at("/rows/updated").asInt()).isEqualTo(10);
    assertThat(second.at("/window/lo")).isEqualTo(first.at("/window/hi"));
    assertThat(json.at("/proof/equal").asBoolean()).isTrue();
    assertThat(json.at("/proof/source/count").asInt()).isEqualTo(509);
    assertThat(json.at("/proof/source/hash").asText()).hasSize(32);
    assertThat(json.at("/proof/destination")).isEqualTo(json.at("/proof/source"));
    assertThat(terminal.err()).isEmpty();
  }

  @Test
  void peopleSeeTheTableTheWindowsAndTheProof() {
    CapturedTerminal terminal = new CapturedTerminal(true);

    assertThat(terminal.run("quickstart", "--rows=100")).as(terminal.err()).isEqualTo(ExitCode.OK);

    assertThat(terminal.out())
        .contains("CREATE TABLE", "updated_at from the beginning", "rows/s", "EQUAL")
        .contains("100 read, 100 inserted, 0 updated")
        .contains("7 read, 5 inserted, 2 updated");
    assertThat(terminal.err())
        .as("progress")
        .contains("starting PostgreSQL", "planning", "running");
  }

  @Test
  void allSourcesAreMergedAndEachGoesOnFromItsOwnWatermark() throws Exception {
    CapturedTerminal terminal = new CapturedTerminal();

    assertThat(terminal.run("quickstart", "--sources=all", "--rows=400", "--json"))
        .as(terminal.err())
        .isEqualTo(ExitCode.OK);

    JsonNode json = new ObjectMapper().readTree(terminal.out());
    JsonNode first = json.at("/runs/0");
    JsonNode second = json.at("/runs/1");
    assertThat(first.at("/rows/inserted").asInt()).isEqualTo(400 + 100 + 100);
    assertThat(first.at("/ddl").asText())
        .contains("`transit` STRING", "`basket` JSON", "`box` INT64", "`_source` STRING")
        .contains("PRIMARY KEY (`id`, `_source`)");
    // One in a hundred is new, one in fifty changed.
    assertThat(second.at("/rows/inserted").asInt()).isEqualTo(4 + 1 + 1);
    assertThat(second.at("/rows/updated").asInt()).isEqualTo(8 + 2 + 2);
    int[] read = {12, 3, 3};
    for (int i = 0; i < read.length; i++) {
      assertThat(second.at("/sources/" + i + "/read").asInt()).isEqualTo(read[i]);
      assertThat(second.at("/sources/" + i + "/window/lo"))
          .isEqualTo(first.at("/sources/" + i + "/window/hi"));
    }
    assertThat(json.at("/proof/equal").asBoolean()).isTrue();
    assertThat(json.at("/proof/source/count").asInt()).isEqualTo(606);
    assertThat(json.at("/proof/destination")).isEqualTo(json.at("/proof/source"));
    assertThat(terminal.err()).isEmpty();
  }

  @Test
  void peopleSeeWhichRowsCameFromWhere() {
    CapturedTerminal terminal = new CapturedTerminal(true);

    assertThat(terminal.run("quickstart", "--sources=mongodb, bigquery", "--rows=200"))
        .as(terminal.err())
        .isEqualTo(ExitCode.OK);

    assertThat(terminal.out())
        .contains("200 orders of a web shop", "50 archived orders", "EQUAL")
        .contains("mongodb webshop.orders: 200 rows read", "bigquery quickstart.archive.orders")
        .contains("8 read, 3 inserted, 5 updated")
        .containsPattern("mongodb +202 orders, [0-9.]+ euros")
        .containsPattern("bigquery +51 orders, [0-9.]+ euros")
        .doesNotContain("Warning");
    assertThat(terminal.err()).contains("starting and filling mongodb");
  }

  @Test
  void aSourceThatThereIsNotIsRefused() {
    CapturedTerminal terminal = new CapturedTerminal();

    assertThat(terminal.run("quickstart", "--sources=postgresql,mysql")).isEqualTo(ExitCode.USAGE);

    assertThat(terminal.err())
        .contains(
            "--sources: there is no 'mysql'; there are: postgresql, mongodb, bigquery, or all");
  }
}
