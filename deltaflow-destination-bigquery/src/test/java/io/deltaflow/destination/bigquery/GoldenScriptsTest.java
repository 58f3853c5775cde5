package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.emulator.BigQueryEmulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The golden files, as their README says that they are run on BigQuery. */
class GoldenScriptsTest {
  private static final Path FOLDER = Path.of("src", "test", "resources", "golden");

  private static BigQueryEmulator emulator;

  @BeforeAll
  static void start() {
    emulator = BigQueryEmulator.builder().dataset("my-project", "shop").build().start();
  }

  @AfterAll
  static void stop() {
    emulator.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "append, '', 120, 0, 0",
    "append-partitions, '', 120, 0, 0",
    "replace, '', 120, 0, 0",
    "merge-cursor, '', 118, 1, 0",
    "merge-immutable, setup-immutable.sql, 118, 2, 0",
    "merge, setup-merge.sql, 119, 1, 0",
    "truncate, '', 120, 0, 2",
    "empty, TRUNCATE TABLE `my-project`.`shop`.`orders`, 120, 0, 0",
    "no-rows, '', 0, 0, 0",
  })
  void aScriptCommitsOnceAndAnswersItsCounts(
      String name, String before, long inserted, long updated, long deleted) throws IOException {
    emulator.rows(text("setup.sql"));
    if (!before.isEmpty()) {
      emulator.rows(before.endsWith(".sql") ? text(before) : before);
    }
    String script = text("publish-" + name + ".sql");
    assertThat(new ArrayList<>(emulator.rows(script).get(0).values()).subList(0, 3))
        .isEqualTo(List.of(inserted, updated, deleted));
    assertThat(
            emulator.rows(
                "SELECT epoch, rows_inserted, rows_updated, rows_deleted FROM"
                    + " `my-project.shop.orders__deltaflow_runs`"))
        .singleElement()
        .satisfies(
            r ->
                assertThat(new ArrayList<>(r.values()))
                    .isEqualTo(List.of(8L, inserted, updated, deleted)));

    assertThatThrownBy(() -> emulator.rows(script))
        .hasMessageContaining("deltaflow: stale epoch 7");
    assertThat(emulator.rows("SELECT 1 FROM `my-project.shop.orders__deltaflow_runs`")).hasSize(1);
  }

  @Test
  void theCheckOfStagedRowsAnswersAllThatIsAsked() throws IOException {
    emulator.rows(text("setup.sql"));
    emulator.rows(
        "INSERT INTO `my-project.shop.orders__deltaflow_staging_run1_1` (c0, c3) VALUES"
            + " (7, TIMESTAMP '2026-03-01 12:00:00+00'), (NULL, '2026-02-01 12:00:00+00')");
    assertThat(new ArrayList<>(emulator.rows(text("check-merge.sql")).get(0).values()))
        .isEqualTo(
            List.of(
                122L,
                1L,
                List.of(List.of(7L, "2026-03-01 12:00:00+00", 2L)),
                Instant.parse("2026-03-01T13:00:00Z"),
                List.of(20_485L, 20_513L)));
  }

  @Test
  void writeEmptyWantsAnEmptyTable() throws IOException {
    emulator.rows(text("setup.sql"));
    String script = text("publish-empty.sql");
    assertThatThrownBy(() -> emulator.rows(script)).hasMessageContaining("WRITE_EMPTY wants none");
    assertThat(emulator.rows("SELECT epoch FROM `my-project.shop.orders__deltaflow_state`").get(0))
        .containsEntry("epoch", 7L);
  }

  private static String text(String file) throws IOException {
    return Files.readString(FOLDER.resolve(file));
  }
}
