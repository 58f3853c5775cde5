package io.deltaflow.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.BadValueException;
import io.deltaflow.spi.error.ConfigurationException;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TransformationTest {
  private static BoundTransformation bind(String json) {
    return Transformation.parse(json.replace('\'', '"')).bind(Rows.ORDERS);
  }

  private static List<String> problems(String json) {
    return catchThrowableOfType(ConfigurationException.class, () -> bind(json)).problems();
  }

  private static Object value(String json, String field, Map<String, Object> order) {
    return bind(json).apply(Rows.order(order)).getValue(field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "{}", "{\"field_mappings\": {}}"})
  void withoutStepsRowsStayAsTheyAre(String json) {
    Transformation transformation = Transformation.parse(json);
    Row row = Rows.order();

    assertThat(transformation.isEmpty()).isTrue();
    assertThat(Transformation.parse(null).isEmpty()).isTrue();
    assertThat(transformation.bind(Rows.ORDERS).apply(row)).isSameAs(row);
    assertThat(transformation.bind(Rows.ORDERS).output()).isEqualTo(Rows.ORDERS);
  }

  @Test
  void theStepsHappenInTheDocumentedOrderWhateverTheOrderOfTheText() {
    BoundTransformation bound =
        bind(
            "{'calculated_fields': {'label': 'buyer + code'},"
                + " 'value_transformations': {'code': {'type': 'lower'}},"
                + " 'default_values': {'code': 'NONE'},"
                + " 'type_conversions': {'code': 'STRING'},"
                + " 'field_mappings': {'quantity': 'code', 'customer': 'buyer'}}");

    assertThat(bound.apply(Rows.order(Map.of("customer", "Ann "))).getString("label"))
        .isEqualTo("Ann none");
    assertThat(
            bound.apply(Rows.order(Map.of("customer", "Ann ", "quantity", 3L))).getString("label"))
        .isEqualTo("Ann 3");
    assertThat(bound.output().getFieldNames())
        .containsExactly(
            "id",
            "buyer",
            "email",
            "code",
            "amount",
            "weight",
            "paid",
            "ordered_on",
            "updated_at",
            "details",
            "tags",
            "address",
            "signature",
            "label");
    assertThat(bound.output().getField("code").getType())
        .isEqualTo(FieldTypes.STRING.withNullable(true));
    assertThat(bound.output().getField("id").getType().getNullable()).isFalse();
  }

  @Test
  void whoeverAsksLearnsWhatBecameOfAField() {
    BoundTransformation bound =
        bind(
            "{'field_mappings': {'customer': 'buyer', 'id': 'quantity', 'quantity': 'id'},"
                + " 'type_conversions': {'amount': 'numeric(12,2)', 'weight': 'string'},"
                + " 'value_transformations': {'email': {'type': 'drop'}},"
                + " 'calculated_fields': {'mail_length': 'len(email)', 'copy': 'buyer'}}");

    assertThat(bound.droppedFields()).containsExactly("email");
    assertThat(bound.outputName("customer")).contains("buyer");
    assertThat(bound.outputName("id")).contains("quantity");
    assertThat(bound.outputName("email")).isEmpty();
    assertThat(bound.outputName("nothing")).isEmpty();
    assertThat(bound.changes("buyer")).isFalse();
    assertThat(bound.changes("amount")).isFalse();
    assertThat(bound.changes("weight")).isTrue();
    assertThat(bound.changes("copy")).isTrue();
    assertThatThrownBy(() -> bound.changes("email")).isInstanceOf(IllegalArgumentException.class);
    assertThat(
            bound
                .apply(Rows.order(Map.of("email", "é@🍏", "quantity", 5L)))
                .getInt64("mail_length"))
        .isEqualTo(3);
    assertThat(bound.apply(Rows.order(Map.of("quantity", 5L))).getInt64("id")).isEqualTo(5);
    assertThat(bound.input()).isEqualTo(Rows.ORDERS);
  }

  @Test
  void fieldsKeepTheirDescription() {
    Schema schema = Schema.of(Schema.Field.of("a", FieldTypes.INT64).withDescription("how many"));

    Schema.Field field =
        Transformation.parse(
                "{\"field_mappings\":{\"a\":\"b\"},\"type_conversions\":{\"b\":\"string\"}}")
            .bind(schema)
            .output()
            .getField("b");

    assertThat(field.getDescription()).isEqualTo("how many");
    assertThat(field.getType()).isEqualTo(FieldTypes.STRING);
  }

  @Test
  void aBadValueNamesTheColumnOfTheSource() {
    BoundTransformation bound =
        bind("{'field_mappings': {'customer': 'no'}, 'type_conversions': {'no': 'integer'}}");

    assertThatThrownBy(() -> bound.apply(Rows.order(Map.of("customer", "x9"))))
        .isInstanceOf(BadValueException.class)
        .hasMessage(
            "column 'customer': 'x9' is no whole number, and cannot become INT64 from STRING");
    assertThat(bound.apply(Rows.order(Map.of())).getInt64("no")).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'type':'upper'                                              | straße    | STRASSE",
        "'type':'UPPER'                                              | ı         | I",
        "'type':'lower'                                              | ÄİI       | äi̇i",
        "'type':'trim'                                               | '\u00a0\t x y\u3000\n"
            + "' | x y",
        "'type':'regex_replace','pattern':'[0-9]+','replacement':'#' | a1b22     | a#b#",
        "'type':'regex_replace','pattern':'(a)(b)?','replacement':'\\\\2\\\\1$1' | aab | a$1ba$1",
        "'type':'regex_replace','pattern':'(?P<x>a)','replacement':'\\\\g<x>0\\\\g<1>1\\\\\\\\' | a"
            + " | a0a1\\",
        "'type':'regex_replace','pattern':'x*','replacement':'-'     | abc       | -a-b-c-",
        "'type':'mask'                                               | ab🍏       | ***",
        "'type':'mask','keep_first':1,'keep_last':2                  | 🍏bcde     | 🍏**de",
        "'type':'mask','keep_first':1,'keep_last':2,'character':'•'  | abc       | •••",
        "'type':'mask','keep_last':2147483647                        | abc       | ***",
        "'type':'hash' | abc | ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "'type':'hash','key':'Jefe' | what do ya want for nothing? |"
            + " 5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
      })
  void textsAreChanged(String change, String before, String after) {
    assertThat(
            value(
                "{'value_transformations': {'customer': {" + change + "}}}",
                "customer",
                Map.of("customer", before)))
        .isEqualTo(after);
  }

  @Test
  void nullStaysNullAndEmptyStaysEmpty() {
    for (String change : List.of("upper", "trim", "mask", "hash", "drop")) {
      BoundTransformation bound =
          bind("{'value_transformations': {'customer': [{'type':'" + change + "'}]}}");
      if (!change.equals("drop")) {
        assertThat(bound.apply(Rows.order(Map.of())).getString("customer")).isNull();
      }
    }
    assertThat(
            value(
                "{'value_transformations': {'customer': {'type':'trim'}}}",
                "customer",
                Map.of("customer", " ")))
        .isEqualTo("");
  }

  @Test
  void aListIsAppliedFromLeftToRight() {
    String list =
        "{'value_transformations': {'email': [{'type':'trim'}, {'type':'lower'}, {'type':'hash'},"
            + " {'type':'regex_replace', 'pattern':'^(.{8}).*', 'replacement':'\\\\1'}]}}";

    assertThat(value(list, "email", Map.of("email", " ABC "))).isEqualTo("ba7816bf");
  }

  @Test
  void anyValueCanBeHashed() {
    BoundTransformation bound =
        bind(
            "{'value_transformations': {'signature': {'type':'hash'}, 'id': {'type':'hash'},"
                + " 'details': {'type':'hash'}}}");
    Row row = bound.apply(Rows.order());

    assertThat(row.getString("signature"))
        .isEqualTo("039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81");
    assertThat(row.getString("id"))
        .isEqualTo("7902699be42c8a8e46fbbb4501726517e86b22c56a189f7625a6da49081b2451");
    assertThat(bound.output().getField("id").getType()).isEqualTo(FieldTypes.STRING);
  }

  @Test
  void defaultsReplaceNullOnly() {
    String json =
        "{'default_values': {'quantity': 1, 'amount': '0.5', 'weight': 2, 'paid': false,"
            + " 'ordered_on': '2000-01-01', 'updated_at': '2000-01-01T00:00:00Z',"
            + " 'details': {'a': 1.10}, 'customer': '', 'signature': 'x'}}";
    Row row = bind(json).apply(Rows.order(Map.of()));

    assertThat(row.getInt64("quantity")).isEqualTo(1);
    assertThat((Object) row.getValue("amount")).isEqualTo(new BigDecimal("0.50"));
    assertThat(row.getDouble("weight")).isEqualTo(2.0);
    assertThat(row.getBoolean("paid")).isFalse();
    assertThat(row.<Object>getValue("ordered_on")).hasToString("2000-01-01");
    assertThat(row.<Object>getValue("updated_at")).hasToString("2000-01-01T00:00:00Z");
    assertThat(row.<String>getValue("details")).isEqualTo("{\"a\":1.10}");
    assertThat(row.getString("customer")).isEmpty();
    assertThat(row.getBytes("signature")).isEqualTo(new byte[] {'x'});
    assertThat(bind(json).apply(Rows.order()).getInt64("quantity")).isEqualTo(3);
  }

  @Test
  void oneMessageListsAllThatIsWrongWithTheText() {
    assertThat(
            catchThrowableOfType(
                    ConfigurationException.class,
                    () ->
                        Transformation.parse(
                            """
                            {"field_mapping": {}, "field_mappings": {"a": 1, " ": "b"},
                             "type_conversions": {"b": "integr", "c": "numeric(2,3)"},
                             "default_values": {"d": null},
                             "value_transformations": {
                               "e": {"type": "uper"},
                               "f": {"type": "regex_replace", "pattern": "(", "replacement": ""},
                               "g": {"type": "regex_replace", "pattern": "a", "replacement": "\\\\1"},
                               "h": {"type": "mask", "keep_first": -1},
                               "i": {"type": "hash", "salt": "s3cret"},
                               "j": {"type": "hash", "key": 12345},
                               "k": [{"type": "drop"}, {"type": "trim"}],
                               "l": []},
                             "calculated_fields": {"m": "", "n": {"type": "string"}}}
                            """))
                .problems())
        .hasSize(16)
        .anyMatch(
            p ->
                p.contains("'field_mapping' is none of")
                    && p.contains("did you mean 'field_mappings'"))
        .anyMatch(
            p -> p.contains("type_conversions of 'b'") && p.contains("did you mean 'integer'"))
        .anyMatch(
            p -> p.contains("value_transformations of 'e'") && p.contains("did you mean 'upper'"))
        .anyMatch(p -> p.contains("value_transformations of 'f': the pattern '(' is no regular"))
        .anyMatch(p -> p.contains("it uses group 1, and the pattern has 0"))
        .noneMatch(p -> p.contains("s3cret") || p.contains("12345"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[]", "{\"a\"", "{} {}", "{\"type_conversions\":{\"a\":\"date\",\"a\":\"time\"}}"})
  void aTextThatIsNoSuchJsonIsRefused(String json) {
    assertThatThrownBy(() -> Transformation.parse(json))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--transformation_config");
  }

  @Test
  void oneMessageListsAllThatDoesNotFitTheSchema() {
    assertThat(
            problems(
                "{'field_mappings': {'custmer': 'c', 'email': 'mail'},"
                    + " 'type_conversions': {'email': 'string', 'quantity': 'timestamp',"
                    + "   'total': 'string'},"
                    + " 'default_values': {'paid': 'no', 'weight': 'x', 'tags': []},"
                    + " 'value_transformations': {'id': {'type': 'upper'}},"
                    + " 'calculated_fields': {'total': 'amount * nothing', 'bad': 'amount +',"
                    + "   'mixed': 'customer + id', 'size': 'len(id)', 'of_old': 'len(email)'}}"))
        .hasSize(13)
        .anyMatch(
            p -> p.contains("'custmer': the source has no such field; did you mean 'customer'"))
        .anyMatch(
            p -> p.contains("type_conversions of 'email': field_mappings calls it 'mail' now"))
        .anyMatch(p -> p.contains("'quantity': its type INT64 cannot become TIMESTAMP"))
        .anyMatch(p -> p.contains("'total': it is a calculated field, and comes after this"))
        .anyMatch(
            p -> p.contains("default_values of 'paid'") && p.contains("no value of its type BOOL"))
        .anyMatch(p -> p.contains("default_values of 'weight'") && p.contains("is no number"))
        .anyMatch(p -> p.contains("default_values of 'tags'") && p.contains("ARRAY of STRING"))
        .anyMatch(p -> p.contains("'id': upper changes texts, and its type is INT64"))
        .anyMatch(
            p -> p.contains("calculated_fields of 'total': it uses 'nothing': there is no such"))
        .anyMatch(p -> p.contains("calculated_fields of 'bad': 'amount +': at character"))
        .anyMatch(p -> p.contains("'mixed': STRING + INT64 is not known"))
        .anyMatch(p -> p.contains("'size': len takes a text, bytes or an array, and 'id' is INT64"))
        .anyMatch(p -> p.contains("'of_old': it uses 'email': field_mappings calls it 'mail' now"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'field_mappings': {'customer': 'email'}}                  | 'customer' renamed 'email'",
        "{'field_mappings': {'customer': 'EMAIL'}}                  | 'customer' renamed 'EMAIL'",
        "{'field_mappings': {'customer': 'x', 'email': 'X'}}        | 'email' renamed 'X'",
        "{'calculated_fields': {'Paid': 'id'}}                      | the calculated field 'Paid'",
        "{'calculated_fields': {'x': 'id', 'X': 'id'}}              | the calculated field 'X'",
        "{'value_transformations': {'paid': {'type':'drop'}}, 'calculated_fields': {'paid': 'id'}}"
            + " | is dropped"
      })
  void namesThatClashAreRefused(String json, String problem) {
    assertThat(problems(json)).hasSize(1).allMatch(p -> p.contains(problem));
  }

  @Test
  void aSourceWithNamesThatDifferByCaseAloneIsHelpedByARename() {
    Schema schema =
        Schema.builder().addField("id", FieldTypes.INT64).addField("Id", FieldTypes.INT64).build();

    assertThatThrownBy(() -> Transformation.parse("{\"default_values\":{\"id\":1}}").bind(schema))
        .hasMessageContaining("the field 'id' and the field 'Id' would be the same column");
    assertThat(
            Transformation.parse("{\"field_mappings\":{\"Id\":\"old_id\"}}")
                .bind(schema)
                .output()
                .getFieldNames())
        .containsExactly("id", "old_id");
    assertThat(
            Transformation.parse("{\"value_transformations\":{\"Id\":{\"type\":\"drop\"}}}")
                .bind(schema)
                .output()
                .getFieldNames())
        .containsExactly("id");
  }

  @Test
  void aDroppedFieldIsNotConvertedUnlessItIsUsed() {
    String dropped =
        "'type_conversions': {'customer': 'integer'},"
            + " 'value_transformations': {'customer': {'type': 'drop'}}";

    assertThat(bind("{" + dropped + "}").apply(Rows.order(Map.of("customer", "x"))).getFieldCount())
        .isEqualTo(Rows.ORDERS.getFieldCount() - 1);
    assertThatThrownBy(
            () ->
                bind("{" + dropped + ", 'calculated_fields': {'c': 'customer'}}")
                    .apply(Rows.order(Map.of("customer", "x"))))
        .isInstanceOf(BadValueException.class);
  }

  @Test
  void atLeastOneFieldStays() {
    Schema schema = Schema.builder().addField("a", FieldTypes.INT64).build();

    assertThatThrownBy(
            () ->
                Transformation.parse("{\"value_transformations\":{\"a\":{\"type\":\"drop\"}}}")
                    .bind(schema))
        .hasMessage("--transformation_config: every field is dropped");
  }

  @Test
  void itDoesTheSameAfterATripToAWorkerAndIsBoundThereOnce() {
    BoundTransformation bound =
        bind(
            "{'field_mappings': {'customer': 'buyer'}, 'type_conversions': {'amount': 'float'},"
                + " 'value_transformations': {'email': {'type': 'hash', 'key': 'k'}},"
                + " 'calculated_fields': {'both': 'quantity + id', 'cel': 'quantity * 2'}}");

    BoundTransformation copy = SerializableUtils.clone(bound);

    assertThat(copy.output()).isEqualTo(bound.output());
    assertThat(copy.apply(Rows.order())).isEqualTo(bound.apply(Rows.order()));
    assertThat(copy.apply(Rows.order()).getInt64("cel")).isEqualTo(6);
    assertThat(SerializableUtils.clone(bound)).isSameAs(copy);
  }

  @Test
  void theKeyOfAHashIsNotShown() {
    Transformation transformation =
        Transformation.parse(
            "{\"value_transformations\":{\"email\":{\"type\":\"hash\",\"key\":\"s3cret\"}}}");

    assertThat(transformation + " " + transformation.bind(Rows.ORDERS) + transformation.changes)
        .doesNotContain("s3cret")
        .contains("email");
  }

  @Test
  void manyThreadsCanUseOne() throws Exception {
    BoundTransformation bound =
        bind(
            "{'value_transformations': {'email': [{'type':'hash','key':'k'},"
                + " {'type':'regex_replace','pattern':'[a-f]','replacement':'_'}]},"
                + " 'calculated_fields': {'c': 'size(tags) + quantity'}}");
    Row expected = bound.apply(Rows.order());
    Map<Thread, Throwable> failures = new HashMap<>();
    List<Thread> threads =
        Stream.generate(
                () ->
                    new Thread(
                        () -> {
                          for (int i = 0; i < 2000; i++) {
                            assertThat(bound.apply(Rows.order())).isEqualTo(expected);
                          }
                        }))
            .limit(4)
            .toList();
    threads.forEach(
        thread ->
            thread.setUncaughtExceptionHandler(
                (t, e) -> {
                  synchronized (failures) {
                    failures.put(t, e);
                  }
                }));
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(failures).isEmpty();
  }

  @Test
  void aPatternThatIsTooMuchForATextIsABadValue() {
    assertThatThrownBy(
            () ->
                value(
                    "{'value_transformations': {'customer': {'type':'regex_replace',"
                        + " 'pattern':'(a|b)*c', 'replacement':''}}}",
                    "customer",
                    Map.of("customer", "ab".repeat(200_000))))
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining("too long for the pattern");
  }

  @Test
  void aKeyInTheWrongPlaceIsNotShown() {
    for (String key : List.of("field_mappings", "type_conversions", "default_values")) {
      assertThat(problems("{'" + key + "': {'email': {'type': 'hash', 'key': 's3cret'}}}"))
          .as(key)
          .singleElement()
          .satisfies(p -> assertThat(p).contains("a JSON object").doesNotContain("s3cret"));
    }
  }

  @Test
  void theNullOfJsonIsNullAlsoWhereTheColumnHasNone() {
    Schema schema = Schema.builder().addField("doc", FieldTypes.JSON).build();
    BoundTransformation bound =
        Transformation.parse("{\"type_conversions\": {\"doc\": \"integer\"}}").bind(schema);

    assertThat((Object) bound.apply(Row.withSchema(schema).attachValues("null")).getValue("doc"))
        .isNull();
    assertThat(FieldTypes.isNullable(bound.output().getField("doc").getType())).isTrue();
  }
}
