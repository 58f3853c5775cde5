package io.deltaflow.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.RunReport;
import io.deltaflow.spi.error.SourceException;
import java.util.List;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the window must survive: local times, dates, and the source's clock. */
@Tag("scenario")
final class LocalTimeScenariosTest {
  private static final String NEW_YORK = "America/New_York";

  private static SyncBed bed;
  private static SourceClock clock;

  @BeforeAll
  static void start() {
    bed = SyncBed.start();
    clock = SourceClock.of(bed);
  }

  @AfterAll
  static void stop() {
    bed.close();
  }

  @Test
  void s05_theTimeZoneOfTheJvmChangesNothing() {
    List<String> west = shownIn("America/New_York");
    List<String> east = shownIn("Asia/Kolkata");
    assertThat(east).isEqualTo(west);
    assertThat(west)
        .containsExactly(
            // 02:30 is skipped there that day, and taken as an hour later.
            "1|2024-03-10T07:30:00.000000Z|2024-03-10 02:30:00|2024-03-10 07:30:00+00",
            // 01:30 comes twice, and the second is meant.
            "2|2024-11-03T06:30:00.123456Z|2024-11-03 01:30:00.123456|2024-11-03"
                + " 06:30:00.123456+00",
            "3|2024-07-01T03:59:59.999999Z|2024-06-30 23:59:59.999999|2024-07-01"
                + " 03:59:59.999999+00");
  }

