package io.deltaflow.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.FieldRange;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

/** How many partitions a range of values touches. */
final class PartitionCheckTest {
  private static long span(CursorPosition smallest, CursorPosition largest, ChronoUnit unit) {
    return PartitionCheck.span(new FieldRange(smallest, largest), unit);
  }

  @Test
  void bothEndsCount() {
    CursorPosition last = CursorPosition.timestamp(Instant.parse("2023-12-31T23:59:59.999999Z"));
    CursorPosition first = CursorPosition.timestamp(Instant.parse("2024-01-01T00:00:00Z"));
    for (ChronoUnit unit :
        new ChronoUnit[] {ChronoUnit.HOURS, ChronoUnit.DAYS, ChronoUnit.MONTHS, ChronoUnit.YEARS}) {
      assertThat(span(last, first, unit)).isEqualTo(2);
      assertThat(span(first, first, unit)).isEqualTo(1);
    }
  }

  @Test
  void timesBeforeTheEpochAreCountedAlike() {
    CursorPosition before = CursorPosition.dateTime(LocalDateTime.parse("1969-12-31T23:30:00"));
    CursorPosition after = CursorPosition.dateTime(LocalDateTime.parse("1970-01-02T00:30:00"));
    assertThat(span(before, after, ChronoUnit.HOURS)).isEqualTo(26);
    assertThat(span(before, after, ChronoUnit.DAYS)).isEqualTo(3);
    assertThat(span(before, after, ChronoUnit.MONTHS)).isEqualTo(2);
  }

  @Test
  void datesAreDays() {
    CursorPosition first = CursorPosition.date(LocalDate.parse("1900-02-28"));
    CursorPosition last = CursorPosition.date(LocalDate.parse("2000-03-01"));
    assertThat(span(first, last, ChronoUnit.DAYS)).isEqualTo(36_527);
    assertThat(span(first, last, ChronoUnit.MONTHS)).isEqualTo(1_202);
    assertThat(span(first, last, ChronoUnit.YEARS)).isEqualTo(101);
  }
}
