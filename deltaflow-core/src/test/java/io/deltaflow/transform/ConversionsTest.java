package io.deltaflow.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.BadValueException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TimeZone;
import java.util.stream.Stream;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ConversionsTest {
  private static final FieldType STRING = FieldTypes.STRING;
  private static final FieldType INT64 = FieldTypes.INT64;
  private static final FieldType FLOAT64 = FieldTypes.FLOAT64;
  private static final FieldType BOOL = FieldTypes.BOOL;
  private static final FieldType NUMERIC = FieldTypes.numeric();
  private static final FieldType BYTES = FieldTypes.BYTES;
  private static final FieldType DATE = FieldTypes.DATE;
  private static final FieldType TIME = FieldTypes.TIME;
  private static final FieldType DATETIME = FieldTypes.DATETIME;
  private static final FieldType TIMESTAMP = FieldTypes.TIMESTAMP;
  private static final FieldType JSON = FieldTypes.JSON;
  private static final Schema PLACE =
      Schema.builder().addNullableField("city", STRING).addNullableField("n", INT64).build();

  private static Arguments ok(FieldType from, Object value, FieldType to, Object expected) {
    return Arguments.of(from, value, to, expected);
  }

  private static Arguments bad(FieldType from, Object value, FieldType to, String problem) {
    return Arguments.of(from, value, to, problem);
  }

  private static BigDecimal decimal(String text) {
    return new BigDecimal(text);
  }

  private static Instant at(String text) {
    return Instant.parse(text);
  }

  static Stream<Arguments> values() {
    return Stream.of(
        ok(STRING, "12", INT64, 12L),
        ok(STRING, " -7\n", INT64, -7L),
        ok(STRING, "+9223372036854775807", INT64, Long.MAX_VALUE),
        ok(STRING, "-9223372036854775808", INT64, Long.MIN_VALUE),
        ok(BOOL, true, INT64, 1L),
        ok(BOOL, false, INT64, 0L),
        ok(FLOAT64, 12.0, INT64, 12L),
        ok(FLOAT64, -0.0, INT64, 0L),
        ok(FLOAT64, -0x1p63, INT64, Long.MIN_VALUE),
        ok(NUMERIC, decimal("12.000"), INT64, 12L),
        ok(NUMERIC, decimal("1E+3"), INT64, 1000L),
        ok(JSON, "12", INT64, 12L),
        ok(JSON, "\"12\"", INT64, 12L),
        ok(JSON, "true", INT64, 1L),
        ok(JSON, "null", INT64, null),
        ok(STRING, "1.5e3", FLOAT64, 1500.0),
        ok(STRING, ".5", FLOAT64, 0.5),
        ok(STRING, "0e-999", FLOAT64, 0.0),
        ok(STRING, "NaN", FLOAT64, Double.NaN),
        ok(STRING, "-Infinity", FLOAT64, Double.NEGATIVE_INFINITY),
        ok(INT64, 1L << 53, FLOAT64, 0x1p53),
        ok(NUMERIC, decimal("0.1"), FLOAT64, 0.1),
        ok(NUMERIC, decimal("9007199254740994"), FLOAT64, 9007199254740994.0),
        ok(JSON, "0.25", FLOAT64, 0.25),
        ok(STRING, "YES", BOOL, true),
        ok(STRING, "off", BOOL, false),
        ok(INT64, 1L, BOOL, true),
        ok(NUMERIC, decimal("0.00"), BOOL, false),
        ok(JSON, "false", BOOL, false),
        ok(STRING, "-1.50", NUMERIC, decimal("-1.50")),
        ok(INT64, Long.MIN_VALUE, NUMERIC, decimal("-9223372036854775808")),
        ok(FLOAT64, 0.1, NUMERIC, decimal("0.1")),
        ok(JSON, "12345678901234567890.123", NUMERIC, decimal("12345678901234567890.123")),
        ok(STRING, "1.5", FieldTypes.numeric(5, 2), decimal("1.50")),
        ok(NUMERIC, decimal("999.99"), FieldTypes.numeric(5, 2), decimal("999.99")),
        ok(NUMERIC, decimal("1.500"), FieldTypes.numeric(5, 2), decimal("1.50")),
        ok(
            STRING,
            "2024-01-31T13:45:00.123456+01:00",
            TIMESTAMP,
            at("2024-01-31T12:45:00.123456Z")),
        ok(STRING, "2024-01-31 13:45Z", TIMESTAMP, at("2024-01-31T13:45:00Z")),
        ok(STRING, "2024-01-31 13:45:01-0530", TIMESTAMP, at("2024-01-31T19:15:01Z")),
        ok(STRING, "2024-01-31 13:45:01 UTC", TIMESTAMP, at("2024-01-31T13:45:01Z")),
        ok(STRING, "2024-01-31T13:45:01.5000000000Z", TIMESTAMP, at("2024-01-31T13:45:01.5Z")),
        ok(STRING, "2024-03-31T02:30:00", TIMESTAMP, at("2024-03-31T02:30:00Z")),
        ok(STRING, "2024-01-31", TIMESTAMP, at("2024-01-31T00:00:00Z")),
        ok(
            DATETIME,
            LocalDateTime.parse("2024-03-31T02:30"),
            TIMESTAMP,
            at("2024-03-31T02:30:00Z")),
        ok(DATE, LocalDate.parse("2024-03-31"), TIMESTAMP, at("2024-03-31T00:00:00Z")),
        ok(STRING, "2024-01-31 13:45", DATETIME, LocalDateTime.parse("2024-01-31T13:45")),
        ok(
            TIMESTAMP,
            at("2024-03-31T01:30:00Z"),
            DATETIME,
            LocalDateTime.parse("2024-03-31T01:30")),
        ok(DATE, LocalDate.parse("0001-01-01"), DATETIME, LocalDateTime.parse("0001-01-01T00:00")),
        ok(STRING, "2024-02-29", DATE, LocalDate.parse("2024-02-29")),
        ok(TIMESTAMP, at("2024-02-29T23:59:59.999999Z"), DATE, LocalDate.parse("2024-02-29")),
        ok(DATETIME, LocalDateTime.parse("2024-02-29T23:59"), DATE, LocalDate.parse("2024-02-29")),
        ok(STRING, "13:45:00.000001", TIME, LocalTime.parse("13:45:00.000001")),
        ok(TIMESTAMP, at("2024-02-29T23:59:59Z"), TIME, LocalTime.parse("23:59:59")),
        ok(BOOL, true, STRING, "true"),
        ok(INT64, -5L, STRING, "-5"),
        ok(FLOAT64, 1.0, STRING, "1.0"),
        ok(NUMERIC, decimal("1E+3"), STRING, "1000"),
        ok(NUMERIC, decimal("1.50"), STRING, "1.50"),
        ok(DATE, LocalDate.parse("0099-01-02"), STRING, "0099-01-02"),
        ok(TIME, LocalTime.parse("13:45"), STRING, "13:45:00.000000"),
        ok(DATETIME, LocalDateTime.parse("2024-01-31T13:45"), STRING, "2024-01-31T13:45:00.000000"),
        ok(TIMESTAMP, at("2024-01-31T13:45:00.1Z"), STRING, "2024-01-31T13:45:00.100000Z"),
        ok(JSON, "{\"a\": 1}", STRING, "{\"a\": 1}"),
        ok(BYTES, "grün 🍏".getBytes(StandardCharsets.UTF_8), STRING, "grün 🍏"),
        ok(STRING, "é", BYTES, new byte[] {(byte) 0xc3, (byte) 0xa9}),
        ok(STRING, "{\"a\": [1.10]}", JSON, "{\"a\": [1.10]}"),
        ok(NUMERIC, decimal("1.10"), JSON, "1.10"),
        ok(BOOL, true, JSON, "true"),
        ok(DATE, LocalDate.parse("2024-02-29"), JSON, "\"2024-02-29\""),
        ok(FieldType.array(INT64), List.of(1L, 2L), JSON, "[1,2]"),
        ok(
            FieldType.row(PLACE),
            Row.withSchema(PLACE).addValues("Łódź \"x\"", null).build(),
            JSON,
            "{\"city\":\"Łódź \\\"x\\\"\",\"n\":null}"));
  }

  @ParameterizedTest
  @MethodSource("values")
  void aValueIsConvertedExactly(FieldType from, Object value, FieldType to, Object expected) {
    assertThat(convert(from, value, to)).isEqualTo(expected);
  }

  static Stream<Arguments> badValues() {
    return Stream.of(
        bad(STRING, "12.7", INT64, "'12.7' is no whole number"),
        bad(STRING, "12.0", INT64, "no whole number"),
        bad(STRING, "abc", INT64, "no whole number"),
        bad(STRING, "", INT64, "'' is no whole number"),
        bad(STRING, "٣", INT64, "no whole number"),
        bad(STRING, "9223372036854775808", INT64, "does not fit the 64 bits"),
        bad(FLOAT64, 12.5, INT64, "12.5 is no whole number"),
        bad(FLOAT64, Double.NaN, INT64, "NaN is no whole number"),
        bad(FLOAT64, Double.POSITIVE_INFINITY, INT64, "no whole number"),
        bad(FLOAT64, 0x1p63, INT64, "does not fit the 64 bits"),
        bad(NUMERIC, decimal("12.01"), INT64, "12.01 is no whole number"),
        bad(NUMERIC, decimal("9223372036854775808"), INT64, "does not fit the 64 bits"),
        bad(NUMERIC, decimal("1E+999999"), INT64, "does not fit the 64 bits"),
        bad(JSON, "[1]", INT64, "'[1]' is not JSON of one value"),
        bad(JSON, "12.5", INT64, "12.5 is no whole number"),
        bad(STRING, "1d", FLOAT64, "'1d' is no number"),
        bad(STRING, "0x10", FLOAT64, "no number"),
        bad(STRING, "1,5", FLOAT64, "no number"),
        bad(STRING, "1e400", FLOAT64, "out of the range"),
        bad(STRING, "1e-400", FLOAT64, "out of the range"),
        bad(INT64, (1L << 53) + 1, FLOAT64, "not exact as a FLOAT64"),
        bad(NUMERIC, decimal("9007199254740993"), FLOAT64, "not exact as a FLOAT64"),
        bad(NUMERIC, decimal("1E+400"), FLOAT64, "not exact as a FLOAT64"),
        bad(STRING, "maybe", BOOL, "'maybe' is no boolean (true, t, yes"),
        bad(INT64, 2L, BOOL, "2 is neither 0 nor 1"),
        bad(STRING, "1.2.3", NUMERIC, "no decimal number"),
        bad(STRING, "1e9999999", NUMERIC, "no decimal number"),
        bad(FLOAT64, Double.NaN, NUMERIC, "NaN is no decimal number"),
        bad(STRING, "1.234", FieldTypes.numeric(5, 2), "more than 2 digits after the point"),
        bad(STRING, "1000", FieldTypes.numeric(5, 2), "does not fit NUMERIC(5,2)"),
        bad(STRING, "1E+900000", FieldTypes.numeric(5, 2), "does not fit NUMERIC(5,2)"),
        bad(
            STRING,
            "abc",
            TIMESTAMP,
            "'abc' is no timestamp such as 2024-01-31T13:45:00.123456+01:00"),
        bad(STRING, "31.01.2024", TIMESTAMP, "no timestamp such as"),
        bad(STRING, "2024-02-30", TIMESTAMP, "no timestamp such as"),
        bad(STRING, "2024-01-31T24:00:00Z", TIMESTAMP, "no timestamp such as"),
        bad(STRING, "2024-01-31T13:45:60Z", TIMESTAMP, "no timestamp such as"),
        bad(STRING, "2024-01-31T13:45:00.1234567Z", TIMESTAMP, "finer than a microsecond"),
        bad(STRING, "2024-01-31T13:45:00 CET", TIMESTAMP, "no timestamp such as"),
        bad(STRING, "2024-01-31T13:45:00+01:00x", TIMESTAMP, "no timestamp such as"),
        bad(STRING, "0000-01-01T00:00:00Z", TIMESTAMP, "no timestamp such as"),
        bad(STRING, "0001-01-01T00:00:00+01:00", TIMESTAMP, "no timestamp such as"),
        bad(STRING, "1706708700", TIMESTAMP, "no timestamp such as"),
        bad(STRING, "2024-01-31T13:45:00Z", DATETIME, "without a zone"),
        bad(STRING, "2024-01-31 00:00", DATE, "no date such as 2024-01-31"),
        bad(STRING, "24:00", TIME, "no time such as"),
        bad(BYTES, new byte[] {(byte) 0xff}, STRING, "1 bytes are no UTF-8 text"),
        bad(STRING, "{a:1}", JSON, "no valid JSON"),
        bad(STRING, "", JSON, "no valid JSON"),
        bad(STRING, "{\"a\":1,\"a\":2}", JSON, "no valid JSON"),
        bad(FLOAT64, Double.NaN, JSON, "NaN is no number of JSON"));
  }

  @ParameterizedTest
  @MethodSource("badValues")
  void whatHasNoCounterpartIsNotChangedButRefused(
      FieldType from, Object value, FieldType to, String problem) {
    assertThatThrownBy(() -> convert(from, value, to))
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining("column 'c': ")
        .hasMessageContaining(problem);
  }

  static Stream<Arguments> impossible() {
    return Stream.of(
        Arguments.of(INT64, TIMESTAMP, "a number does not say its unit"),
        Arguments.of(BOOL, DATE, "BOOL cannot become DATE"),
        Arguments.of(DATE, BOOL, "DATE cannot become BOOL"),
        Arguments.of(TIME, TIMESTAMP, "TIME cannot become TIMESTAMP"),
        Arguments.of(FLOAT64, BYTES, "FLOAT64 cannot become BYTES"),
        Arguments.of(FieldType.array(INT64), STRING, "ARRAY of INT64 cannot become STRING; it can"),
        Arguments.of(FieldType.array(BYTES), JSON, "BYTES cannot become JSON"),
        Arguments.of(FieldType.row(PLACE), INT64, "RECORD cannot become INT64"));
  }

  @ParameterizedTest
  @MethodSource("impossible")
  void whatNoValueCanPassIsFoundBeforeAnythingIsRead(FieldType from, FieldType to, String problem) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Conversions.between("c", from, to))
        .withMessageContaining(problem);
  }

  @Test
  void theSameTypeNeedsNoStep() {
    for (FieldType type : List.of(STRING, INT64, JSON, TIMESTAMP, NUMERIC)) {
      assertThat(Conversions.between("c", type, type)).isEmpty();
    }
    assertThat(Conversions.between("c", FieldTypes.numeric(5, 2), FieldTypes.numeric(5, 2)))
        .isEmpty();
    assertThat(Conversions.between("c", FieldTypes.numeric(5, 2), NUMERIC)).isEmpty();
  }

  @Test
  void theTimeZoneOfTheMachineDoesNotMatter() {
    TimeZone before = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("America/New_York"));
      assertThat(convert(STRING, "2024-03-10T02:30:00", TIMESTAMP))
          .isEqualTo(at("2024-03-10T02:30:00Z"));
      assertThat(convert(TIMESTAMP, at("2024-03-10T02:30:00Z"), DATETIME))
          .isEqualTo(LocalDateTime.parse("2024-03-10T02:30"));
      assertThat(convert(TIMESTAMP, at("2024-03-10T02:30:00Z"), STRING))
          .isEqualTo("2024-03-10T02:30:00.000000Z");
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  void whatBecomesTextAndComesBackIsTheSame() {
    Random random = new Random(20240131);
    for (int i = 0; i < 2000; i++) {
      Instant instant =
          Instant.ofEpochSecond(
              -62135596800L + (long) (random.nextDouble() * 315537897599L),
              random.nextInt(1_000_000) * 1000L);
      LocalDateTime local = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
      same(TIMESTAMP, instant);
      same(DATETIME, local);
      same(DATE, local.toLocalDate());
      same(TIME, local.toLocalTime());
      same(INT64, random.nextLong());
      same(BOOL, random.nextBoolean());
      same(FLOAT64, Double.longBitsToDouble(random.nextLong()));
      same(NUMERIC, BigDecimal.valueOf(random.nextLong(), random.nextInt(40)));
    }
  }

  private static void same(FieldType type, Object value) {
    Object text = convert(type, value, STRING);
    assertThat(convert(STRING, text, type)).isEqualTo(value);
  }

  private static Object convert(FieldType from, Object value, FieldType to) {
    Optional<Step> step = Conversions.between("c", from, to);
    return step.isPresent() ? step.get().apply(value) : value;
  }
}
