package io.deltaflow.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CursorPositionTest {
  @Test
  void textsKeepEveryMicrosecond() {
    List<CursorPosition> positions =
        List.of(
            CursorPosition.timestamp(Instant.parse("2024-02-29T23:59:59.123456Z")),
            CursorPosition.timestamp(Instant.parse("1969-12-31T23:59:59.999999Z")),
            CursorPosition.timestamp(Instant.parse("0001-01-01T00:00:00Z")),
            CursorPosition.dateTime(LocalDateTime.parse("9999-12-31T23:59:59.999999")),
            CursorPosition.date(LocalDate.parse("1970-01-02")),
            CursorPosition.integer(Long.MIN_VALUE));
    for (CursorPosition p : positions) {
      assertThat(CursorPosition.parse(p.kind(), p.toString())).isEqualTo(p);
    }
    assertThat(positions.get(0)).hasToString("2024-02-29T23:59:59.123456Z");
    assertThat(positions.get(4).value()).isEqualTo(1);
  }

  @Test
  void oneUnitIsTheSmallestStep() {
    CursorPosition p = CursorPosition.timestamp(Instant.parse("2024-01-01T00:00:00.000001Z"));
    assertThat(p.plus(-2)).hasToString("2023-12-31T23:59:59.999999Z").isLessThan(p);
  }

  @Test
  void kindsDoNotCompare() {
    assertThatThrownBy(
            () -> CursorPosition.integer(1).compareTo(CursorPosition.date(LocalDate.MIN)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aTamperedTextIsRefused() {
    assertThatThrownBy(() -> CursorPosition.parse(CursorKind.TIMESTAMP, "2024-01-01'; DROP"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TIMESTAMP");
  }
}
