package io.deltaflow.destination.bigquery;

import static io.deltaflow.destination.bigquery.Bench.row;
import static io.deltaflow.destination.bigquery.Requests.nullable;
import static io.deltaflow.destination.bigquery.Requests.required;
import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.emulator.BigQueryEmulator;
import io.deltaflow.spi.DirectReader;
import io.deltaflow.spi.FieldTypes;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RowsTest {
  private static BigQueryEmulator emulator;

  @BeforeAll
  static void start() {
    emulator = Bench.start();
  }

  @AfterAll
  static void stop() {
    emulator.close();
  }

  @Test
  void everyTypeComesBackAsItWent() throws IOException {
    Schema address =
        Schema.of(nullable("street", FieldTypes.STRING), nullable("no", FieldTypes.INT64));
    Schema schema =
        Schema.of(
            required("id", FieldTypes.INT64),
            nullable("flag", FieldTypes.BOOL),
            nullable("ratio", FieldTypes.FLOAT64),
            nullable("price", FieldTypes.numeric(12, 2)),
            nullable("exact", FieldTypes.numeric()),
            nullable("plain", FieldTypes.numeric(38, 9)),
            nullable("text", FieldTypes.STRING),
            nullable("raw", FieldTypes.BYTES),
            nullable("day", FieldTypes.DATE),
            nullable("clock", FieldTypes.TIME),
            nullable("local", FieldTypes.DATETIME),
            nullable("at", FieldTypes.TIMESTAMP),
            nullable("doc", FieldTypes.JSON),
            nullable("tags", FieldType.array(FieldTypes.STRING)),
            nullable("home", FieldType.row(address)),
            nullable("others", FieldType.array(FieldType.row(address))));
    List<Object> full =
        row(
            1L,
            true,
            0.1,
            new BigDecimal("-12.50"),
            new BigDecimal(
                "12345678901234567890123456789012345678.00000000000000000000000000000000000001"),
            new BigDecimal("0.000000001"),
            "grüße 'x' \\ \n",
            new byte[] {0, 1, (byte) 255},
            LocalDate.of(1, 1, 1),
            LocalTime.of(23, 59, 59, 999_999_000),
            LocalDateTime.of(1969, 12, 31, 23, 59, 59, 999_999_000),
            Instant.parse("2026-03-01T10:00:00.123456Z"),
            "{\"a\":1}",
            List.of("x", "y"),
            row("Main", 5L),
            List.of(row("A", 1L), row("B", null)));
    List<Object> empty = new ArrayList<>(row(2L));
    while (empty.size() < schema.getFieldCount()) {
      FieldType type = schema.getField(empty.size()).getType();
      empty.add(type.getTypeName() == Schema.TypeName.ARRAY ? List.of() : null);
    }
    Bench bench = new Bench(emulator, "types");
    Bench.Run run = bench.begin(Requests.of(schema));
    run.write(full, empty);

    Row first =
        read(bench, run).stream().filter(r -> r.getInt64("id") == 1).findFirst().orElseThrow();
    for (int i = 0; i < schema.getFieldCount(); i++) {
      Object value = first.getValue(i);
      String name = schema.getField(i).getName();
      if (value instanceof BigDecimal number) {
        assertThat(number).as(name).isEqualByComparingTo((BigDecimal) full.get(i));
      } else if (value instanceof Row record) {
        assertThat(record.getValues()).as(name).isEqualTo(full.get(i));
      } else if (name.equals("others")) {
        assertThat(((List<?>) value).stream().map(r -> ((Row) r).getValues()).toList())
            .isEqualTo(full.get(i));
      } else {
        assertThat(value).as(name).isEqualTo(full.get(i));
      }
    }
    Row second =
        read(bench, run).stream().filter(r -> r.getInt64("id") == 2).findFirst().orElseThrow();
    assertThat(second.getValues()).isEqualTo(empty);
  }

  @Test
  void anExistingTablesTypesAreFilledWithoutLoss() throws IOException {
    Bench bench = new Bench(emulator, "older");
    bench
        .begin(
            Requests.of(
                Schema.of(
                    nullable("ID", FieldTypes.numeric(38, 9)),
                    nullable("at", FieldTypes.TIMESTAMP),
                    nullable("day", FieldTypes.DATETIME),
                    nullable("doc", FieldTypes.STRING),
                    nullable("n", FieldTypes.INT64),
                    nullable("more", FieldTypes.STRING))))
        .write();
    Requests request =
        Requests.of(
            Schema.of(
                required("id", FieldTypes.INT64),
                nullable("n", FieldTypes.numeric(10, 0)),
                nullable("day", FieldTypes.DATE),
                nullable("doc", FieldTypes.JSON)));
    Bench.Run run = bench.begin(request);
    run.write(
        row(
            new BigDecimal("7"),
            new BigDecimal("1234567890"),
            LocalDate.of(2026, 3, 1),
            "{\"b\": 1}"));
    assertThat(bench.rows("ID, n, day, doc, more"))
        .singleElement()
        .satisfies(
            r -> {
              assertThat((BigDecimal) r.get(0)).isEqualByComparingTo("7");
              assertThat(r.subList(1, 5))
                  .containsExactly(
                      1234567890L, LocalDateTime.of(2026, 3, 1, 0, 0), "{\"b\": 1}", null);
            });
    Row back = read(bench, run).get(0);
    assertThat(back.getLogicalTypeValue("day", LocalDate.class))
        .isEqualTo(LocalDate.of(2026, 3, 1));
  }

  private static List<Row> read(Bench bench, Bench.Run run) throws IOException {
    List<Row> rows = new ArrayList<>();
    try (DirectReader reader = bench.destination.rows(run.plan.target(), bench.options)) {
      while (reader.advance()) {
        rows.add(reader.row());
      }
    }
    return rows;
  }
}
