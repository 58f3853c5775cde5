package io.deltaflow.destination.bigquery;

import static io.deltaflow.destination.bigquery.Bench.row;
import static io.deltaflow.destination.bigquery.Requests.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.destination.Staging;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.emulator.BigQueryEmulator;
import io.deltaflow.emulator.Faults.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What runs ask of BigQuery, each request being a delay for a small run. */
class RequestsTest {
  private static final Instant T1 = Instant.parse("2026-03-01T10:00:00Z");
  private static final Instant T2 = Instant.parse("2026-03-01T11:00:00Z");
  private static final Requests APPEND = Requests.of(ORDERS);
  private static final Requests MERGE = APPEND.disposition(WriteDisposition.WRITE_MERGE, "id");
  private static final String TABLES = "/projects/[^/]+/datasets/[^/]+/tables";

  private static BigQueryEmulator emulator;

  private final Map<String, Fault> seen = new LinkedHashMap<>();

  @BeforeAll
  static void start() {
    emulator = Bench.start();
  }

  @AfterAll
  static void stop() {
    emulator.close();
  }

  @AfterEach
  void forget() {
    emulator.faults().clear();
  }

  /** Looks at a load that is at work are not counted: how many there are is a matter of time. */
  private void count() {
    seen.clear();
    see("start a job", "POST", "/projects/[^/]+/jobs");
    see("look at a job", "GET", "/projects/[^/]+/jobs/(?!.*_load_).*");
    see("wait for a query", "GET", "/projects/[^/]+/queries/.*");
    see("create a table", "POST", TABLES);
    see("look at a table", "GET", TABLES + "/[^/]+");
    see("read rows", "GET", TABLES + "/[^/]+/data");
    see("drop a table", "DELETE", TABLES + "/.*");
    see("look at the dataset", "GET", "/projects/[^/]+/datasets/[^/]+");
  }

  private void see(String what, String method, String path) {
    Fault fault = emulator.faults().onCall(method, path).times(Integer.MAX_VALUE);
    seen.put(what, fault.meanwhile(() -> {}));
  }

  private Map<String, Integer> counted() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    seen.forEach(
        (what, fault) -> {
          if (fault.fired() > 0) {
            counts.put(what, fault.fired());
          }
        });
    emulator.faults().clear();
    return counts;
  }

  @Test
  void aRunWithoutRowsIsOneJobAndOneLookAtTheState() {
    Bench bench = new Bench(emulator, "none");
    bench.begin(MERGE, "updated_at", T1).write(row(1L, "a", null, T1.minusSeconds(1)));
    Bench.Run run = bench.begin(MERGE, "updated_at", T2);
    count();
    run.finish(Staging.empty());
    assertThat(counted())
        .isEqualTo(Map.of("read rows", 1, "start a job", 1, "wait for a query", 1));
    assertThat(bench.state().get("epoch")).isEqualTo(2L);
  }

  @Test
  void aSmallMergeIsALoadACheckAndACommit() {
    Bench bench = new Bench(emulator, "merge");
    bench.begin(MERGE, "updated_at", T1).write(row(1L, "a", null, T1.minusSeconds(1)));
    assertThat(loaded(bench, MERGE, 1))
        .isEqualTo(
            Map.of(
                "create a table",
                1,
                "start a job",
                3,
                "wait for a query",
                2,
                "read rows",
                1,
                "look at a table",
                1,
                "drop a table",
                1));
    assertThat(bench.rows("id")).hasSize(1);
  }

  @Test
  void rowsWithoutKeysAndCursorAreALoadAndACommit() {
    Bench bench = new Bench(emulator, "plain");
    Bench.Run run = bench.begin(APPEND);
    count();
    run.finish(run.stage(row(1L, "a", null, T1)));
    assertThat(counted())
        .isEqualTo(
            Map.of(
                "create a table",
                1,
                "start a job",
                2,
                "wait for a query",
                1,
                "read rows",
                1,
                "look at a table",
                1,
                "drop a table",
                1));
  }

  @Test
  void manyRowsOfManyPartitionsNeedNoFurtherJob() {
    Map<String, Integer> expected =
        Map.of(
            "create a table",
            1,
            "start a job",
            3,
            "wait for a query",
            2,
            "read rows",
            1,
            "look at a table",
            1,
            "drop a table",
            1);
    Bench appended = new Bench(emulator, "append_many");
    assertThat(loaded(appended, APPEND, 4_001)).isEqualTo(expected);
    assertThat(appended.rows("id")).hasSize(4_001);
    assertThat(loaded(new Bench(emulator, "merge_many"), MERGE, 4_001)).isEqualTo(expected);
  }

  /** Counts the requests of a run after it was planned. */
  private Map<String, Integer> loaded(Bench bench, Requests requests, int rows) {
    List<List<Object>> staged = new ArrayList<>();
    for (long i = 1; i <= rows; i++) {
      staged.add(row(i, "b", null, T1.minus(Duration.ofHours(i))));
    }
    Bench.Run run = bench.begin(requests, "updated_at", T2);
    count();
    run.finish(run.stageFiles(List.of(run.file(0, staged))));
    return counted();
  }

  @Test
  void aRunThatFindsItsTablesLooksAtEachOnce() {
    Bench bench = new Bench(emulator, "planned");
    bench.begin(MERGE, "updated_at", T1).write(row(1L, "a", null, T1.minusSeconds(1)));
    count();
    bench.begin(MERGE, "updated_at", T2);
    assertThat(counted())
        .as("for itself each of: what is there, how the rows fit, what must be created")
        .isEqualTo(
            Map.of(
                "look at the dataset",
                2,
                "read rows",
                3,
                "look at a table",
                2,
                "create a table",
                1));
  }
}
