package io.deltaflow.source.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.ConfiguredSource;
import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.UpperBound;
import io.deltaflow.spi.UpperBoundRequest;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.SourceException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class UpperBoundTest {
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = new TestServer();
    server.execute(
        "CREATE TABLE raw_data.orders (id INT64, updated_at TIMESTAMP, local DATETIME, day DATE,"
            + " name STRING)",
        "INSERT INTO raw_data.orders VALUES (1, TIMESTAMP '2024-01-01 00:00:00+00', DATETIME"
            + " '2024-01-01 00:00:00', DATE '2024-01-01', 'a'), (2, NULL, NULL, NULL, 'b'), (3,"
            + " TIMESTAMP '2099-01-01 00:00:00+00', DATETIME '2099-01-01 00:00:00', DATE"
            + " '2099-01-01', 'c')");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static UpperBound find(String cursor, CursorPosition last, String... options) {
    return find(new UpperBoundRequest(cursor, last, Duration.ZERO, Duration.ofHours(1)), options);
  }

  private static UpperBound find(UpperBoundRequest request, String... options) {
    ConfiguredSource opened = server.open(options);
    return opened.source().upperBound(request, opened.context());
  }

  private static Instant clock() {
    return (Instant) server.value("SELECT CURRENT_TIMESTAMP()");
  }

  private static Instant instant(CursorPosition position) {
    return Instant.EPOCH.plus(position.value(), ChronoUnit.MICROS);
  }

  @Test
  void theWindowEndsTheLongestWriteAndTheLagBeforeTheServersClock() {
    Instant before = clock();
    UpperBound bound =
        find(
            new UpperBoundRequest("updated_at", null, Duration.ofMinutes(1), Duration.ofHours(1)),
            "table",
            "orders");
    Instant after = clock();
    assertThat(instant(bound.position()))
        .isBetween(before.minusSeconds(660), after.minusSeconds(660));
    assertThat(bound.reason()).contains("660 s").contains("--source_bigquery_longest_write");
    assertThat(bound.deferredRows()).isEqualTo(1);
    assertThat(bound.nullRows()).isEqualTo(1);
  }

  @Test
  void aLocalCursorEndsInItsOwnTimeZone() {
    Instant now = clock();
    UpperBound utc = find("local", null, "table", "orders", "longest_write", "0s");
    UpperBound west =
        find(
            "local",
            null,
            "table",
            "orders",
            "longest_write",
            "0s",
            "cursor_timezone",
            "Etc/GMT+12");
    assertThat(utc.position().kind()).isEqualTo(CursorKind.DATETIME);
    assertThat(instant(utc.position())).isBetween(now, now.plusSeconds(60));
    assertThat(instant(west.position()))
        .isBetween(now.minusSeconds(12 * 3600), now.minusSeconds(12 * 3600 - 60));
  }

  @Test
  void aDateCursorDefersToday() {
    LocalDate today = clock().atOffset(ZoneOffset.UTC).toLocalDate();
    UpperBound bound = find("day", null, "table", "orders", "longest_write", "0s");
    assertThat(bound.position()).isEqualTo(CursorPosition.date(today));
  }

  @Test
  void aNumberEndsAboveTheLargestThatHasSettled() {
    UpperBound bound = find("id", null, "table", "orders", "longest_write", "0s");
    assertThat(bound.position()).isEqualTo(CursorPosition.integer(4));
    // The table is younger than any write may take, so nothing of it has settled.
    UpperBound young = find("id", null, "table", "orders", "longest_write", "6h");
    assertThat(young.position().value()).isLessThan(1);
    assertThat(young.warnings()).anyMatch(w -> w.contains("created within"));
  }

  @Test
  void theEndNeverFallsBehindThePublishedOne() {
    CursorPosition last = CursorPosition.timestamp(clock().minusSeconds(5));
    assertThat(find("updated_at", last, "table", "orders").position()).isEqualTo(last);
    CursorPosition future = CursorPosition.timestamp(clock().plusSeconds(3600));
    assertThatThrownBy(() -> find("updated_at", future, "table", "orders"))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("above BigQuery's clock");
  }

  @Test
  void aCursorOfAnotherTypeIsRefused() {
    assertThatThrownBy(() -> find("name", null, "table", "orders"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'name'")
        .hasMessageContaining("STRING");
    assertThatThrownBy(() -> find("none", null, "table", "orders"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'none'");
    assertThatThrownBy(() -> find("id", null, "query", "SELECT * FROM orders"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--source_bigquery_longest_write");
  }

  @Test
  void rowsThatWerePublishedAndAreGoneAreWarnedOf() {
    UpperBound bound =
        find(
            new UpperBoundRequest(
                "updated_at",
                null,
                Duration.ZERO,
                Duration.ofHours(1),
                CursorPosition.timestamp(Instant.parse("2099-06-01T00:00:00Z"))),
            "table",
            "orders");
    assertThat(bound.warnings()).anyMatch(w -> w.contains("rows were deleted"));
  }
}
