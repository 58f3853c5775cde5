package io.deltaflow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.deltaflow.RunReport;
import io.deltaflow.emulator.BigQueryEmulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunCommandTest {
  private static ShopDatabase shop;
  private static BigQueryEmulator emulator;

  @TempDir Path folder;

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
  void theMetricsThatDashboardsShowArePrinted() throws Exception {
    CapturedTerminal terminal = new CapturedTerminal();
    List<String> command =
        command(Map.of("enable_smart_sync", "true", "destination_bigquery_table", "metrics"));

    assertThat(terminal.run(command.toArray(String[]::new)))
        .as(terminal.err())
        .isEqualTo(ExitCode.OK);

    assertThat(terminal.out())
        .contains("Metrics     rows_read 40", "rows_inserted 40", "split_rows 1 of them, mean 40")
        .contains("watermark_lag_seconds 1 of them", "bytes_written ", "split_milliseconds 1 of");
  }

  @Test
  void theSecondRunWithoutChangesReadsNothing() throws Exception {
    Path report = folder.resolve("report.json");
    CapturedTerminal first = new CapturedTerminal();
    CapturedTerminal second = new CapturedTerminal();
    List<String> command =
        command(
            Map.of(
                "enable_smart_sync", "true",
                "write_disposition", "WRITE_MERGE",
                "report", report.toString()));

    assertThat(first.run(command.toArray(String[]::new))).as(first.err()).isEqualTo(ExitCode.OK);
    assertThatPhasesSum(
        report,
        List.of(
            "detect",
            "inspect",
            "window",
            "plan",
            "create",
            "extract",
            "load",
            "verify",
            "publish",
            "clean_up"));
    assertThat(first.out()).contains("CREATE TABLE", "40 read, 40 inserted, 0 updated");
    assertThat(second.run(command.toArray(String[]::new))).as(second.err()).isEqualTo(ExitCode.OK);
    assertThat(second.out()).contains("0 read, 0 inserted, 0 updated");
    assertThat(RunReport.fromJson(Files.readString(report)).rows().read()).isZero();
    assertThatPhasesSum(
        report,
        List.of("detect", "inspect", "window", "plan", "create", "extract", "publish", "clean_up"));
    assertThat(second.err()).isEmpty();
  }

  /** The phases, in this order, and no time outside of them. */
  private static void assertThatPhasesSum(Path file, List<String> phases) throws Exception {
    RunReport report = RunReport.fromJson(Files.readString(file));
    assertThat(report.phases().keySet()).containsExactlyElementsOf(phases);
    double sum = report.phases().values().stream().mapToDouble(Double::doubleValue).sum();
    // Each is cut to a millisecond.
    assertThat(sum).isCloseTo(report.seconds(), within(0.001 * (phases.size() + 1)));
  }

  @Test
  void whatTheSourceRefusesIsAFailure() {
    CapturedTerminal terminal = new CapturedTerminal();

    ExitCode exit =
        terminal.run(
            command(Map.of("postgresql_username", "nobody", "postgresql_password", "unknown"))
                .toArray(String[]::new));

    assertThat(exit).isIn(ExitCode.FAILED, ExitCode.USAGE);
    assertThat(terminal.err()).contains("nobody").doesNotContain("unknown").doesNotContain("\tat ");
    assertThat(terminal.out()).isEmpty();
  }

  @Test
  void verboseShowsWhere() {
    CapturedTerminal terminal = new CapturedTerminal();
    List<String> command = command(Map.of("postgresql_table", "public.oders"));
    command.add("--verbose");

    assertThat(terminal.run(command.toArray(String[]::new))).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("did you mean", "orders").contains("\tat io.deltaflow");
  }

  private static List<String> command(Map<String, String> more) {
    List<String> command = new ArrayList<>(List.of("run"));
    Map<String, String> flags = shop.flags();
    flags.put("destination_bigquery_project", "my-project");
    flags.put("destination_bigquery_dataset", "shop");
    flags.put("destination_bigquery_table", "orders");
    flags.put("bigQueryEndpoint", emulator.bigQueryEndpoint());
    flags.put("gcsEndpoint", emulator.gcsEndpoint());
    flags.putAll(more);
    flags.forEach((name, value) -> command.add("--" + name + "=" + value));
    return command;
  }
}
