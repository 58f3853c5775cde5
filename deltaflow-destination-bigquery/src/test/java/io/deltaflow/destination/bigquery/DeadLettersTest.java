package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.deltaflow.DeltaFlow;
import io.deltaflow.LedgerEntry;
import io.deltaflow.LedgerEntry.Outcome;
import io.deltaflow.RunReport;
import io.deltaflow.SyncRun;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.BadValueException;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.RefusedRunException;
import io.deltaflow.testing.BigQueryServer;
import io.deltaflow.testing.RepeatingRunner;
import io.deltaflow.testing.TwiceAtOnceRunner;
import io.deltaflow.testing.ValuesTable;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that do not fit: kept beside the table, counted, and never in the way of the others. */
class DeadLettersTest {
  private static final LocalDate LATE = LocalDate.of(10_000, 1, 1);
  private static final BigDecimal HUGE = BigDecimal.TEN.pow(40);
  private static final Schema SCHEMA =
      Schema.builder()
          .addField("id", FieldTypes.INT64)
          .addNullableField("name", FieldTypes.STRING)
          .addNullableField("born", FieldTypes.DATE)
          .addNullableField("amount", FieldTypes.numeric())
          .addField("version", FieldTypes.INT64)
          .build();
  private static BigQueryServer server;

  private ValuesTable values;
  private ValuesSync sync;

