package io.deltaflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaflow.emulator.BigQueryEmulator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code runs}, {@code reset} and {@code adopt} from flags to text. */
final class StateCommandsTest {
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

  private static Map<String, String> destination(String table) {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("destination_bigquery_project", "my-project");
    flags.put("destination_bigquery_dataset", "shop");
    flags.put("destination_bigquery_table", table);
    flags.put("bigQueryEndpoint", emulator.bigQueryEndpoint());
    return flags;
  }

  private static Map<String, String> whole(String table) {
    Map<String, String> flags = shop.flags();
    flags.putAll(destination(table));
    flags.put("gcsEndpoint", emulator.gcsEndpoint());
    flags.put("enable_smart_sync", "true");
    flags.put("write_disposition", "WRITE_MERGE");
    return flags;
  }

  private static CapturedTerminal call(String command, Map<String, String> flags, String... more) {
    List<String> args = new ArrayList<>(List.of(command));
    flags.forEach((name, value) -> args.add("--" + name + "=" + value));
    args.addAll(List.of(more));
    CapturedTerminal terminal = new CapturedTerminal();
    assertThat(terminal.run(args.toArray(String[]::new))).as(terminal.err()).isEqualTo(ExitCode.OK);
    assertThat(terminal.err()).isEmpty();
    return terminal;
  }

  @Test
  void aDestinationWithoutALedgerIsNoFailure() {
    assertThat(call("runs", destination("nothing_yet")).out())
        .isEqualTo(
            "bigquery my-project.shop.nothing_yet has no ledger: no run of DeltaFlow was ever"
                + " launched into it\n");
    assertThat(call("runs", destination("nothing_yet"), "--json").out().strip()).isEqualTo("[ ]");
  }

  @Test
  void aSyncIsRunListedResetAdoptedAndRunAgain() throws Exception {
    call("run", whole("orders"));

    assertThat(call("runs", whole("orders")).out())
        .as("the whole command line of a run")
        .isEqualTo(call("runs", destination("orders")).out())
        .as("the destination's flags alone")
        .contains("ended (UTC)", "published", "40", "updated_at below 2");

    String reset = call("reset", whole("orders")).out();
    assertThat(reset)
        .contains("was updated_at 2", "; removed", "Epoch       2;")
        .contains("the next run reads everything and merges it with WRITE_MERGE");

    String adopted = call("adopt", whole("orders")).out();
    assertThat(adopted).contains("updated_at 2", "Epoch       3;", "the next run reads from 2");
    assertThat(call("run", whole("orders")).out()).contains("0 read, 0 inserted, 0 updated");

    JsonNode runs =
        new ObjectMapper()
            .readTree(call("runs", destination("orders"), "--json", "--limit", "3").out());
    assertThat(runs).hasSize(3);
    assertThat(runs.findValuesAsText("outcome")).containsExactly("published", "adopted", "reset");
    JsonNode run = runs.get(0);
    assertThat(run.get("sync_id").asText()).contains("postgresql:", " -> bigquery:my-project");
    assertThat(run.get("ended").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
    assertThat(run.at("/rows/read").asLong()).isZero();
    assertThat(run.at("/sources/0/lo").asText())
        .as("where it was adopted")
        .isEqualTo(runs.at("/1/sources/0/hi").asText());
    assertThat(runs.at("/2/detail").asText()).startsWith("the watermark was updated_at 2");
  }

  @Test
  void aPositionIsTakenInTheCursorsForm() {
    call("run", whole("adopted"));
    call("reset", destination("adopted"), "--sync_id=" + syncId("adopted"));
    assertThat(call("adopt", whole("adopted"), "--position", "2020-01-01 00:00:00+01").out())
        .contains("updated_at 2019-12-31T23:00:00.000000Z")
        .contains("is read again, which doubles rows unless the next run merges");
    assertThat(call("run", whole("adopted")).out()).contains("40 read, 0 inserted");
  }

  private static String syncId(String table) {
    String out = call("runs", destination(table), "--json").out();
    try {
      return new ObjectMapper().readTree(out).at("/0/sync_id").asText();
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new AssertionError(out, e);
    }
  }

  @Test
  void whatIsMissingOrUnknownIsSaidAtOnce() {
    CapturedTerminal runs = new CapturedTerminal();
    assertThat(runs.run("runs", "--destination_bigquery_tabel=t", "--limit=2"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(runs.err())
        .contains("unknown flag --destination_bigquery_tabel; did you mean")
        .contains("--destination_bigquery_dataset is required")
        .doesNotContain("tempLocation", "postgresql");

    CapturedTerminal limit = new CapturedTerminal();
    assertThat(limit.run("runs", "--limit=0")).isEqualTo(ExitCode.USAGE);
    assertThat(limit.err()).contains("--limit: '0' is not a whole number from 1");

    CapturedTerminal position = new CapturedTerminal();
    assertThat(position.run("adopt", "--position")).isEqualTo(ExitCode.USAGE);
    assertThat(position.err()).contains("--position needs a value");
  }

  @Test
  void aSyncThatIsNotThereIsAnErrorOfTheUsers() {
    CapturedTerminal terminal = new CapturedTerminal();
    List<String> args = new ArrayList<>(List.of("reset", "--sync_id=other"));
    destination("orders_of_nobody").forEach((name, value) -> args.add("--" + name + "=" + value));
    assertThat(terminal.run(args.toArray(String[]::new))).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err())
        .contains("the sync 'other' has never published into bigquery my-project.shop")
        .doesNotContain("\tat ");
  }
}
