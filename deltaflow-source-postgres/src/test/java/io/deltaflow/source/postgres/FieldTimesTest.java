package io.deltaflow.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.source.postgres.TestConfig.Opened;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.FieldRange;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.Window;
import io.deltaflow.testing.PostgresServer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The range of a field, and in how many units of time its values lie. */
final class FieldTimesTest {
  private static final String DATABASE = "times";
  private static final PostgresServer SERVER = TestServer.get();

  @BeforeAll
  static void createTable() {
    SERVER.createDatabase(DATABASE);
    SERVER.executeIn(
        DATABASE,
        "CREATE TABLE times (id int PRIMARY KEY, instant timestamptz, local timestamp, day date,"
            + " indexed date, name text)",
        "CREATE INDEX ON times (indexed)",
        "INSERT INTO times VALUES"
            + " (1, '2024-01-01 22:30+00', '2024-01-01 22:30', '2024-01-01', '2024-01-01', 'a'),"
            + " (2, '2024-01-01 23:30+00', '2024-01-01 23:30', '2024-01-31', '2024-01-31', 'b'),"
            + " (3, '2025-06-01 00:00+00', '2025-06-01 00:00', '2025-06-01', '2025-06-01', 'c'),"
            + " (4, 'infinity', '-infinity', 'infinity', 'infinity', 'd'),"
            + " (5, NULL, NULL, NULL, NULL, NULL)");
  }

  private static Opened open(String... options) {
    TestConfig config = TestConfig.of(SERVER, DATABASE).with("table", "public.times");
    for (int i = 0; i < options.length; i += 2) {
      config.with(options[i], options[i + 1]);
    }
    return config.open();
  }

  private static FieldRange range(Opened opened, String field, ReadRequest request) {
    return opened.source().range(field, request, opened.context()).orElse(null);
  }

  private static long count(Opened opened, String field, ChronoUnit unit, ReadRequest request) {
    return opened.source().countDistinct(field, unit, request, opened.context()).orElseThrow();
  }

  private static FieldRange days(String smallest, String largest) {
    return new FieldRange(
        CursorPosition.date(LocalDate.parse(smallest)),
        CursorPosition.date(LocalDate.parse(largest)));
  }

  @Test
  void theRangeIsExactInTheFieldsOwnKind() {
    Opened opened = open();
    ReadRequest all = Rows.request(opened);
    assertThat(range(opened, "instant", all))
        .isEqualTo(
            new FieldRange(
                CursorPosition.timestamp(Instant.parse("2024-01-01T22:30:00Z")),
                CursorPosition.timestamp(Instant.parse("2025-06-01T00:00:00Z"))));
    assertThat(range(opened, "local", all))
        .isEqualTo(
            new FieldRange(
                CursorPosition.dateTime(LocalDateTime.parse("2024-01-01T22:30:00")),
                CursorPosition.dateTime(LocalDateTime.parse("2025-06-01T00:00:00"))));
    assertThat(range(opened, "day", all)).isEqualTo(days("2024-01-01", "2025-06-01"));
    assertThat(range(opened, "name", all)).isNull();
    assertThat(range(opened, "id", all)).isNull();
  }

  @Test
  void localTimesOfAZoneAreInstants() {
    Opened opened = open("source_timezone", "Asia/Tokyo");
    ReadRequest all = Rows.request(opened);
    assertThat(range(opened, "local", all).smallest())
        .isEqualTo(CursorPosition.timestamp(Instant.parse("2024-01-01T13:30:00Z")));
    // 00:00 in Tokyo is the day before in UTC.
    assertThat(count(opened, "local", ChronoUnit.DAYS, all)).isEqualTo(2);
    assertThat(count(opened, "local", ChronoUnit.MONTHS, all)).isEqualTo(2);
    assertThat(count(opened, "local", ChronoUnit.HOURS, all)).isEqualTo(3);
  }

  @Test
  void differentUnitsAreCounted() {
    Opened opened = open();
    ReadRequest all = Rows.request(opened);
    assertThat(count(opened, "instant", ChronoUnit.HOURS, all)).isEqualTo(3);
    assertThat(count(opened, "instant", ChronoUnit.DAYS, all)).isEqualTo(2);
    assertThat(count(opened, "local", ChronoUnit.DAYS, all)).isEqualTo(2);
    assertThat(count(opened, "day", ChronoUnit.DAYS, all)).isEqualTo(3);
    assertThat(count(opened, "day", ChronoUnit.MONTHS, all)).isEqualTo(2);
    assertThat(count(opened, "day", ChronoUnit.YEARS, all)).isEqualTo(2);
  }

  @Test
  void aWindowCutsBothButForTheRangeOfAnIndex() {
    Opened opened = open();
    ReadRequest january =
        Rows.request(opened)
            .withWindow(
                new Window(
                    "instant",
                    CursorPosition.timestamp(Instant.parse("2024-01-01T00:00:00Z")),
                    CursorPosition.timestamp(Instant.parse("2024-01-31T00:00:00Z")),
                    false));
    assertThat(range(opened, "day", january)).isEqualTo(days("2024-01-01", "2024-01-31"));
    assertThat(range(opened, "indexed", january)).isEqualTo(days("2024-01-01", "2025-06-01"));
    assertThat(count(opened, "indexed", ChronoUnit.DAYS, january)).isEqualTo(2);
  }

  @Test
  void withoutRowsThereIsNoRange() {
    Opened opened = open();
    ReadRequest none =
        Rows.request(opened)
            .withWindow(
                new Window("instant", null, CursorPosition.timestamp(Instant.EPOCH), false));
    assertThat(range(opened, "day", none)).isNull();
    assertThat(count(opened, "day", ChronoUnit.DAYS, none)).isZero();
  }
}
