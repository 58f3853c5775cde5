package io.deltaflow.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.BadValueException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows as JSON and back, which is the way of a dead letter. */
final class JsonRowTest {
  private static final Schema INNER =
      Schema.builder()
          .addNullableField("a", FieldTypes.INT64)
          .addNullableField("b", FieldType.array(FieldTypes.STRING))
          .build();
  private static final Schema SCHEMA =
      Schema.builder()
          .addNullableField("bool", FieldTypes.BOOL)
          .addNullableField("int", FieldTypes.INT64)
          .addNullableField("float", FieldTypes.FLOAT64)
          .addNullableField("numeric", FieldTypes.numeric())
          .addNullableField("text", FieldTypes.STRING)
          .addNullableField("bytes", FieldTypes.BYTES)
          .addNullableField("date", FieldTypes.DATE)
          .addNullableField("time", FieldTypes.TIME)
          .addNullableField("datetime", FieldTypes.DATETIME)
          .addNullableField("timestamp", FieldTypes.TIMESTAMP)
          .addNullableField("json", FieldTypes.JSON)
          .addNullableField("list", FieldType.array(FieldTypes.numeric(5, 2)))
          .addNullableField("record", FieldType.row(INNER))
          .addNullableField("records", FieldType.array(FieldType.row(INNER)))
          .build();

  private static String json(Row row) {
    JsonRow json = new JsonRow(row.getSchema());
    new RowValues(row.getSchema()).append(row, json);
    return json.finish();
  }

  static Row parse(String json, Schema schema) throws IOException {
    try (LettersReader reader = new LettersReader(json.getBytes(StandardCharsets.UTF_8), schema)) {
      assertThat(reader.advance()).isTrue();
      return reader.row();
    }
  }

  @Test
  void everyTypeComesBackAsItWas() throws IOException {
    Row inner =
        Row.withSchema(INNER).addValues(Long.MIN_VALUE, List.of("x", "\"y\"\u0000\n")).build();
    Row row =
        Row.withSchema(SCHEMA)
            .attachValues(
                Arrays.asList(
                    true,
                    Long.MAX_VALUE,
                    0.1 + 0.2,
                    new BigDecimal("123456789012345678901234567890.123456789"),
                    "ünï \uD83D\uDE00 \\",
                    new byte[] {0, -1, 2},
                    LocalDate.of(9999, 12, 31),
                    LocalTime.of(23, 59, 59, 999_999_000),
                    LocalDateTime.of(1, 1, 1, 0, 0, 0, 1000),
                    Instant.parse("2026-03-01T10:00:00.123456Z"),
                    "{\"n\": 12345678901234567890, \"n\": 1}",
                    List.of(new BigDecimal("1.50"), new BigDecimal("-2")),
                    inner,
                    List.of(inner, inner)));

    Row back = parse(json(row), SCHEMA);

    assertThat((byte[]) back.getValue("bytes")).containsExactly(0, -1, 2);
    assertThat(json(back)).isEqualTo(json(row));
    assertThat((Object) back.getValue("timestamp")).isEqualTo(row.getValue("timestamp"));
    assertThat((Object) back.getValue("numeric")).isEqualTo(row.getValue("numeric"));
    assertThat((Object) back.getValue("float")).isEqualTo(row.getValue("float"));
    assertThat((Object) back.getValue("json")).isEqualTo(row.getValue("json"));
  }

  @Test
  void nullAndWhatIsLeftOutAreNull() throws IOException {
    Row empty = parse("{\"int\": null}", SCHEMA);
    assertThat(empty.getValues()).containsOnlyNulls();
    assertThat(json(empty)).startsWith("{\"bool\":null,\"int\":null");
  }

  @Test
  void whatJsonNumbersCannotHoldIsText() throws IOException {
    Schema schema = Schema.builder().addField("x", FieldTypes.FLOAT64).build();
    for (double value : new double[] {Double.NaN, Double.NEGATIVE_INFINITY, 1e308}) {
      String json = json(Row.withSchema(schema).addValue(value).build());
      assertThat(parse(json, schema).getDouble("x")).isEqualTo(Double.valueOf(value));
    }
  }

  @Test
  void halfOfASurrogatePairDoesNotSpoilTheText() {
    Schema schema = Schema.builder().addField("x", FieldTypes.STRING).build();
    String json = json(Row.withSchema(schema).addValue("a\uD83Db").build());
    assertThat(json).isEqualTo("{\"x\":\"a?b\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int       | 1.5                   | a JSON number is no INT64",
        "int       | \"many\"              | a JSON string is no INT64",
        "int       | 9223372036854775808   | a JSON number is no INT64",
        "bool      | \"true\"              | a JSON string is no BOOL",
        "float     | []                    | a JSON array is no FLOAT64",
        "numeric   | {}                    | a JSON object is no NUMERIC",
        "text      | 1                     | a JSON number is no STRING",
        "bytes     | \"*\"                 | a JSON string is no BYTES",
        "date      | \"1999-02-30\"        | a JSON string is no DATE",
        "timestamp | \"2026-03-01T10:00\"  | a JSON string is no TIMESTAMP",
        "list      | \"x\"                 | a JSON string is no ARRAY<NUMERIC(5,2)>",
        "record    | 1                     | a dead letter is a JSON object",
        "nosuch    | 1                     | the source has no such column"
      })
  void whatIsNoValueOfTheFieldIsNamed(String field, String value, String problem) {
    assertThatThrownBy(() -> parse("{\"" + field + "\": " + value + "}", SCHEMA))
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining(problem);
  }
}
