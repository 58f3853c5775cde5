package io.deltaflow.destination.bigquery;

import static io.deltaflow.destination.bigquery.Bench.row;
import static io.deltaflow.destination.bigquery.Requests.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.destination.PublishOutcome;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.emulator.BigQueryEmulator;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What merges into a table of daily partitions read: of each a hundred rows that move from some
 * days to a new one.
 */
class MergeBytesTest {
  private static final Requests MERGE =
      Requests.of(ORDERS).disposition(WriteDisposition.WRITE_MERGE, "id");
  private static final Instant FIRST_DAY = Instant.parse("2020-01-01T00:00:00Z");
  private static final int ROWS_OF_A_DAY = 100;

  /** Of id and updated_at. */
  private static final long KEY_AND_PARTITION = 8 + 8;

  private static BigQueryEmulator emulator;

  @BeforeAll
  static void start() {
    emulator = Bench.start();
  }

  @AfterAll
  static void stop() {
    emulator.close();
  }

  /** A hundred rows for each of so many days, with a text of so many characters. */
  private static Bench table(String name, int days, int characters) {
    Bench bench = new Bench(emulator, name);
    bench.begin(MERGE);
    emulator.rows(
        String.format(
            Locale.ROOT,
            "INSERT INTO `%s` (id, customer, total, updated_at) SELECT n, REPEAT('x', %d), 1,"
                + " TIMESTAMP_ADD(TIMESTAMP '2020-01-01 00:00:00+00', INTERVAL DIV(n, %d) DAY)"
                + " FROM UNNEST(GENERATE_ARRAY(0, %d)) AS n",
            bench.tables.target(),
            characters,
            ROWS_OF_A_DAY,
            days * ROWS_OF_A_DAY - 1));
    return bench;
  }

  private static long rowBytes(int characters) {
    return KEY_AND_PARTITION + 2 + characters + 16;
  }

  /** Moves a hundred rows from days, as many from each, to a day that has none. */
  private static PublishOutcome move(Bench bench, int fromDay, int days, int toDay) {
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < ROWS_OF_A_DAY; i++) {
      long id = (fromDay + i % days) * ROWS_OF_A_DAY + i / days;
      rows.add(row(id, null, null, FIRST_DAY.plus(toDay, ChronoUnit.DAYS)));
    }
    Bench.Run run = bench.begin(MERGE);
    PublishOutcome outcome = run.finish(run.stageFiles(List.of(run.file(0, rows))));
    assertThat(outcome.updated()).isEqualTo(ROWS_OF_A_DAY);
    assertThat(outcome.inserted()).isZero();
    return outcome;
  }

  @Test
  void theMergeGrowsWithThePartitionsThatItTouches() {
    Bench bench = table("thousand", 1_000, 100);
    PublishOutcome one = move(bench, 0, 1, 1_001);
    PublishOutcome ten = move(bench, 100, 10, 1_002);
    PublishOutcome hundred = move(bench, 200, 100, 1_003);
    long day = ROWS_OF_A_DAY * rowBytes(100);
    assertThat(one.bytesMerge()).isBetween(day, day + ROWS_OF_A_DAY * rowBytes(0));
    assertThat(ten.bytesMerge() - one.bytesMerge()).isEqualTo(9 * day);
    assertThat(hundred.bytesMerge() - one.bytesMerge()).isEqualTo(99 * day);
    assertThat(List.of(ten.bytesLookup(), hundred.bytesLookup()))
        .as("the lookup does not grow with the partitions")
        .containsOnly(one.bytesLookup());
    assertThat(one.bytesProcessed()).isLessThan(one.bytesMerge() + one.bytesLookup() + 10_000);
  }

  @Test
  void theLookupReadsKeyAndPartitionColumnsAndTheMergeNoOtherPartition() {
    PublishOutcome small = move(table("small", 100, 100), 0, 10, 1_001);
    PublishOutcome large = move(table("large", 1_000, 100), 0, 10, 1_001);
    assertThat(large.bytesLookup() - small.bytesLookup())
        .isEqualTo(900 * ROWS_OF_A_DAY * KEY_AND_PARTITION);
    assertThat(large.bytesMerge()).isEqualTo(small.bytesMerge());

    PublishOutcome wide = move(table("wide", 100, 1_000), 0, 10, 1_001);
    assertThat(wide.bytesLookup()).isEqualTo(small.bytesLookup());
    assertThat(wide.bytesMerge() - small.bytesMerge()).isEqualTo(10L * ROWS_OF_A_DAY * 900);
  }
}
