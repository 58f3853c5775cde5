package io.deltaflow.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.error.ConfigurationException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GivenPositionTest {
  @ParameterizedTest
  @CsvSource({
    "TIMESTAMP, 2026-03-01T12:00:00Z, 2026-03-01T12:00:00.000000Z",
    "TIMESTAMP, 2026-03-01T12:00:00.123456+05:30, 2026-03-01T06:30:00.123456Z",
    "TIMESTAMP, 2026-03-01 12:00:00.5+00, 2026-03-01T12:00:00.500000Z",
    "TIMESTAMP, ' 2026-03-01 12:00-08 ', 2026-03-01T20:00:00.000000Z",
    "DATETIME, 2026-03-01 12:00:00.000001, 2026-03-01T12:00:00.000001",
    "DATETIME, 2026-03-01T12:00, 2026-03-01T12:00:00.000000",
    "DATE, 2026-03-01, 2026-03-01",
    "INTEGER, -7, -7",
  })
  void positionsAreReadAsPeopleAndDatabasesWriteThem(
      CursorKind kind, String text, String position) {
    assertThat(GivenPosition.parse(text, kind, "updated_at")).hasToString(position);
  }

  @ParameterizedTest
  @CsvSource({
    "TIMESTAMP, 2026-03-01T12:00:00, with their zone",
    "TIMESTAMP, 2026-03-01, with their zone",
    "TIMESTAMP, 2026-02-30T12:00:00Z, with their zone",
    "TIMESTAMP, 2026-03-01T12:00:00.1234567Z, to the microsecond",
    "TIMESTAMP, +999999999-03-01T12:00:00Z, with their zone",
    "DATETIME, 2026-03-01T12:00:00Z, without a zone",
    "DATETIME, 2026-03-01T12:00:00.1234567, to the microsecond",
    "DATE, 2026-03-01T12:00:00, dates",
    "INTEGER, 1.5, whole numbers",
    "INTEGER, 9223372036854775808, whole numbers",
    "INTEGER, '', whole numbers",
  })
  void anyOtherTextIsRefusedWithTheFormThatIsExpected(CursorKind kind, String text, String form) {
    assertThatThrownBy(() -> GivenPosition.parse(text, kind, "updated_at"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "--position: '" + text + "' is no position of the cursor 'updated_at'")
        .hasMessageContaining(form)
        .hasMessageContaining("expected one such as " + GivenPosition.example(kind));
  }
}