  @BeforeAll
  static void start() {
    server = BigQueryServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void fill(TestInfo test) {
    String name = test.getTestMethod().orElseThrow().getName() + System.nanoTime();
    values = ValuesTable.create(name, SCHEMA, "id");
    sync = new ValuesSync(server, name);
    for (long id = 1; id <= 8; id++) {
      values.add(id, "row " + id, LocalDate.of(2026, 1, 1), BigDecimal.ONE, id);
    }
  }

  @AfterEach
  void drop() {
    values.close();
  }

  private List<Map<String, Object>> deadLetters() {
    return server.rows("SELECT * FROM `" + sync.name() + "_dead_letters` ORDER BY id");
  }

  @Test
  void othersArePublishedAndTheRowsAreKeptWithTheirReason() {
    values.add(9L, "late", LATE, BigDecimal.TEN, 9L);
    values.add(10L, "huge \"x\"", null, HUGE, 10L);

    RunReport report = sync.run("--max_bad_records=2");

    assertThat(report.rows()).isEqualTo(new RunReport.Rows(10, 8, 8, 0, 0, 2));
    assertThat(sync.names()).hasSize(8);
    assertThat(deadLetters())
        .extracting(
            r -> r.get("run_id"),
            r -> r.get("sync_id"),
            r -> r.get("source"),
            r -> r.get("field"),
            r -> r.get("row"))
        .containsExactly(
            tuple(
                report.runId(),
                report.syncId(),
                "values " + values.name(),
                "born",
                "{\"amount\":\"10\",\"born\":\"+10000-01-01\",\"id\":9,\"name\":\"late\","
                    + "\"version\":9}"),
            tuple(
                report.runId(),
                report.syncId(),
                "values " + values.name(),
                "amount",
                "{\"amount\":\""
                    + HUGE
                    + "\",\"born\":null,\"id\":10,\"name\":\"huge \\\"x\\\"\","
                    + "\"version\":10}"));
    assertThat(deadLetters())
        .extracting(r -> (String) r.get("reason"))
        .satisfiesExactly(
            r -> assertThat(r).contains("'born'", "1 to 9999"),
            r -> assertThat(r).contains("'amount'"));
    assertThat(deadLetters())
        .extracting(r -> r.get("position"))
        .containsExactly("row 2 of split 2: 6-9", "row 0 of split 3: 9-10");
    LedgerEntry entry = sync.runs().get(0);
    assertThat(entry.rows().deadLettered()).isEqualTo(2);
    assertThat(entry.rows().read()).isEqualTo(10);
  }

  @Test
  void moreThanAllowedPublishNothingAndCanBeLookedAt() {
    values.add(9L, "late", LATE, null, 9L).add(10L, "huge", null, HUGE, 10L);

    assertThatThrownBy(() -> sync.run("--max_bad_records=1"))
        .isInstanceOf(RefusedRunException.class)
        .hasMessageContaining("2 rows do not fit, and --max_bad_records is 1")
        .hasMessageContaining("nothing was published")
        .hasMessageContaining(sync.name() + "_dead_letters (run_id = '")
        .hasMessageContaining("column 'born'");

    assertThat(sync.names()).isEmpty();
    assertThat(deadLetters()).hasSize(2);
    LedgerEntry refused = sync.runs().get(0);
    assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(refused.detail()).contains("2 rows do not fit");

    // The watermark has not moved: once more are allowed, all rows are read again.
    assertThat(sync.run("--max_bad_records=2").rows().inserted()).isEqualTo(8);
  }

  @Test
  void withoutAnyAllowedTheFirstFailsTheRunAsItIs() {
    values.add(9L, "late", LATE, null, 9L);

    assertThatThrownBy(() -> sync.run())
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining("column 'born'")
        .hasMessageContaining("split 2");
    assertThatThrownBy(this::deadLetters).hasMessageContaining("Not found");
  }

  @Test
  void aColumnsPolicyDecidesForItsValues() {
    values.add(9L, "late", LATE, null, 9L);

    assertThatThrownBy(() -> sync.run("--max_bad_records=5", "--value_policies=born=fail"))
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining("column 'born'");
    assertThatThrownBy(() -> sync.run("--value_policies=amount=dead_letter"))
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining("column 'born'");
    assertThatThrownBy(() -> sync.run("--value_policies=born=dead_letter"))
        .as("kept for people, but none may be left out")
        .isInstanceOf(RefusedRunException.class)
        .hasMessageContaining("--max_bad_records is 0");
    assertThat(deadLetters()).hasSize(1);
    assertThat(sync.names()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(classes = {RepeatingRunner.class, TwiceAtOnceRunner.class})
  void eachIsKeptOnceHoweverOftenTheRunnerRepeatsItself(Class<? extends PipelineRunner<?>> runner) {
    values.add(9L, "late", LATE, null, 9L).add(10L, "huge", null, HUGE, 10L);
    PipelineOptions options = server.pipelineOptions();
    options.setRunner(runner);

    RunReport report =
        DeltaFlow.launch(sync.spec("--max_bad_records=2"), options).waitUntilFinish();

    assertThat(report.rows().inserted()).isEqualTo(8);
    assertThat(deadLetters()).extracting(r -> r.get("field")).containsExactly("born", "amount");
  }

  @Test
  void aSplitOfBadRowsIsNotReadToItsEnd() {
    for (long id = 9; id <= 1009; id++) {
      values.add(id, "late", LATE, null, id);
    }

    assertThatThrownBy(() -> sync.run("--max_bad_records=1", "--values_split_rows=2000"))
        .isInstanceOf(RefusedRunException.class)
        .hasMessageContaining("101 rows do not fit");
    assertThat(deadLetters()).hasSize(101);
  }

  @Test
  void theTableCanBeNamedAndIsSharedByRuns() {
    values.add(9L, "late", LATE, null, 9L);
    String[] flags = {
      "--max_bad_records=1",
      "--dead_letter_table=" + BigQueryServer.DATASET + ".bad_" + sync.table()
    };
    sync.run(flags);
    values.add(10L, "later", LATE, null, 10L);
    sync.run(flags);

    assertThat(
            server.rows(
                "SELECT DISTINCT run_id FROM `"
                    + BigQueryServer.PROJECT
                    + "."
                    + BigQueryServer.DATASET
                    + ".bad_"
                    + sync.table()
                    + "`"))
        .hasSize(2);
  }

  @Test
  void aTableOfAnotherPurposeIsRefused() {
    server.rows("CREATE TABLE `" + sync.name() + "_dead_letters` AS SELECT 1 AS id");

    assertThatThrownBy(() -> sync.run("--max_bad_records=1"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--dead_letter_table")
        .hasMessageContaining("is none for dead letters, since it has no id STRING, run_id STRING");
  }

  private SyncRun replaying(PipelineOptions options, boolean uncorrected, String... flags) {
    return DeltaFlow.replay(sync.spec(flags), Optional.empty(), uncorrected, options);
  }

  private RunReport replay(boolean uncorrected, String... flags) {
    return replaying(server.pipelineOptions(), uncorrected, flags).waitUntilFinish();
  }

  private void correct(long id, String row) {
    server.rows(
        "UPDATE `"
            + sync.name()
            + "_dead_letters` SET corrected_row = JSON '"
            + row
            + "' WHERE JSON_VALUE(`row`, '$.id') = '"
            + id
            + "'");
  }

  private List<Object> replayed() {
    return deadLetters().stream().map(r -> r.get("replayed_run_id")).toList();
  }

  @Test
  void aCorrectedRowIsPublishedOnceAndTheWatermarkStays() {
    values.add(9L, "late", LATE, BigDecimal.TEN, 9L).add(10L, "huge", null, HUGE, 10L);
    sync.run("--max_bad_records=2", "--write_disposition=WRITE_MERGE");
    correct(9, "{\"id\": 9, \"name\": \"late\", \"born\": \"1999-12-31\", \"version\": 9}");

    RunReport report = replay(false, "--write_disposition=WRITE_MERGE");

    assertThat(report.rows()).isEqualTo(new RunReport.Rows(1, 1, 1, 0, 0, 0));
    assertThat(server.rows("SELECT born, amount FROM `" + sync.name() + "` WHERE id = 9"))
        .extracting(r -> r.get("born").toString(), r -> r.get("amount"))
        .containsExactly(tuple("1999-12-31", null));
    assertThat(replayed()).containsExactly(report.runId(), null);
    assertThatThrownBy(() -> replay(false, "--write_disposition=WRITE_MERGE"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("there is nothing to replay")
        .hasMessageContaining("--uncorrected");

    RunReport next = sync.run("--write_disposition=WRITE_MERGE");
    assertThat(next.rows().read()).isZero();
    assertThat(next.window().lo()).isEqualTo("11");
    assertThat(sync.runs().get(1).runId()).isEqualTo(report.runId());
  }

  @Test
  void rowsAreReplayedAsTheyAreWhenTheConfigurationFitsThemNow() {
    values.add(9L, "huge", null, HUGE, 9L);
    sync.run("--max_bad_records=1");

    assertThatThrownBy(() -> replay(true))
        .as("it does not fit now either")
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining("column 'amount'");
    RunReport report =
        replay(
            true,
            "--transformation_config={\"value_transformations\": {\"amount\": {\"type\":"
                + " \"drop\"}}}");

    assertThat(report.rows().inserted()).isEqualTo(1);
    assertThat(sync.names()).contains("huge");
    assertThat(replayed()).containsExactly(report.runId());
  }

  @ParameterizedTest
  @ValueSource(classes = {RepeatingRunner.class, TwiceAtOnceRunner.class})
  void aReplayIsDoneOnceHoweverOftenTheRunnerRepeatsItself(
      Class<? extends PipelineRunner<?>> runner) {
    values.add(9L, "late", LATE, null, 9L);
    sync.run("--max_bad_records=1");
    correct(9, "{\"id\": 9, \"name\": \"late\", \"version\": 9}");
    PipelineOptions options = server.pipelineOptions();
    options.setRunner(runner);

    replaying(options, false).waitUntilFinish();

    assertThat(sync.names()).containsOnlyOnce("late").hasSize(9);
  }

  @Test
  void rowsThatAnotherReplayHasTakenOverAreNotPublishedTwice() {
    values.add(9L, "late", LATE, null, 9L);
    sync.run("--max_bad_records=1");
    correct(9, "{\"id\": 9, \"name\": \"late\", \"version\": 9}");

    try (CrashPoints.Hook other =
        CrashPoints.on(
            CrashPoints.BEFORE_VERIFY,
            () ->
                server.rows(
                    "UPDATE `"
                        + sync.name()
                        + "_dead_letters` SET claimed_run_id = 'other' WHERE TRUE"))) {
      assertThatThrownBy(() -> replay(false))
          .isInstanceOf(RefusedRunException.class)
          .hasMessageContaining("another replay has taken over some of these dead letters");
    }
    assertThat(sync.names()).hasSize(8);
    assertThat(replayed()).containsExactly((Object) null);
    assertThat(replay(false).rows().inserted()).isEqualTo(1);
  }

  @Test
  void rowsOfARunThatDidNotPublishAreNotReplayed() {
    values.add(9L, "late", LATE, null, 9L);
    assertThatThrownBy(() -> sync.run("--value_policies=born=dead_letter"))
        .isInstanceOf(RefusedRunException.class);

    assertThatThrownBy(() -> replay(true))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("there is nothing to replay");
  }

  @Test
  void aCorrectionThatDoesNotFitTheSourceIsNamed() {
    values.add(9L, "late", LATE, null, 9L);
    sync.run("--max_bad_records=1");
    correct(9, "{\"id\": 9, \"nam\": \"x\", \"version\": 9}");

    assertThatThrownBy(() -> replay(false))
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining("column 'nam': the source has no such column")
        .hasMessageContaining("'name'");
    assertThatThrownBy(
            () -> replay(false, "--write_disposition=WRITE_TRUNCATE", "--enable_smart_sync=false"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("a replay adds rows");
  }

  @Test
  void howeverManyAreAllowedAllRowsAreRead() {
    values.add(9L, "late", LATE, null, 9L);

    RunReport report = sync.run("--max_bad_records=" + Long.MAX_VALUE);

    assertThat(report.rows()).isEqualTo(new RunReport.Rows(9, 8, 8, 0, 0, 1));
  }

  @Test
  void aReplayMakesNoTableOfItsRowsAloneWhereOneWasDroppedOrEmptied() {
    values.add(9L, "late", LATE, null, 9L);
    sync.run("--max_bad_records=1");
    correct(9, "{\"id\": 9, \"name\": \"late\", \"version\": 9}");

    server.rows("DELETE FROM `" + sync.name() + "` WHERE TRUE");
    assertThatThrownBy(() -> replay(false))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("has no rows");
    server.rows("DROP TABLE `" + sync.name() + "`");
    assertThatThrownBy(() -> replay(false))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> sync.run("--max_bad_records=1"))
        .as("the run still finds that the table was dropped")
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("the table was dropped");
  }

  @Test
  void rowsThatALaterRunHasReplacedAreNotReplayed() {
    values.add(9L, "late", LATE, null, 9L);
    String[] flags = {
      "--max_bad_records=1", "--enable_smart_sync=false", "--write_disposition=WRITE_TRUNCATE"
    };
    sync.run(flags);
    sync.run(flags);

    RunReport report =
        replay(
            true,
            "--enable_smart_sync=false",
            "--write_disposition=WRITE_APPEND",
            "--value_policies=born=string",
            "--transformation_config={\"value_transformations\": {\"born\": {\"type\":"
                + " \"drop\"}}}");

    assertThat(report.rows().inserted()).isEqualTo(1);
    assertThat(sync.names()).containsOnlyOnce("late").hasSize(9);
  }

  @Test
  void aReasonIsKeptThatShowsHalfOfASurrogatePair() {
    values.add(9L, "half \ud83d", null, null, 9L);

    RunReport report =
        sync.run(
            "--max_bad_records=1",
            "--quality_checks=[{\"check\": \"regex\", \"column\": \"name\", \"pattern\":"
                + " \"row.*\", \"action\": \"dead_letter\"}]");

    assertThat(report.rows().deadLettered()).isEqualTo(1);
    assertThat(deadLetters().get(0).get("reason").toString()).contains("'half ?'");
  }

  @Test
  void aTableIsNotReplacedByNoRowsBecauseNoneFits() {
    values.add(9L, "late", LATE, null, 9L);

    assertThatThrownBy(
            () ->
                sync.run(
                    "--max_bad_records=9",
                    "--enable_smart_sync=false",
                    "--write_disposition=WRITE_TRUNCATE",
                    "--quality_checks=[{\"check\": \"range\", \"column\": \"id\", \"max\": 0,"
                        + " \"action\": \"dead_letter\"}]"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("none of the 9 rows")
        .hasMessageContaining("--allow_empty=true");
  }
}
