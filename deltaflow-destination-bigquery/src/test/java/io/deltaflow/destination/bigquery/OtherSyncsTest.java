package io.deltaflow.destination.bigquery;

import static io.deltaflow.destination.bigquery.Bench.row;
import static io.deltaflow.destination.bigquery.Requests.ORDERS;
import static io.deltaflow.destination.bigquery.Requests.nullable;
import static io.deltaflow.destination.bigquery.Requests.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.destination.Staging;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.emulator.BigQueryEmulator;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.DestinationException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two syncs into one table. */
class OtherSyncsTest {
  private static final Instant T1 = Instant.parse("2026-03-01T10:00:00Z");
  private static final Instant T2 = Instant.parse("2026-03-01T11:00:00Z");
  private static final Requests APPEND = Requests.of(ORDERS);
  private static final Schema OTHER_SCHEMA =
      Schema.of(
          required("id", FieldTypes.INT64),
          nullable("customer", FieldTypes.STRING),
          nullable("total", FieldTypes.STRING),
          nullable("updated_at", FieldTypes.TIMESTAMP));

  private static BigQueryEmulator emulator;

  /** All ways to replace all rows. */
  enum Refresh {
    TRUNCATE(APPEND.disposition(WriteDisposition.WRITE_TRUNCATE)),
    EMPTY(APPEND.deleteExisting()),
    REPLACE(Requests.of(OTHER_SCHEMA).deleteExisting());

    private final Requests requests;

    Refresh(Requests requests) {
      this.requests = requests;
    }
  }

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

  @ParameterizedTest
  @EnumSource
  void replacingAllRowsIsRefusedBeforeAnythingIsRead(Refresh refresh) {
    Bench bench = new Bench(emulator, "early_" + refresh);
    Bench other = bench.otherSync("other");
    bench.begin(APPEND, "updated_at", T2).write(row(1L, "a", null, T1));
    other.begin(APPEND, "updated_at", T2).write(row(2L, "b", null, T1));

    assertThatThrownBy(() -> bench.begin(refresh.requests))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("the syncs 'other' publish into " + bench.tables.target())
        .hasMessageContaining("./deltaflow reset --sync_id=");
    assertThat(bench.rows("id")).containsExactly(row(1L), row(2L));

    other.reset();
    bench.begin(refresh.requests).write(row(3L, "c", null, T1));
    assertThat(bench.rows("id")).containsExactly(row(3L));
  }

  @ParameterizedTest
  @EnumSource
  void rowsThatAnotherSyncPublishedMeanwhileAreNotReplaced(Refresh refresh) {
    Bench bench = new Bench(emulator, "late_" + refresh);
    Bench other = bench.otherSync("other");
    bench.begin(APPEND, "updated_at", T2).write(row(1L, "a", null, T1));
    Map<String, Object> before = bench.state();
    Bench.Run run = bench.begin(refresh.requests);
    Staging staging = run.stage(row(3L, "c", null, T1));
    other.begin(APPEND, "updated_at", T2).write(row(2L, "b", null, T1));

    assertThatThrownBy(() -> run.publish(staging))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("nothing was published: other syncs publish into")
        .hasMessageContaining("./deltaflow reset --sync_id=");
    assertThat(bench.rows("id")).containsExactly(row(1L), row(2L));
    assertThat(bench.state()).isEqualTo(before);
  }

  @Test
  void aTableThatAwaitsItsReplacementTakesNoRows() {
    Bench bench = new Bench(emulator, "awaits");
    Bench other = bench.otherSync("other");
    bench.begin(APPEND).write(row(1L, "a", null, T1));
    Bench.Run late = other.begin(APPEND, "updated_at", T2);
    Staging lateRows = late.stage(row(2L, "b", null, T1));
    Bench.Run run = bench.begin(Refresh.REPLACE.requests);
    Staging staging = run.stage(row(3L, "c", "9", T1));
    emulator.faults().onJob("copy").times(1).fail("accessDenied", "not now");
    assertThatThrownBy(() -> run.publish(staging)).hasMessageContaining("not now");
    assertThat(bench.state().get("replacement")).as("committed, not swapped").isNotNull();

    assertThatThrownBy(() -> late.publish(lateRows))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("nothing was published")
        .hasMessageContaining("has yet to take the place of " + bench.tables.target())
        .hasMessageContaining("run again");
    assertThat(other.state().get("epoch")).isEqualTo(0L);

    other.begin(Requests.of(OTHER_SCHEMA), "updated_at", T2).write(row(2L, "b", null, T1));
    assertThat(bench.rows("id")).isEqualTo(List.of(row(2L), row(3L)));
  }
}
