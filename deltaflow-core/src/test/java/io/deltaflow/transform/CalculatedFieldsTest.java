package io.deltaflow.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.BadValueException;
import io.deltaflow.spi.error.ConfigurationException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CalculatedFieldsTest {
  private static BoundTransformation bind(String fields) {
    return Transformation.parse("{\"calculated_fields\":{" + fields + "}}").bind(Rows.ORDERS);
  }

  private static BoundTransformation one(String expression) {
    return bind("\"x\": " + StrictJson.text(expression));
  }

  private static List<String> problems(String fields) {
    return catchThrowableOfType(ConfigurationException.class, () -> bind(fields)).problems();
  }

  private static BigDecimal decimal(String text) {
    return new BigDecimal(text);
  }

  static Stream<Arguments> expressions() {
    return Stream.of(
        // The tiny ones.
        Arguments.of("quantity", FieldTypes.INT64, 3L),
        Arguments.of("len(customer)", FieldTypes.INT64, 10L),
        Arguments.of(" len( tags ) ", FieldTypes.INT64, 2L),
        Arguments.of("len(signature)", FieldTypes.INT64, 3L),
        Arguments.of("quantity + id", FieldTypes.INT64, 10L),
        Arguments.of("quantity+weight", FieldTypes.FLOAT64, 4.5),
        Arguments.of("amount + quantity + amount", FieldTypes.numeric(23, 2), decimal("42.80")),
        Arguments.of("amount + weight", FieldTypes.numeric(), decimal("21.40")),
        Arguments.of("customer + email", FieldTypes.STRING, "Zoë Müllerzoe@example.com"),
        // The language.
        Arguments.of("quantity * 2 + 1", FieldTypes.INT64, 7L),
        Arguments.of(
            "customer + ' <' + email + '>'", FieldTypes.STRING, "Zoë Müller <zoe@example.com>"),
        Arguments.of("customer.split(' ')[0]", FieldTypes.STRING, "Zoë"),
        Arguments.of("size(customer)", FieldTypes.INT64, 10L),
        Arguments.of("customer.lowerAscii().startsWith('zo')", FieldTypes.BOOL, true),
        Arguments.of("email.matches('^[a-z]+@')", FieldTypes.BOOL, true),
        Arguments.of("quantity > 2 ? 'many' : 'few'", FieldTypes.STRING, "many"),
        Arguments.of("quantity < weight", FieldTypes.BOOL, false),
        Arguments.of("weight * 2.0", FieldTypes.FLOAT64, 3.0),
        Arguments.of("amount * 0.81", FieldTypes.numeric(), decimal("16.119")),
        Arguments.of("round(amount * 0.81, 2)", FieldTypes.numeric(), decimal("16.12")),
        Arguments.of("amount * quantity - 1", FieldTypes.numeric(), decimal("58.7")),
        Arguments.of("amount / 3", FieldTypes.numeric(), decimal("6.633333333")),
        Arguments.of("-amount", FieldTypes.numeric(), decimal("-19.9")),
        Arguments.of("amount == decimal('19.900')", FieldTypes.BOOL, true),
        Arguments.of("amount >= 19.9 && 20 > amount", FieldTypes.BOOL, true),
        Arguments.of("int(amount)", FieldTypes.INT64, 19L),
        Arguments.of("double(amount)", FieldTypes.FLOAT64, 19.9),
        Arguments.of("string(amount)", FieldTypes.STRING, "19.9"),
        Arguments.of("amount * 100", FieldTypes.numeric(), decimal("1990")),
        Arguments.of("updated_at.getFullYear()", FieldTypes.INT64, 2024L),
        Arguments.of("updated_at.getHours('Europe/Berlin')", FieldTypes.INT64, 11L),
        Arguments.of(
            "updated_at + duration('90m')",
            FieldTypes.TIMESTAMP,
            Instant.parse("2024-02-01T12:00:00Z")),
        Arguments.of(
            "timestamp(1706783400000 / 1000)",
            FieldTypes.TIMESTAMP,
            Instant.parse("2024-02-01T10:30:00Z")),
        Arguments.of("updated_at > timestamp('2024-02-01T10:29:59Z')", FieldTypes.BOOL, true),
        Arguments.of("ordered_on < '2024-02-01'", FieldTypes.BOOL, true),
        Arguments.of("details.gift == true", FieldTypes.BOOL, true),
        Arguments.of("size(details.parts)", FieldTypes.INT64, 2L),
        Arguments.of("details.note == null", FieldTypes.BOOL, true),
        Arguments.of("has(details.colour)", FieldTypes.BOOL, false),
        Arguments.of("string(address.city)", FieldTypes.STRING, "Łódź"),
        Arguments.of("tags.exists(t, t == 'sale')", FieldTypes.BOOL, true),
        Arguments.of(
            "tags.map(t, t + '!')", FieldType.array(FieldTypes.STRING), List.of("new!", "sale!")),
        Arguments.of("{'a': quantity}", FieldTypes.JSON, "{\"a\":3}"),
        Arguments.of("[[quantity]]", FieldTypes.JSON, "[[3]]"),
        Arguments.of("math.greatest(quantity, id)", FieldTypes.INT64, 7L),
        Arguments.of("customer == null ? 'none' : customer", FieldTypes.STRING, "Zoë Müller"));
  }

  @ParameterizedTest
  @MethodSource("expressions")
  void anExpressionHasATypeAndAValue(String expression, FieldType type, Object expected) {
    BoundTransformation bound = one(expression);

    assertThat(bound.output().getField("x").getType()).isEqualTo(type.withNullable(true));
    assertThat((Object) bound.apply(Rows.order()).getValue("x")).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "NULL",
      value = {
        "quantity                            | NULL",
        "len(customer)                       | NULL",
        "quantity + id                       | NULL",
        "id + quantity                       | NULL",
        "customer + email                    | NULL",
        "amount + id                         | NULL",
        "quantity * 2                        | NULL",
        "quantity > 1                        | NULL",
        "amount * 2                          | NULL",
        "round(amount, 1)                    | NULL",
        "customer + '!'                      | NULL",
        "size(customer)                      | NULL",
        "customer.startsWith('a')            | NULL",
        "updated_at.getFullYear()            | NULL",
        "string(quantity)                    | NULL",
        "string(amount)                      | NULL",
        "string(updated_at)                  | NULL",
        "quantity > 1 ? 'a' : 'b'            | NULL",
        "paid ? 'a' : 'b'                    | NULL",
        "!paid                               | NULL",
        "size(tags)                          | NULL",
        "tags.exists(t, t == 'a')            | NULL",
        "details.gift == true                | NULL",
        "string(address.city)                | NULL",
        "quantity > 1 || id == 1             | true",
        "quantity > 1 && id == 2             | false",
        "quantity > 1 && id == 1             | NULL",
        "quantity == null                    | true",
        "amount == null                      | true",
        "updated_at == null                  | true",
        "customer == null ? 'none' : customer| none",
        "quantity == null ? 0 : quantity     | 0",
        "quantity == 5                       | false"
      })
  void nullMakesNullUnlessItIsAskedForOrNotNeeded(String expression, String expected) {
    Object value = one(expression).apply(Rows.order(Map.of())).getValue("x");

    assertThat(value == null ? null : value.toString()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "quantity + id                  | does not fit the 64 bits of an INT64",
        "quantity * 9                   | 'quantity * 9' has no result",
        "id / 0                         | has no result",
        "amount / 0                     | division by zero",
        "quantity + weight              | 9223372036854775807 is not exact as a FLOAT64",
        "timestamp(customer)            | has no result",
        "int(customer)                  | has no result",
        "details.colour == 'x'          | has no result",
        "tags[5]                        | has no result",
        "amount + weight                | NaN is no decimal number",
        "amount * weight                | NaN is no decimal number",
        "updated_at + duration('1ns')   | finer than a microsecond"
      })
  void aFailureIsABadValueOfTheCalculatedField(String expression, String problem) {
    Row row =
        Rows.order(
            Map.of(
                "id",
                1L,
                "quantity",
                Long.MAX_VALUE,
                "weight",
                expression.startsWith("amount") ? Double.NaN : 1.5,
                "amount",
                decimal("1.00"),
                "customer",
                "abc",
                "details",
                "{}",
                "tags",
                List.of(),
                "updated_at",
                Instant.EPOCH));

    assertThatThrownBy(() -> one(expression).apply(row))
        .isInstanceOf(BadValueException.class)
        .hasMessageStartingWith("column 'x': ")
        .hasMessageContaining(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "quantity *                     | 'quantity *': at character",
        "quantity * 'a'                 | no matching overload",
        "quantity + nothing * 2         | it uses 'nothing': there is no such field",
        "custumer + '!'                 | did you mean 'customer'",
        "len(customer) + 1              | write size(...)",
        "updated_at - updated_at        | it gives a duration",
        "uint(quantity)                 | it gives a uint",
        "address.city                   | is not known before a row is read; say it",
        "null                           | which is no column",
        "x + 1                          | uses itself: x -> x"
      })
  void whatCannotBeIsFoundBeforeAnythingIsRead(String expression, String problem) {
    assertThat(problems("\"x\": \"" + expression + "\""))
        .hasSize(1)
        .allMatch(p -> p.startsWith("--transformation_config: calculated_fields of 'x': "))
        .allMatch(p -> p.contains(problem), problem);
  }

  @Test
  void aTypeConvertsTheResult() {
    BoundTransformation bound =
        bind(
            """
            "net": {"expression": "round(amount * 0.81, 2)", "type": "numeric(14,2)"},
            "city": {"expression": "address.city", "type": "string"},
            "part": {"expression": "details.parts[0]", "type": "float"},
            "parts": {"expression": "details.parts", "type": "json"},
            "day": {"expression": "updated_at", "type": "date"}
            """);
    Row row = bound.apply(Rows.order());

    assertThat(bound.output().getField("net").getType())
        .isEqualTo(FieldTypes.numeric(14, 2).withNullable(true));
    assertThat((Object) row.getValue("net")).isEqualTo(decimal("16.12"));
    assertThat(row.getString("city")).isEqualTo("Łódź");
    assertThat(row.getDouble("part")).isEqualTo(1.0);
    assertThat(row.<String>getValue("parts")).isEqualTo("[1,2.5]");
    assertThat(row.<Object>getValue("day")).hasToString("2024-02-01");
    assertThatThrownBy(
            () ->
                bind("\"c\": {\"expression\": \"details.parts\", \"type\": \"integer\"}")
                    .apply(Rows.order()))
        .hasMessage("column 'c': [1,2.5] cannot become INT64");
  }

  @Test
  void calculatedFieldsMayUseEachOtherInAnyOrder() {
    BoundTransformation bound =
        bind("\"c\": \"b * 2\", \"b\": \"a + quantity\", \"a\": \"len(customer)\"");

    assertThat(bound.output().getFieldNames()).endsWith("c", "b", "a");
    Row row = bound.apply(Rows.order());
    assertThat(List.<Object>of(row.getInt64("c"), row.getInt64("b"), row.getInt64("a")))
        .containsExactly(26L, 13L, 10L);
  }

  @Test
  void aCircleIsFound() {
    assertThat(problems("\"a\": \"b + 1\", \"b\": \"c\", \"c\": \"a + quantity\", \"d\": \"a\""))
        .singleElement()
        .asString()
        .contains("it uses itself: a -> b -> c -> a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"type", "string", "timestamp", "list", "map", "int", "decimal", "size"})
  void fieldsMayHaveTheNamesOfTheLanguage(String name) {
    Schema schema = Schema.builder().addField(name, FieldTypes.INT64).build();
    BoundTransformation bound =
        Transformation.parse("{\"calculated_fields\":{\"x\":\"" + name + " * 2\"}}").bind(schema);

    assertThat(bound.apply(Row.withSchema(schema).addValue(21L).build()).getInt64("x"))
        .isEqualTo(42);
  }

  @Test
  void aFieldWithAnyNameCanBeCopiedAndARenameMakesItUsable() {
    Schema schema = Schema.builder().addField("order-no", FieldTypes.INT64).build();
    Row row = Row.withSchema(schema).addValue(21L).build();

    assertThat(
            Transformation.parse("{\"calculated_fields\":{\"x\":\"order-no\"}}")
                .bind(schema)
                .apply(row)
                .getInt64("x"))
        .isEqualTo(21);
    assertThat(
            Transformation.parse(
                    "{\"field_mappings\":{\"order-no\":\"no\"},\"calculated_fields\":{\"x\":\"no *"
                        + " 2\"}}")
                .bind(schema)
                .apply(row)
                .getInt64("x"))
        .isEqualTo(42);
  }
}
