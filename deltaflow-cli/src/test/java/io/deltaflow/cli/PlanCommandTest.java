package io.deltaflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaflow.emulator.BigQueryEmulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class PlanCommandTest {
  private static ShopDatabase shop;
  private static BigQueryEmulator emulator;

  @BeforeAll
  static void start() throws Exception {
    shop = ShopDatabase.start(40);
    emulator = BigQueryEmulator.builder().dataset("my-project", "shop").build().start();
  }

  @AfterAll
  static void stop() {
    emulator.close();
    shop.close();
  }

  @Test
  void thePlanOfAFirstRunIsWhatTheDocumentationShows() throws Exception {
    String out = planned("plan", Map.of());
    String beforeStatements = out.substring(0, out.indexOf("\nDDL\n"));
    assertThat(beforeStatements.lines()).allMatch(line -> line.length() <= 100);
    assertThat(shown(out.substring(0, out.indexOf("\n  DECLARE")))).isEqualTo(documented());
    assertThat(out).contains("BEGIN TRANSACTION;", "MERGE INTO `my-project`.`shop`.`orders`");
    assertThat(emulator.rows("SELECT * FROM `my-project`.shop.INFORMATION_SCHEMA.TABLES"))
        .isEmpty();
  }

  /** Without what every run has anew. */
  private static String shown(String text) {
    return text.replaceAll("20\\d\\d-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME")
        .replaceAll("about \\d+ rows, [0-9.]+ kB", "about N rows, B")
        .replaceAll("about [0-9.]+ kB", "about B")
        .strip();
  }

  private static String documented() throws Exception {
    Path docs = Path.of("..", "docs", "plan.md");
    String text = Files.readString(docs);
    int from = text.indexOf("```text\n") + "```text\n".length();
    return shown(text.substring(from, text.indexOf("```", from)));
  }

  @Test
  void jsonIsForMachines() throws Exception {
    JsonNode plan =
        new ObjectMapper().readTree(planned("plan", Map.of("format", "json", "usd_per_tib", "5")));
    assertThat(plan.at("/sources/0/window/incremental").asBoolean(true)).isFalse();
    assertThat(plan.at("/sources/0/connections_per_worker").asInt()).isEqualTo(4);
    assertThat(plan.at("/columns/0/source_types/0").asText()).isEqualTo("int8");
    assertThat(plan.at("/ddl/0").asText()).startsWith("CREATE TABLE `my-project`.`shop`");
    assertThat(plan.at("/access/0/role").asText()).isEqualTo("SELECT");
    assertThat(plan.at("/cost/merge_most").isNumber()).isTrue();
  }

  @Test
  void aRunWithDryRunPlansOnly() {
    assertThat(planned("run", Map.of("dry_run", "true"))).startsWith("  Plan        nothing was");
    assertThat(emulator.rows("SELECT * FROM `my-project`.shop.INFORMATION_SCHEMA.TABLES"))
        .isEmpty();
  }

  @Test
  void whatTheRunWouldRefuseEndsAsTheRunDoes() {
    for (Map<String, String> wrong :
        List.of(
            Map.of("postgresql_table", "public.oders"),
            Map.of("merge_keys", "idd"),
            Map.of("postgresql_password", "wrong"))) {
      CapturedTerminal run = new CapturedTerminal();
      CapturedTerminal plan = new CapturedTerminal();
      ExitCode exit = run.run(command("run", wrong));
      assertThat(exit).isNotEqualTo(ExitCode.OK);
      assertThat(plan.run(command("plan", wrong))).isEqualTo(exit);
      assertThat(plan.err()).isEqualTo(run.err()).isNotBlank();
      assertThat(plan.out()).isEmpty();
    }
  }

  @Test
  void itsOwnOptionsAreChecked() {
    assertThatIsRefused(Map.of("format", "yaml"), "'yaml' is not text or json");
    assertThatIsRefused(Map.of("usd_per_tib", "cheap"), "'cheap' is no price such as 6.25");
  }

  private static void assertThatIsRefused(Map<String, String> more, String message) {
    CapturedTerminal terminal = new CapturedTerminal();
    assertThat(terminal.run(command("plan", more))).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains(message);
  }

  private static String planned(String command, Map<String, String> more) {
    CapturedTerminal terminal = new CapturedTerminal();
    assertThat(terminal.run(command(command, more))).as(terminal.err()).isEqualTo(ExitCode.OK);
    assertThat(terminal.err()).isEmpty();
    return terminal.out();
  }

  private static String[] command(String name, Map<String, String> more) {
    List<String> command = new ArrayList<>(List.of(name));
    Map<String, String> flags = shop.flags();
    flags.put("enable_smart_sync", "true");
    flags.put("write_disposition", "WRITE_MERGE");
    flags.put("destination_bigquery_project", "my-project");
    flags.put("destination_bigquery_dataset", "shop");
    flags.put("destination_bigquery_table", "orders");
    flags.put("bigQueryEndpoint", emulator.bigQueryEndpoint());
    flags.put("gcsEndpoint", emulator.gcsEndpoint());
    flags.putAll(more);
    flags.forEach((flag, value) -> command.add("--" + flag + "=" + value));
    return command.toArray(String[]::new);
  }
}
