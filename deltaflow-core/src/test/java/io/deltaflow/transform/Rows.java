package io.deltaflow.transform;

import io.deltaflow.spi.FieldTypes;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;

/** Orders, as a source gives them. */
final class Rows {
  static final Schema PLACE =
      Schema.builder()
          .addNullableField("city", FieldTypes.STRING)
          .addNullableField("zip", FieldTypes.STRING)
          .build();

  static final Schema ORDERS =
      Schema.builder()
          .addField("id", FieldTypes.INT64)
          .addNullableField("customer", FieldTypes.STRING)
          .addNullableField("email", FieldTypes.STRING)
          .addNullableField("quantity", FieldTypes.INT64)
          .addNullableField("amount", FieldTypes.numeric(12, 2))
          .addNullableField("weight", FieldTypes.FLOAT64)
          .addNullableField("paid", FieldTypes.BOOL)
          .addNullableField("ordered_on", FieldTypes.DATE)
          .addNullableField("updated_at", FieldTypes.TIMESTAMP)
          .addNullableField("details", FieldTypes.JSON)
          .addNullableField("tags", FieldType.array(FieldTypes.STRING))
          .addNullableField("address", FieldType.row(PLACE))
          .addNullableField("signature", FieldTypes.BYTES)
          .build();

  private Rows() {}

  /** An order with these values and else NULL; its id is 1. */
  static Row order(Map<String, Object> values) {
    List<Object> list = new ArrayList<>();
    for (Schema.Field field : ORDERS.getFields()) {
      Object otherwise = field.getName().equals("id") ? 1L : null;
      list.add(values.getOrDefault(field.getName(), otherwise));
    }
    return Row.withSchema(ORDERS).attachValues(list);
  }

  static Row order() {
    return order(
        Map.ofEntries(
            Map.entry("id", 7L),
            Map.entry("customer", "Zoë Müller"),
            Map.entry("email", "zoe@example.com"),
            Map.entry("quantity", 3L),
            Map.entry("amount", new BigDecimal("19.90")),
            Map.entry("weight", 1.5),
            Map.entry("paid", true),
            Map.entry("ordered_on", LocalDate.parse("2024-01-31")),
            Map.entry("updated_at", Instant.parse("2024-02-01T10:30:00Z")),
            Map.entry("details", "{\"gift\": true, \"parts\": [1, 2.5], \"note\": null}"),
            Map.entry("tags", List.of("new", "sale")),
            Map.entry("address", Row.withSchema(PLACE).addValues("Łódź", "90-001").build()),
            Map.entry("signature", new byte[] {1, 2, 3})));
  }
}
