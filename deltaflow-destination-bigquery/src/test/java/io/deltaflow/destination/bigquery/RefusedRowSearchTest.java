package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.deltaflow.destination.DeadLetterPlan;
import io.deltaflow.destination.LoadFile;
import io.deltaflow.destination.LoadFiles;
import io.deltaflow.destination.RefusedRow;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.Staging;
import io.deltaflow.emulator.BigQueryEmulator;
import io.deltaflow.emulator.Faults.Fault;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.LoadException;
import io.deltaflow.spi.error.RefusedRunException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The search for rows that a load refuses: what it finds, how often it loads, what stops it. */
final class RefusedRowSearchTest {
  private static final Requests PLACES =
      Requests.of(
          Schema.of(
              Requests.required("updated_at", FieldTypes.INT64),
              Requests.nullable("place", FieldTypes.GEOGRAPHY)));
  private static BigQueryEmulator emulator;

  private Bench.Run run;
  private Files files;

  @BeforeAll
  static void start() {
    emulator = Bench.start();
  }

  @AfterAll
  static void stop() {
    emulator.close();
  }

  @AfterEach
  void heal() {
    emulator.faults().clear();
  }

  /** Files out of rows that are kept. */
  private static final class Files implements LoadFiles {
    private final Bench.Run run;
    private final Map<String, List<List<Object>>> rows = new HashMap<>();
    private final AtomicInteger made = new AtomicInteger();

    Files(Bench.Run run) {
      this.run = run;
    }

    LoadFile make(List<List<Object>> content) {
      LoadFile file = run.file(made.incrementAndGet(), content);
      rows.put(file.path(), content);
      return file;
    }

    @Override
    public List<LoadFile> divide(LoadFile file, int parts) {
      List<List<Object>> all = rows.get(file.path());
      int count = Math.min(parts, all.size());
      List<LoadFile> divided = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        divided.add(make(all.subList(all.size() * i / count, all.size() * (i + 1) / count)));
      }
      return divided;
    }

