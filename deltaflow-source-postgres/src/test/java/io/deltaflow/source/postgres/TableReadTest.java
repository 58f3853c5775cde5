package io.deltaflow.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.source.postgres.TestConfig.Opened;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.testing.PostgresServer;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TableReadTest {
  private static final String DATABASE = "table_read";
  private static final PostgresServer SERVER = TestServer.get();

  @BeforeAll
  static void createTables() {
    SERVER.createDatabase(DATABASE);
    SERVER.executeIn(
        DATABASE,
        "CREATE TABLE orders (id bigint PRIMARY KEY, customer text NOT NULL, amount numeric(12,2),"
            + " updated_at timestamptz NOT NULL, note text)",
        "COMMENT ON TABLE orders IS 'all orders'",
        "COMMENT ON COLUMN orders.amount IS 'in euros'",
        "INSERT INTO orders VALUES (1, 'Ada', 12.50, '2024-02-29 12:00:00.123456+00', NULL),"
            + " (2, 'Grüße', -0.01, '1999-12-31 23:59:59.999999+00', 'x')",
        "CREATE SCHEMA \"My Schema\"",
        "CREATE TABLE \"My Schema\".\"T \"\"1\"\"\" (\"Id\" int, \"id\" int)",
        "INSERT INTO \"My Schema\".\"T \"\"1\"\"\" VALUES (1, 2)");
  }

  private static Opened table(String name) {
    return TestConfig.of(SERVER, DATABASE).with("table", name).open();
  }

  @Test
  void schemaComesFromTheCatalog() {
    DetectedSchema detected = Rows.detect(table("public.orders"));

    assertThat(detected.primaryKey()).containsExactly("id");
    assertThat(detected.description()).contains("all orders");
    Schema schema = detected.schema();
    assertThat(schema.getFieldNames())
        .containsExactly("id", "customer", "amount", "updated_at", "note");
    assertThat(schema.getField("id").getType()).isEqualTo(FieldTypes.INT64);
    assertThat(schema.getField("id").getType().getNullable()).isFalse();
    assertThat(schema.getField("note").getType().getNullable()).isTrue();
    assertThat(schema.getField("amount").getDescription()).isEqualTo("in euros");
    assertThat(FieldTypes.precision(schema.getField("amount").getType()))
        .contains(new FieldTypes.Precision(12, 2));
    assertThat(FieldTypes.kind(schema.getField("updated_at").getType()))
        .isEqualTo(FieldTypes.Kind.TIMESTAMP);
    assertThat(detected.warnings()).isEmpty();
  }

  @Test
  void everyRowIsReadWithItsExactValues() {
    List<Row> rows = Rows.all(table("orders"));

    assertThat(rows).hasSize(2);
    assertThat(rows.get(0).getValues())
        .containsExactly(
            1L, "Ada", new BigDecimal("12.50"), Instant.parse("2024-02-29T12:00:00.123456Z"), null);
    assertThat(rows.get(1).getValues())
        .containsExactly(
            2L,
            "Grüße",
            new BigDecimal("-0.01"),
            Instant.parse("1999-12-31T23:59:59.999999Z"),
            "x");
  }

  @Test
  void quotedNamesReachTheTableAndColumnsOfThatCase() {
    List<Row> rows = Rows.all(table("\"My Schema\".\"T \"\"1\"\"\""));

    assertThat(rows.get(0).getValues()).containsExactly(1L, 2L);
  }

  @Test
  void someColumnsAreReadInTheOrderOfTheRequest() {
    Opened source = table("orders");
    Schema detected = Rows.detect(source).schema();
    Schema part =
        Schema.builder()
            .addField(detected.getField("customer"))
            .addField(detected.getField("id"))
            .build();

    List<Row> rows = Rows.read(source, ReadRequest.of(part));

    assertThat(rows.get(0).getValues()).containsExactly("Ada", 1L);
  }
}
