package io.deltaflow.destination.bigquery;

import static io.deltaflow.destination.bigquery.Bench.row;
import static io.deltaflow.destination.bigquery.Requests.ORDERS;
import static io.deltaflow.destination.bigquery.Requests.nullable;
import static io.deltaflow.destination.bigquery.Requests.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.destination.LoadFile;
import io.deltaflow.destination.PublishOutcome;
import io.deltaflow.destination.Staging;
import io.deltaflow.destination.StoredWatermark;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.emulator.BigQueryEmulator;
import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.DestinationException;
import io.deltaflow.spi.error.StaleRunException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PublishTest {
  private static final Instant T1 = Instant.parse("2026-03-01T10:00:00.123456Z");
  private static final Instant T2 = Instant.parse("2026-03-01T11:00:00.000001Z");
  private static final Instant T3 = Instant.parse("2026-03-02T00:00:00Z");
  private static final Requests APPEND = Requests.of(ORDERS);
  private static final Requests MERGE = APPEND.disposition(WriteDisposition.WRITE_MERGE, "id");
  private static final Requests TRUNCATE = APPEND.disposition(WriteDisposition.WRITE_TRUNCATE);
  private static final Requests EMPTY = APPEND.disposition(WriteDisposition.WRITE_EMPTY);

  private static BigQueryEmulator emulator;

  @BeforeAll
  static void start() {
    emulator = Bench.start();
  }

  @AfterAll
  static void stop() {
    emulator.close();
  }

  @Test
  void aFirstRunCreatesTablePublishesRowsAndRemembersWhere() {
    Bench bench = new Bench(emulator, "first");
    assertThat(bench.destination.inspect("sync", bench.options).exists()).isFalse();

    PublishOutcome outcome =
        bench
            .begin(APPEND, "updated_at", T3)
            .write(row(1L, "ann", new BigDecimal("12.50"), T1), row(2L, null, null, T2));

    assertThat(outcome.inserted()).isEqualTo(2);
    assertThat(outcome.epoch()).isEqualTo(1);
    assertThat(outcome.repeated()).isFalse();
    assertThat(bench.rows("id, customer, total, updated_at"))
        .containsExactly(
            row(1L, "ann", new BigDecimal("12.500000000"), T1), row(2L, null, null, T2));
    var state = bench.destination.inspect("sync", bench.options);
    assertThat(state.exists()).isTrue();
    assertThat(state.hasRows()).isTrue();
    assertThat(state.stateExists()).isTrue();
    assertThat(state.epoch()).isEqualTo(1);
    assertThat(state.watermarks().get(Bench.SOURCE).position())
        .isEqualTo(CursorPosition.timestamp(T3));
    assertThat(state.watermarks().get(Bench.SOURCE).cursor()).isEqualTo("updated_at");
    assertThat(bench.ledger())
        .singleElement()
        .satisfies(
            l -> {
              assertThat(l.get("rows_inserted")).isEqualTo(2L);
              assertThat(l.get("rows_staged")).isEqualTo(2L);
              assertThat(l.get("epoch")).isEqualTo(1L);
            });
  }

  @Test
  void appendAddsAndKeeps() {
    Bench bench = new Bench(emulator, "append");
    bench.begin(APPEND, "updated_at", T2).write(row(1L, "ann", null, T1));
    bench.begin(APPEND, "updated_at", T3).write(row(1L, "ann", null, T2));
    assertThat(bench.rows("id, updated_at")).containsExactlyInAnyOrder(row(1L, T1), row(1L, T2));
    assertThat(bench.state().get("epoch")).isEqualTo(2L);
  }

  @Test
  void mergeUpdatesInsertsAndNeverGoesBack() {
    Bench bench = new Bench(emulator, "merge");
    bench
        .begin(MERGE, "updated_at", T2)
        .write(row(1L, "old", null, T1), row(2L, "newer", null, T2));

    PublishOutcome outcome =
        bench
            .begin(MERGE, "updated_at", T3)
            .write(
                row(1L, "middle", null, T1.plusSeconds(1)),
                row(1L, "new", null, T2),
                row(2L, "older", null, T1),
                row(3L, "third", null, T2));

    assertThat(bench.rows("id, customer"))
        .containsExactly(row(1L, "new"), row(2L, "newer"), row(3L, "third"));
    assertThat(outcome.inserted()).isEqualTo(1);
    assertThat(outcome.updated()).isEqualTo(1);
    assertThat(bench.ledger().get(1))
        .containsEntry("rows_inserted", 1L)
        .containsEntry("rows_updated", 1L)
        .containsEntry("rows_staged", 4L);
  }

  @Test
  void mergeWithoutACursorTakesWhatIsStaged() {
    Bench bench = new Bench(emulator, "merge_plain");
    bench.begin(MERGE).write(row(1L, "one", null, T2));
    PublishOutcome outcome =
        bench.begin(MERGE).write(row(1L, "uno", null, T1), row(2L, "dos", null, T1));
    assertThat(bench.rows("id, customer")).containsExactly(row(1L, "uno"), row(2L, "dos"));
    assertThat(List.of(outcome.inserted(), outcome.updated())).containsExactly(1L, 1L);
  }

  @Test
  void repeatedKeysWithoutACursorAreRefusedAndNamed() {
    Bench bench = new Bench(emulator, "merge_twice");
    Bench.Run run = bench.begin(MERGE);
    assertThatThrownBy(
            () -> run.stage(row(7L, "a", null, T1), row(7L, "b", null, T1), row(8L, "c", null, T1)))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("--merge_keys")
        .hasMessageContaining("same id")
        .hasMessageContaining("(7) 2 times");
  }

  @Test
  void repeatedKeysOfOneCursorAreRefusedAndNamed() {
    Bench bench = new Bench(emulator, "merge_ties");
    Bench.Run run = bench.begin(MERGE, "updated_at", T3);
    assertThatThrownBy(
            () ->
                run.stage(
                    row(7L, "a", null, T1),
                    row(7L, "b", null, T1),
                    row(8L, "c", null, T1),
                    row(8L, "d", null, T2)))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("--merge_keys")
        .hasMessageContaining("same id, updated_at")
        .hasMessageContaining("(7, 2026-03-01 10:00:00.123456+00) 2 times;")
        .hasMessageContaining("name columns that identify a row");

    Bench.Run byCursor =
        bench.begin(
            APPEND.disposition(WriteDisposition.WRITE_MERGE, "updated_at"), "updated_at", T3);
    assertThatThrownBy(() -> byCursor.stage(row(7L, "a", null, T1), row(8L, "b", null, T1)))
        .hasMessageContaining("same updated_at, and")
        .hasMessageContaining("2 times");
  }

  @Test
  void keysThatAreNullAreRefused() {
    Requests request =
        Requests.of(
                Schema.of(
                    nullable("id", FieldTypes.INT64), nullable("updated_at", FieldTypes.TIMESTAMP)))
            .disposition(WriteDisposition.WRITE_MERGE, "id");
    Bench.Run run = new Bench(emulator, "merge_null").begin(request);
    assertThatThrownBy(() -> run.stage(row(null, T1), row(1L, T1)))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("1 rows where 'id' is NULL");
  }

  @Test
  void truncateReplacesAllRows() {
    Bench bench = new Bench(emulator, "truncate");
    bench.begin(TRUNCATE).write(row(1L, "a", null, T1), row(2L, "b", null, T1));
    PublishOutcome outcome = bench.begin(TRUNCATE).write(row(3L, "c", null, T1));
    assertThat(bench.rows("id")).containsExactly(row(3L));
    assertThat(List.of(outcome.inserted(), outcome.deleted())).containsExactly(1L, 2L);
  }

  @Test
  void truncateByNothingNeedsPermission() {
    Bench bench = new Bench(emulator, "truncate_empty");
    bench.begin(TRUNCATE).write(row(1L, "a", null, T1));
    assertThatThrownBy(() -> bench.begin(TRUNCATE).write())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--allow_empty=true");
    assertThat(bench.rows("id")).containsExactly(row(1L));

    bench.plan(TRUNCATE, null, null, true).create().write();
    assertThat(bench.rows("id")).isEmpty();
  }

  @Test
  void writeEmptyRefusesATableWithRows() {
    Bench bench = new Bench(emulator, "empty");
    bench.begin(EMPTY).write(row(1L, "a", null, T1));
    Bench.Run second = bench.begin(EMPTY);
    Staging staging = second.stage(row(2L, "b", null, T1));
    assertThatThrownBy(() -> second.publish(staging))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("has rows, and WRITE_EMPTY wants none");
    assertThat(bench.rows("id")).containsExactly(row(1L));
    assertThat(bench.state().get("epoch")).isEqualTo(1L);
  }

  @Test
  void noRowsLeaveTheTableUntouchedAndMoveTheWatermark() {
    Bench bench = new Bench(emulator, "no_rows");
    bench.begin(MERGE, "updated_at", T2).write(row(1L, "a", null, T1));
    BigQueryApi api = BigQueryApi.of(bench.options, Bench.PROJECT, Duration.ofSeconds(1));
    String etag = api.table(bench.tables.target()).orElseThrow().getEtag();

    PublishOutcome outcome = bench.begin(MERGE, "updated_at", T3).write();

    assertThat(outcome.inserted()).isZero();
    assertThat(api.table(bench.tables.target()).orElseThrow().getEtag()).isEqualTo(etag);
    assertThat(bench.state().get("watermarks").toString())
        .contains(CursorPosition.timestamp(T3).toString());
    assertThat(bench.ledger()).hasSize(2);
  }

  @Test
  void everyStepMayRunTwice() {
    Bench bench = new Bench(emulator, "twice");
    Bench.Run run = bench.begin(APPEND, "updated_at", T3).create();
    List<LoadFile> files =
        List.of(
            run.file(0, List.of(row(1L, "a", null, T1))),
            run.file(1, List.of(row(2L, "b", null, T2), row(3L, "c", null, T2))));
    Staging staging = run.stageFiles(files);
    assertThat(run.stageFiles(files)).isEqualTo(staging);
    assertThat(staging.rows()).isEqualTo(3);

    PublishOutcome first = run.publish(staging);
    PublishOutcome second = run.publish(staging);

    assertThat(second.repeated()).isTrue();
    assertThat(second.inserted()).isEqualTo(first.inserted()).isEqualTo(3);
    assertThat(bench.destination.published(run.plan, bench.options))
        .get()
        .satisfies(o -> assertThat(o.inserted()).isEqualTo(3));
    assertThat(bench.rows("id")).containsExactly(row(1L), row(2L), row(3L));
    assertThat(bench.ledger()).hasSize(1);
    assertThat(bench.destination.cleanUp(run.plan, staging, bench.options)).isEmpty();
    assertThat(bench.destination.cleanUp(run.plan, staging, bench.options)).isEmpty();
    assertThat(run.publish(staging).repeated()).isTrue();
  }

  @Test
  void rowsTooLargeForAvroComeInFilesOfTheirOwn() {
    Bench bench = new Bench(emulator, "side_files");
    Bench.Run run = bench.begin(APPEND, "updated_at", T3);
    String path = run.plan.tempPath() + "large.json";
    AvroFile.writeText(
        path,
        "{\"c0\":\"2\",\"c1\":\"b\",\"c2\":\"1.25\",\"c3\":\"2026-03-01T10:00:00.123456Z\"}\n"
            + "{\"c0\":\"3\",\"c3\":\"2026-03-01T10:00:00Z\"}\n");
    Staging staging =
        run.stageFiles(
            List.of(
                new LoadFile(path, LoadFile.Format.JSON_LINES, 0, 1, 2, 100),
                run.file(0, List.of(row(1L, "a", null, T1)))));
    assertThat(staging.tables()).hasSize(2);
    assertThat(run.finish(staging).inserted()).isEqualTo(3);
    assertThat(bench.rows("id, total, updated_at").get(1))
        .containsExactly(2L, new BigDecimal("1.250000000"), T1);
  }

  @Test
  void filesBeyondOneJobsLimitAreCutTheSameWayAlways() {
    List<LoadFile> files = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      LoadFile.Format format = i == 3 ? LoadFile.Format.JSON_LINES : LoadFile.Format.AVRO;
      files.add(new LoadFile("gs://b/" + i, format, 0, i, i, 1));
    }
    List<Loader.Part> parts = Loader.parts(files, 2, 100);
    assertThat(parts).extracting(p -> p.files().size()).containsExactly(2, 2, 1);
    assertThat(parts).extracting(Loader.Part::number).containsExactly(0, 1, 2);
    assertThat(parts.get(1).files()).containsExactly(files.get(2), files.get(4));
    assertThat(parts).extracting(Loader.Part::rows).containsExactly(1L, 6L, 3L);
    assertThat(Loader.parts(files, 2, 100)).isEqualTo(parts);
    assertThat(Loader.parts(files, 100, 3)).as("by bytes").isNotEqualTo(parts);
    assertThat(Loader.parts(files, 100, 3))
        .extracting(p -> p.files().size())
        .containsExactly(3, 1, 1);
    assertThat(Loader.parts(files, 100, 0)).as("of too large files each").hasSize(5);
  }

  @Test
  void filesAreOneJobUnlessBigQueryForbidsIt() {
    assertThat(filesOfJobs(10_000, 1_500_000_000)).containsExactly(10_000);
    assertThat(filesOfJobs(10_001, 1)).containsExactly(10_000, 1);
    assertThat(filesOfJobs(10_000, 1_500_000_001)).containsExactly(9_999, 1);
  }

  private static List<Integer> filesOfJobs(int count, long bytes) {
    List<LoadFile> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      files.add(new LoadFile("gs://b/" + i, LoadFile.Format.AVRO, 0, i, 1, bytes));
    }
    return Loader.parts(files, Loader.MOST_FILES, Loader.MOST_BYTES).stream()
        .map(p -> p.files().size())
        .toList();
  }

  @Test
  void twoWorkersPublishOneRunOnce() throws Exception {
    Bench bench = new Bench(emulator, "at_once");
    Bench.Run run = bench.begin(APPEND, "updated_at", T3);
    List<LoadFile> files = List.of(run.file(0, List.of(row(1L, "a", null, T1))));
    ExecutorService workers = Executors.newFixedThreadPool(2);
    try {
      List<Future<PublishOutcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        outcomes.add(workers.submit(() -> run.publish(run.stageFiles(files))));
      }
      assertThat(outcomes.get(0).get().inserted()).isEqualTo(1);
      assertThat(outcomes.get(1).get().inserted()).isEqualTo(1);
    } finally {
      workers.shutdownNow();
    }
    assertThat(bench.rows("id")).containsExactly(row(1L));
    assertThat(bench.ledger()).hasSize(1);
  }

  @Test
  void ofTwoRunsOfASyncTheSecondIsStaleAndChangesNothing() {
    Bench bench = new Bench(emulator, "stale");
    Bench.Run one = bench.begin(APPEND, "updated_at", T2);
    Bench.Run two = bench.begin(APPEND, "updated_at", T2);
    Staging staged = two.stage(row(1L, "a", null, T1));
    one.write(row(1L, "a", null, T1));

    assertThatThrownBy(() -> two.publish(staged))
        .isInstanceOf(StaleRunException.class)
        .hasMessageContaining(one.plan.runId())
        .hasMessageContaining("planned at epoch 0")
        .hasMessageContaining("to epoch 1");
    assertThat(bench.rows("id")).containsExactly(row(1L));
    assertThat(bench.destination.published(two.plan, bench.options)).isEmpty();
  }

  @Test
  void twoRunsThatCommitAtOnceLeaveTheRowsOfOne() throws Exception {
    Bench bench = new Bench(emulator, "race");
    List<Bench.Run> runs =
        List.of(bench.begin(APPEND, "updated_at", T2), bench.begin(APPEND, "updated_at", T2));
    List<Staging> staged = new ArrayList<>();
    for (Bench.Run run : runs) {
      staged.add(run.stage(row(1L, run.plan.runId(), null, T1)));
    }
    ExecutorService workers = Executors.newFixedThreadPool(2);
    int stale = 0;
    try {
      List<Future<PublishOutcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        int n = i;
        outcomes.add(workers.submit(() -> runs.get(n).publish(staged.get(n))));
      }
      for (Future<PublishOutcome> outcome : outcomes) {
        try {
          outcome.get();
        } catch (java.util.concurrent.ExecutionException e) {
          assertThat(e.getCause()).isInstanceOf(StaleRunException.class);
          stale++;
        }
      }
    } finally {
      workers.shutdownNow();
    }
    assertThat(stale).isEqualTo(1);
    assertThat(bench.rows("id")).containsExactly(row(1L));
  }

  @Test
  void twoSyncsIntoOneTableKeepTheirOwnWatermarks() {
    Bench bench = new Bench(emulator, "shared");
    Bench other = bench.otherSync("it's \\ another");
    bench.begin(APPEND, "updated_at", T2).write(row(1L, "a", null, T1));
    other.begin(APPEND, "updated_at", T3).write(row(2L, "b", null, T1));
    assertThat(bench.rows("id")).containsExactly(row(1L), row(2L));
    assertThat(
            bench
                .destination
                .inspect("sync", bench.options)
                .watermarks()
                .get(Bench.SOURCE)
                .position())
        .isEqualTo(CursorPosition.timestamp(T2));
    assertThat(
            bench
                .destination
                .inspect("it's \\ another", bench.options)
                .watermarks()
                .get(Bench.SOURCE)
                .position())
        .isEqualTo(CursorPosition.timestamp(T3));
  }

  @Test
  void theLargestPublishedCursorIsRecordedWithTheRows() {
    Requests append =
        Requests.of(
            Schema.of(
                required("id", FieldTypes.INT64),
                nullable("customer", FieldTypes.STRING),
                nullable("total", FieldTypes.numeric(12, 2)),
                nullable("updated_at", FieldTypes.TIMESTAMP)));
    for (Requests request :
        List.of(append, append.disposition(WriteDisposition.WRITE_MERGE, "id"))) {
      Bench bench = new Bench(emulator, "maximum_" + request.request().writeDisposition());
      bench.begin(request, "updated_at", T3).write();
      assertThat(watermarks(bench).get(Bench.SOURCE).published()).as("no rows ever").isEmpty();

      bench
          .begin(request, "updated_at", T3)
          .write(row(1L, "a", null, T2), row(2L, "b", null, T1), row(3L, "c", null, null));
      assertThat(watermarks(bench).get(Bench.SOURCE).published())
          .contains(CursorPosition.timestamp(T2));

      bench.begin(request, "updated_at", T3).write();
      bench.begin(request, "updated_at", T3).write(row(4L, "d", null, null));
      bench.begin(request, "updated_at", T3).write(row(2L, "b", null, T1));
      assertThat(watermarks(bench).get(Bench.SOURCE).published())
          .as("no new rows, and old ones")
          .contains(CursorPosition.timestamp(T2));
      String maximum = CursorPosition.timestamp(T2).toString();
      assertThat(bench.ledger())
          .extracting(l -> l.get("maximum_published"))
          .containsExactly(null, maximum, maximum, maximum, maximum);

      bench.begin(request.deleteExisting(), "updated_at", T3).write(row(1L, "a", null, T1));
      assertThat(watermarks(bench).get(Bench.SOURCE).published())
          .as("a table anew")
          .contains(CursorPosition.timestamp(T1));
    }
  }

  @Test
  void aFullReadLeavesNoWatermarkToContinueFrom() {
    Bench bench = new Bench(emulator, "full_read");
    for (Requests request : List.of(APPEND, TRUNCATE, APPEND.deleteExisting())) {
      bench.begin(APPEND, "updated_at", T2).write(row(1L, "a", null, T1));
      assertThat(watermarks(bench)).containsKey(Bench.SOURCE);
      bench.begin(request).write(row(1L, "a", null, T1), row(2L, "b", null, T2));
      assertThat(watermarks(bench)).isEmpty();
    }
    bench.begin(APPEND, "updated_at", T2).write(row(3L, "c", null, T1));
    bench.begin(MERGE).write(row(3L, "C", null, T2));
    assertThat(watermarks(bench)).isEmpty();
  }

  private static Map<String, StoredWatermark> watermarks(Bench bench) {
    return bench.destination.inspect("sync", bench.options).watermarks();
  }

  @Test
  void aSyncBeginsAnewAsOftenAsItsStateIsDeleted() {
    Bench bench = new Bench(emulator, "resets");
    for (int i = 0; i < 8; i++) {
      bench.begin(APPEND, "updated_at", T2);
      assertThat(bench.state().get("epoch")).isEqualTo(0L);
      emulator.rows("DELETE FROM `" + bench.tables.state() + "` WHERE TRUE");
    }
  }

  @Test
  void aRunThatDiesBeforeItsCommitLeavesEverythingAsItWas() {
    Bench bench = new Bench(emulator, "dies");
    bench.begin(APPEND, "updated_at", T2).write(row(1L, "a", null, T1));
    Map<String, Object> before = bench.state();

    bench.begin(APPEND, "updated_at", T3).stage(row(2L, "b", null, T2));

    assertThat(bench.rows("id")).containsExactly(row(1L));
    assertThat(bench.state()).isEqualTo(before);
    bench.begin(APPEND, "updated_at", T3).write(row(2L, "b", null, T2));
    assertThat(bench.rows("id")).containsExactly(row(1L), row(2L));
  }

  @Test
  void aHistoryOfMoreThanFourThousandDaysIsPublishedInOneCommit() {
    Bench bench = new Bench(emulator, "history");
    List<List<Object>> days = new ArrayList<>();
    for (int day = 0; day < 4_100; day++) {
      days.add(row((long) day, "a", null, T1.minus(Duration.ofDays(day))));
    }
    Bench.Run run = bench.begin(MERGE, "updated_at", T3);
    PublishOutcome outcome = run.finish(run.stageFiles(List.of(run.file(0, days))));
    assertThat(outcome.inserted()).isEqualTo(4_100);
    assertThat(outcome.updated()).isZero();
    assertThat(bench.select("COUNT(DISTINCT id)", bench.tables.target()))
        .containsExactly(row(4_100L));
  }

  @Test
  void theMaximumOfATableWithoutStateIsFound() {
    Bench bench = new Bench(emulator, "maximum");
    bench.begin(APPEND).write(row(41L, "a", null, T2), row(40L, "b", null, T1));
    assertThat(bench.destination.maximum("updated_at", CursorKind.TIMESTAMP, bench.options))
        .contains(CursorPosition.timestamp(T2));
    assertThat(bench.destination.maximum("id", CursorKind.INTEGER, bench.options))
        .contains(CursorPosition.integer(41));
    assertThatThrownBy(
            () -> bench.destination.maximum("customer", CursorKind.TIMESTAMP, bench.options))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("STRING");
    assertThatThrownBy(
            () -> bench.destination.maximum("update_at", CursorKind.TIMESTAMP, bench.options))
        .hasMessageContaining("did you mean 'updated_at'");
  }
}
