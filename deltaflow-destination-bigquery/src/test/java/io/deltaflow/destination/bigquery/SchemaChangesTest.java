package io.deltaflow.destination.bigquery;

import static io.deltaflow.destination.bigquery.Bench.row;
import static io.deltaflow.destination.bigquery.Requests.nullable;
import static io.deltaflow.destination.bigquery.Requests.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.destination.Staging;
import io.deltaflow.emulator.BigQueryEmulator;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.DestinationException;
import io.deltaflow.spi.error.StaleRunException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** When and how often the target's schema is changed. */
final class SchemaChangesTest {
  private static final Requests OLD =
      Requests.of(
          Schema.of(required("id", FieldTypes.INT64), nullable("n", FieldTypes.numeric(10, 2))));
  private static final Requests NEW =
      Requests.of(
          Schema.of(
              required("id", FieldTypes.INT64),
              nullable("n", FieldTypes.numeric(12, 3)),
              nullable("mail", FieldTypes.STRING)));
  private static final Requests NEWER =
      Requests.of(
          Schema.of(
              required("id", FieldTypes.INT64),
              nullable("n", FieldTypes.numeric(14, 4)),
              nullable("mail", FieldTypes.STRING)));
  private static BigQueryEmulator emulator;
  private Bench bench;

  @BeforeAll
  static void start() {
    emulator = Bench.start();
  }

  @AfterAll
  static void stop() {
    emulator.close();
  }

  @BeforeEach
  void oneRowIsThere(TestInfo test) {
    bench = new Bench(emulator, test.getTestMethod().orElseThrow().getName());
    bench.begin(OLD).write(row(1L, new BigDecimal("1.25")));
  }

  private List<String> types() {
    return FieldSchemas.of(api().table(bench.tables.target()).orElseThrow()).stream()
        .map(FieldSchemas::sqlType)
        .toList();
  }

  private static List<Object> newRow(long id) {
    return row(id, new BigDecimal("2.125"), "x");
  }

  @Test
  void theSchemaChangesAtThePublishAndNotBefore() {
    Bench.Run run = bench.begin(NEW);
    Staging staging = run.stage(newRow(2));
    assertThat(types()).containsExactly("INT64", "NUMERIC(10, 2)");
    run.finish(staging);
    assertThat(types()).containsExactly("INT64", "NUMERIC(12, 3)", "STRING");
    assertThat(bench.rows("id, mail")).containsExactly(row(1L, null), row(2L, "x"));
  }

  @Test
  void aRunThatDiedAfterTheChangeIsFollowedByOneThatFindsItDone() {
    Bench.Run died = bench.begin(NEW);
    changes(died).make(died.stage(newRow(2)));

    Bench.Run next = bench.begin(NEW);
    assertThat(((BigQueryPlan) next.plan.target()).alterations()).isEmpty();
    next.write(newRow(2));
    assertThat(bench.rows("id, mail")).containsExactly(row(1L, null), row(2L, "x"));
  }

  private BigQueryApi api() {
    return BigQueryApi.of(bench.options, Bench.PROJECT, Duration.ofSeconds(2));
  }

  private Jobs jobs() {
    return new Jobs(api(), "EU", 3, null);
  }

  private SchemaChanges changes(Bench.Run run) {
    return new SchemaChanges(api(), jobs(), bench.tables, run.plan);
  }

  @Test
  void twoWorkersOfOneRunChangeTheSchemaOnce() throws Exception {
    Bench.Run run = bench.begin(NEW);
    Staging staging = run.stage(newRow(2));
    atOnce(() -> run.publish(staging), () -> run.publish(staging));
    assertThat(types()).containsExactly("INT64", "NUMERIC(12, 3)", "STRING");
    assertThat(bench.rows("id")).containsExactly(row(1L), row(2L));
  }

  @Test
  void twoSyncsThatPlannedTheSameChangeBothPublish() throws Exception {
    Bench other = bench.otherSync("other");
    Bench.Run one = bench.begin(NEW);
    Bench.Run two = other.begin(NEW);
    Staging stagedOne = one.stage(newRow(2));
    Staging stagedTwo = two.stage(newRow(3));
    atOnce(() -> one.publish(stagedOne), () -> two.publish(stagedTwo));
    assertThat(types()).containsExactly("INT64", "NUMERIC(12, 3)", "STRING");
    assertThat(bench.rows("id")).containsExactly(row(1L), row(2L), row(3L));
  }

  @Test
  void aWiderTypeOfAnotherRunIsNotNarrowed() {
    Bench other = bench.otherSync("other");
    Bench.Run one = bench.begin(NEW);
    other.begin(NEWER).write(newRow(3));
    one.write(newRow(2));
    assertThat(types()).containsExactly("INT64", "NUMERIC(14, 4)", "STRING");
    assertThat(bench.rows("id")).containsExactly(row(1L), row(2L), row(3L));
  }

  @Test
  void aColumnThatSomebodyAddedMeanwhileWithAnotherTypeStopsTheRun() {
    Bench.Run run = bench.begin(NEW);
    Staging staging = run.stage(newRow(2));
    jobs()
        .query(
            "ALTER TABLE " + bench.tables.target().sql() + " ADD COLUMN mail INT64",
            "add a column");
    assertThatThrownBy(() -> run.publish(staging))
        .hasMessageContaining("altered")
        .hasMessageContaining("mail");
    assertThat(bench.rows("id")).containsExactly(row(1L));
  }

  @Test
  void aColumnWhoseTypeSomebodyChangedMeanwhileStopsTheRun() {
    Bench.Run run = bench.begin(OLD);
    Staging staging = run.stage(row(2L, BigDecimal.ONE));
    jobs()
        .query(
            "ALTER TABLE " + bench.tables.target().sql() + " ALTER COLUMN n SET DATA TYPE FLOAT64",
            "change a column");
    assertThatThrownBy(() -> run.publish(staging))
        .hasMessageContaining("altered")
        .hasMessageContaining(": n;");
  }

  @Test
  void aStaleRunLeavesTheSchemaAlone() {
    Bench.Run stale = bench.begin(NEW);
    Staging staging = stale.stage(newRow(2));
    bench.begin(OLD).write(row(3L, BigDecimal.ONE));
    assertThatThrownBy(() -> stale.publish(staging)).isInstanceOf(StaleRunException.class);
    assertThat(types()).containsExactly("INT64", "NUMERIC(10, 2)");
  }

  @Test
  void aChangeThatBigQueryRefusesPublishesNothingAndNamesTheStatement() {
    Bench.Run run = bench.begin(NEW);
    Staging staging = run.stage(newRow(2));
    jobs()
        .query(
            "CREATE OR REPLACE TABLE " + bench.tables.target().sql() + " (id INT64, n STRING)",
            "replace the table");
    assertThatThrownBy(() -> run.publish(staging))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("nothing was published")
        .hasMessageContaining("ALTER COLUMN `n` SET DATA TYPE NUMERIC(12, 3)");
    assertThat(bench.rows("id")).isEmpty();
    assertThat(bench.state().get("epoch")).isEqualTo(1L);
  }

  private static void atOnce(Runnable one, Runnable two) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<?> first = threads.submit(one);
      Future<?> second = threads.submit(two);
      first.get();
      second.get();
    } finally {
      threads.shutdownNow();
    }
  }
}
