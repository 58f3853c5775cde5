package io.deltaflow.destination.bigquery;

import static io.deltaflow.destination.bigquery.Bench.row;
import static io.deltaflow.destination.bigquery.Requests.nullable;
import static io.deltaflow.destination.bigquery.Requests.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.destination.Staging;
import io.deltaflow.destination.bigquery.BigQueryPlan.Action;
import io.deltaflow.emulator.BigQueryEmulator;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.DestinationException;
import java.time.Duration;
import java.time.Instant;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ReplaceTest {
  private static final Instant T1 = Instant.parse("2026-03-01T10:00:00Z");
  private static final Requests OLD =
      Requests.of(
          Schema.of(
              required("id", FieldTypes.INT64), nullable("updated_at", FieldTypes.TIMESTAMP)));
  private static final Requests NEW =
      Requests.of(
              Schema.of(
                  required("id", FieldTypes.STRING),
                  nullable("name", FieldTypes.STRING),
                  nullable("updated_at", FieldTypes.TIMESTAMP)))
          .deleteExisting();

  private static BigQueryEmulator emulator;

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

  @Test
  void aTableOfTheSameSchemaIsEmptiedInTheTransaction() {
    Bench bench = new Bench(emulator, "same");
    bench.begin(OLD).write(row(1L, T1));
    Bench.Run run = bench.begin(OLD.deleteExisting());
    assertThat(((BigQueryPlan) run.plan.target()).action()).isEqualTo(Action.EMPTY);
    run.write(row(2L, T1));
    assertThat(bench.rows("id")).containsExactly(row(2L));
  }

  @Test
  void aTableOfAnotherSchemaIsReplaced() {
    Bench bench = new Bench(emulator, "other");
    bench.begin(OLD).write(row(1L, T1));
    Bench.Run run = bench.begin(NEW);
    assertThat(((BigQueryPlan) run.plan.target()).action()).isEqualTo(Action.REPLACE);
    assertThat(bench.rows("id")).containsExactly(row(1L));

    Staging staging = run.stage(row("a", "ann", T1));
    assertThat(bench.rows("id")).as("before the commit").containsExactly(row(1L));
    run.finish(staging);
    assertThat(run.publish(staging).repeated()).isTrue();

    assertThat(bench.rows("id, name")).containsExactly(row("a", "ann"));
    assertThat(bench.state().get("replacement")).isNull();
    BigQueryApi api = BigQueryApi.of(bench.options, Bench.PROJECT, Duration.ofSeconds(1));
    assertThat(api.table(bench.tables.next(run.plan.runId()))).isEmpty();
    assertThat(api.table(bench.tables.target()).orElseThrow().getExpirationTime()).isNull();
  }

  @Test
  void aTableOfAnotherLayoutIsReplaced() {
    Bench bench = new Bench(emulator, "layout");
    bench.begin(OLD).write(row(1L, T1));
    bench.begin(NEW.clustering("name")).write(row("a", "ann", T1));
    assertThat(bench.rows("id, name")).containsExactly(row("a", "ann"));
    BigQueryApi api = BigQueryApi.of(bench.options, Bench.PROJECT, Duration.ofSeconds(1));
    assertThat(api.table(bench.tables.target()).orElseThrow().getClustering().getFields())
        .containsExactly("name");
  }

  @Test
  void aRunThatDiesBeforeItsCommitLeavesTheOldTable() {
    Bench bench = new Bench(emulator, "dies_before");
    bench.begin(OLD).write(row(1L, T1));
    bench.begin(NEW).stage(row("a", "ann", T1));
    assertThat(bench.rows("id")).containsExactly(row(1L));
    bench.begin(OLD).write(row(2L, T1));
    assertThat(bench.rows("id")).containsExactly(row(1L), row(2L));
  }

  @Test
  void aTableThatIsGoneBeforeItsSwapIsNamed() {
    Bench bench = new Bench(emulator, "gone");
    bench.begin(OLD).write(row(1L, T1));
    Bench.Run run = bench.begin(NEW);
    Staging staging = run.stage(row("a", "ann", T1));
    emulator.faults().onJob("copy").fail("accessDenied", "not now");
    assertThatThrownBy(() -> run.publish(staging)).hasMessageContaining("not now");
    TableName next = bench.tables.next(run.plan.runId());
    BigQueryApi.of(bench.options, Bench.PROJECT, Duration.ofSeconds(1)).dropTable(next);

    assertThatThrownBy(() -> new Bench(emulator, "gone").begin(OLD))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining(next + ", which was to take the place of")
        .hasMessageContaining("is gone; clear the column replacement in");
    assertThat(bench.rows("id")).containsExactly(row(1L));
  }

  @Test
  void aSwapThatWasCutOffIsFinishedByTheNextRun() {
    Bench bench = new Bench(emulator, "dies_after");
    bench.begin(OLD).write(row(1L, T1));
    Bench.Run run = bench.begin(NEW);
    Staging staging = run.stage(row("a", "ann", T1));
    emulator.faults().onJob("copy").times(1).fail("accessDenied", "not now");
    assertThatThrownBy(() -> run.publish(staging))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("not now");
    assertThat(bench.state().get("epoch")).as("committed").isEqualTo(2L);
    assertThat(bench.rows("id")).as("readable meanwhile").containsExactly(row(1L));
    Requests next = Requests.of(NEW.request().schema().schema());
    assertThat(bench.destination.plan(next.request(), bench.options).ddl())
        .as("planned for the table as it will be, which differs from what is read")
        .isEmpty();

    bench.begin(next).write(row("b", "bob", T1));

    assertThat(bench.rows("id, name")).containsExactly(row("a", "ann"), row("b", "bob"));
    assertThat(bench.state().get("replacement")).isNull();
  }
}