    @Override
    public LoadFile without(LoadFile file, SortedSet<Long> bad) {
      List<List<Object>> left = new ArrayList<>(rows.get(file.path()));
      new TreeSet<>(bad).descendingSet().forEach(row -> left.remove(row.intValue()));
      return make(left);
    }
  }

  /**
   * A planned run.
   *
   * @param bad numbers of rows that are refused
   */
  private List<LoadFile> begin(String table, int most, int fileCount, int rowsEach, Set<Long> bad) {
    Bench bench = new Bench(emulator, table);
    RunPlan p = bench.begin(PLACES, null, null).plan;
    run =
        bench
        .new Run(
            new RunPlan(
                p.runId(),
                p.syncId(),
                p.tempPath(),
                p.started(),
                p.epoch(),
                p.sources(),
                p.writeDisposition(),
                p.mergeKeys(),
                p.cursor(),
                p.allowEmpty(),
                p.replayed(),
                new DeadLetterPlan(null, most),
                p.maxRetries(),
                p.target()));
    files = new Files(run);
    List<LoadFile> made = new ArrayList<>();
    for (long file = 0; file < fileCount; file++) {
      List<List<Object>> rows = new ArrayList<>();
      for (long row = file * rowsEach; row < (file + 1) * rowsEach; row++) {
        rows.add(Bench.row(row, bad.contains(row) ? "NOWHERE" : "POINT(1 2)"));
      }
      made.add(files.make(rows));
    }
    return made;
  }

  private Staging stage(List<LoadFile> loaded, long most) {
    return run.bench().destination.stage(run.plan, loaded, most, files, run.bench().options);
  }

  /** Counts from now on. */
  private Fault countingLoads() {
    return emulator.faults().onJob("load").times(Integer.MAX_VALUE).meanwhile(() -> {});
  }

  @Test
  void findsEachRowAndLoadsAllOthersWithFewLoads() {
    List<LoadFile> loaded = begin("each", 9, 5, 50, Set.of(0L, 123L, 249L));
    Fault loads = countingLoads();

    Staging staging = stage(loaded, 9);

    assertThat(staging.refused())
        .extracting(RefusedRow::file, RefusedRow::row, RefusedRow::field)
        .containsExactlyInAnyOrder(
            tuple(loaded.get(0), 0L, "place"),
            tuple(loaded.get(2), 23L, "place"),
            tuple(loaded.get(4), 49L, "place"));
    assertThat(staging.refused()).allMatch(r -> r.alone().rows() == 1);
    assertThat(staging.expectedRows()).isEqualTo(247);
    assertThat(staging.rows()).isEqualTo(247);
    assertThat(emulator.rows("SELECT * FROM `" + staging.tables().get(0) + "`")).hasSize(247);
    assertThat(loads.fired())
        .as("the load, the rest, 4 parts in each of 4 rounds")
        .isLessThan(2 + 3 * 16);
  }

  @ParameterizedTest
  @ValueSource(strings = {CrashPoints.AFTER_PARTS_BEGUN, CrashPoints.AFTER_REST_BEGUN})
  void goesOnWhereAnAttemptDiedWithoutFurtherLoads(String point) {
    List<LoadFile> loaded = begin("dies_" + point.replace('-', '_'), 3, 2, 4, Set.of(1L, 6L));
    Fault loads = countingLoads();
    try (CrashPoints.Hook dying =
        CrashPoints.on(
            point,
            () -> {
              throw new IllegalStateException("died");
            })) {
      assertThatThrownBy(() -> stage(loaded, 3)).hasMessage("died");
    }

    Staging staging = stage(loaded, 3);
    int begun = loads.fired();

    assertThat(staging.refused()).extracting(RefusedRow::row).containsExactlyInAnyOrder(1L, 2L);
    assertThat(staging.rows()).isEqualTo(6);
    assertThat(stage(loaded, 3).rows()).as("and once more").isEqualTo(6);
    assertThat(loads.fired()).isEqualTo(begun);
    assertThat(emulator.rows("SELECT * FROM `" + staging.tables().get(0) + "`")).hasSize(6);
  }

  @Test
  void stopsAsSoonAsThereAreTooMany() {
    List<LoadFile> loaded = begin("too_many", 6, 1, 64, Set.of(1L, 17L, 33L, 49L));
    Fault loads = countingLoads();

    assertThatThrownBy(() -> stage(loaded, 3))
        .isInstanceOf(RefusedRunException.class)
        .hasMessage(
            "BigQuery refuses at least 4 rows for test-project.shop.too_many and 3 rows did not fit"
                + " before, and --max_bad_records is 6; nothing was published; correct them, or"
                + " allow more. First: Error while reading data, error message: Invalid geography"
                + " value, error: Invalid WKT near 'NOWHERE'; in column 'c1'");
    assertThat(loads.fired()).as("the load and its four parts").isEqualTo(5);
  }

  @Test
  void isNotMadeWhenNoMoreRowsMayBeKeptOut() {
    List<LoadFile> loaded = begin("none", 2, 1, 4, Set.of(1L));
    Fault loads = countingLoads();

    assertThatThrownBy(() -> stage(loaded, 0))
        .isInstanceOf(RefusedRunException.class)
        .hasMessageContaining("BigQuery refuses at least 1 row for test-project.shop.none and 2");
    assertThat(loads.fired()).isEqualTo(1);
  }

  @Test
  void takesAPassingFailureForNoAnswer() {
    List<LoadFile> loaded = begin("passing", 2, 1, 4, Set.of(1L));
    Fault passing = emulator.faults().onJob("load").nth(2).times(2).fail("backendError");

    Staging staging = stage(loaded, 2);

    assertThat(staging.refused()).extracting(RefusedRow::row).containsExactly(1L);
    assertThat(staging.rows()).isEqualTo(3);
    assertThat(passing.fired()).isEqualTo(2);
  }

  @Test
  void findsNoRowWhereNoneIsTheReason() {
    List<LoadFile> loaded = begin("no_row", 2, 2, 2, Set.of());
    emulator
        .faults()
        .onJob("load")
        .fail("invalid", "Error while reading data, error message: so much of it.");

    assertThatThrownBy(() -> stage(loaded, 2))
        .isInstanceOf(LoadException.class)
        .hasMessageContaining("so much of it")
        .hasMessageContaining("no single row is the reason; the run's files are kept below gs://");
  }

  @Test
  void isNotMadeForWhatIsNotOfTheRows() {
    List<LoadFile> loaded = begin("forbidden", 2, 1, 4, Set.of(1L));
    emulator.faults().onJob("load").fail("accessDenied");

    assertThatThrownBy(() -> stage(loaded, 2))
        .isInstanceOf(LoadException.class)
        .hasMessageContaining("accessDenied");
  }
}