  private static List<String> shownIn(String zone) {
    TimeZone before = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone(zone));
    try {
      String name = "s05_" + zone.substring(zone.indexOf('/') + 1).toLowerCase();
      OrdersSync sync = bed.orders(name, CursorColumn.local(NEW_YORK));
      sync.insertStamped(1, "2024-03-10 02:30:00");
      sync.insertStamped(2, "2024-11-03 01:30:00.123456");
      sync.insertStamped(3, "2024-06-30 23:59:59.999999");
      sync.with("postgresql_source_timezone", NEW_YORK)
          .with("merge_keys", "id")
          .with("postgresql_table", null)
          .with(
              "postgresql_base_query",
              "SELECT id, note, amount, updated_at, updated_at::text AS local, (updated_at AT TIME"
                  + " ZONE 'America/New_York')::text AS shown FROM "
                  + name
                  + " WHERE updated_at >= '{start_timestamp}' AND updated_at < '{end_timestamp}'")
          // A pool of its own, whose sessions begin in this zone.
          .with("postgresql_application_name", name)
          .run();
      sync.assertEqual();
      return bed
          .target(
              "SELECT CONCAT(id, '|', FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%E6SZ', updated_at), '|',"
                  + " local, '|', shown) AS line FROM "
                  + sync.target()
                  + " ORDER BY id")
          .stream()
          .map(r -> r.get("line").toString())
          .toList();
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  void s14_rowsOfAnHourThatComesTwiceAreReadOnce() {
    OrdersSync sync =
        clock
            .seenBy(bed.orders("s14_fold", CursorColumn.local(NEW_YORK)))
            .with("postgresql_source_timezone", NEW_YORK)
            .with("write_disposition", "WRITE_APPEND");
    // Summer time ends at 06:00Z: from 02:00 the clocks go back to 01:00.
    sync.insertStamped(1, "2024-11-03 00:59:00");
    sync.insertStamped(2, "2024-11-03 01:29:30");
    clock.set("2024-11-03 05:30:00Z");
    RunReport first = sync.run();
    assertThat(first.rows().read()).isEqualTo(1);
    assertThat(first.rows().deferred()).isEqualTo(1);
    clock.set("2024-11-03 05:45:00Z");
    assertThat(sync.run().rows().read()).isZero();
    // Later than the row of 01:29:30, and stamped earlier.
    sync.insertStamped(3, "2024-11-03 01:10:00");
    clock.set("2024-11-03 06:10:30Z");
    assertThat(sync.run().rows().read()).isEqualTo(1);
    clock.set("2024-11-03 07:30:00Z");
    assertThat(sync.run().rows().read()).isEqualTo(1);
    sync.assertEqual();
  }

  @Test
  void s14_rowsAroundASkippedHourAreReadOnce() {
    OrdersSync sync =
        clock
            .seenBy(bed.orders("s14_gap", CursorColumn.local(NEW_YORK)))
            .with("postgresql_source_timezone", NEW_YORK)
            .with("write_disposition", "WRITE_APPEND");
    // Summer time begins at 07:00Z: from 02:00 the clocks go on to 03:00.
    sync.insertStamped(1, "2024-03-10 01:59:59");
    sync.insertStamped(2, "2024-03-10 02:30:00");
    sync.insertStamped(3, "2024-03-10 03:00:00");
    clock.set("2024-03-10 07:00:01Z");
    RunReport first = sync.run();
    assertThat(first.rows().deferred()).isEqualTo(1);
    clock.set("2024-03-10 07:45:00Z");
    RunReport second = sync.run();
    assertThat(first.rows().read() + second.rows().read()).isEqualTo(3);
    sync.assertEqual();
  }

  @Test
  void s14_aDateCursorDefersTheDayThatIsNotOver() {
    OrdersSync sync =
        clock
            .seenBy(bed.orders("s14_date", CursorColumn.date()))
            .with("postgresql_source_timezone", "Asia/Kolkata")
            .with("write_disposition", "WRITE_APPEND");
    sync.insertStamped(1, "2024-02-29");
    sync.insertStamped(2, "2024-03-01");
    // Half past eleven in the evening there.
    clock.set("2024-03-01 18:00:00Z");
    RunReport first = sync.run();
    assertThat(first.window().hi()).isEqualTo("2024-03-01");
    assertThat(first.rows().read()).isEqualTo(1);
    assertThat(first.rows().deferred()).isEqualTo(1);
    sync.insertStamped(3, "2024-03-01");
    clock.set("2024-03-01 18:30:01Z");
    assertThat(sync.run().rows().read()).isEqualTo(2);
    sync.assertEqual();
  }

  @Test
  void s14_aDateCursorWithoutATimeZoneWaitsUntilTheDayIsOverEverywhere() {
    OrdersSync sync =
        clock
            .seenBy(bed.orders("s14_dateline", CursorColumn.date()))
            .with("write_disposition", "WRITE_APPEND");
    sync.insertStamped(1, "2024-02-29");
    sync.insertStamped(2, "2024-03-01");
    clock.set("2024-03-02 11:59:59Z");
    assertThat(sync.run().rows().read()).isEqualTo(1);
    sync.insertStamped(3, "2024-03-01");
    clock.set("2024-03-02 12:00:01Z");
    assertThat(sync.run().rows().read()).isEqualTo(2);
    sync.assertEqual();
  }

  @Test
  void s14_aDateCursorReadsSomeDaysAgainWithAnOverlap() {
    OrdersSync sync = clock.seenBy(bed.orders("s14_overlap", CursorColumn.date()));
    sync.insertStamped(1, "2024-02-28");
    clock.set("2024-03-02 13:00:00Z");
    sync.run();
    sync.insertStamped(2, "2024-02-29");
    sync.insertStamped(3, "2024-03-01");
    assertThat(sync.run().rows().read()).isZero();
    // A part of a day is a day: from 1 March on it would be 1 row.
    assertThat(sync.copy().with("smart_sync_overlap", "25h").run().rows().read()).isEqualTo(2);
    sync.assertEqual();
  }

  @Test
  void s16_aSourceWhoseClockIsBehindTheWatermarkIsRefusedUntilItHasCaughtUp() {
    OrdersSync sync = clock.seenBy(bed.orders("s16_clock"));
    sync.insertStamped(1, "2024-01-01");
    clock.set("2024-06-01 12:00:00Z");
    RunReport first = sync.run();
    clock.set("2024-06-01 11:59:58Z");
    assertThatThrownBy(sync::run)
        .isInstanceOf(SourceException.class)
        .hasMessageContaining(first.window().hi())
        .hasMessageContaining("2024-06-01T11:59:58Z");
    sync.insertStamped(2, "2024-06-01 12:00:00Z");
    clock.set("2024-06-01 12:00:02Z");
    assertThat(sync.run().rows().read()).isEqualTo(1);
    sync.assertEqual();
  }
}
