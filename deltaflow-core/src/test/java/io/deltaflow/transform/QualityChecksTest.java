package io.deltaflow.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.transform.AggregateCheck.Freshness;
import io.deltaflow.transform.AggregateCheck.RowCount;
import io.deltaflow.transform.AggregateCheck.Unique;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class QualityChecksTest {
  private static BoundChecks bind(String json) {
    return QualityChecks.parse(json.replace('\'', '"')).bind(Rows.ORDERS);
  }

  private static List<String> problems(String json) {
    return catchThrowableOfType(ConfigurationException.class, () -> bind(json)).problems();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "[]"})
  void withoutChecksEveryRowPasses(String json) {
    assertThat(QualityChecks.parse(json).isEmpty()).isTrue();
    assertThat(QualityChecks.parse(null).isEmpty()).isTrue();
    assertThat(bind(json).isEmpty()).isTrue();
    assertThat(bind(json).rowChecks().failures(Rows.order())).isEmpty();
  }

  static Stream<Arguments> values() {
    String states = "'check':'accepted_values','column':'customer','values':['new','paid']";
    String amounts = "'check':'accepted_values','column':'amount','values':[1, '2.50']";
    String weights = "'check':'accepted_values','column':'weight','values':[0, 1.5]";
    String quantity = "'check':'range','column':'quantity','min':1,'max':9";
    String amount = "'check':'range','column':'amount','min':0.01";
    String weight = "'check':'range','column':'weight','min':0,'max':2.5";
    String day = "'check':'range','column':'ordered_on','min':'2000-01-01'";
    String time = "'check':'range','column':'updated_at','max':'2024-01-31T00:00:00+01:00'";
    String email = "'check':'regex','column':'email','pattern':'[^@]+@[^@]+'";
    String present = "'check':'not_null','column':'customer'";
    return Stream.of(
        Arguments.of(present, "customer", "", null),
        Arguments.of(present, "customer", null, "NULL"),
        Arguments.of(states, "customer", "paid", null),
        Arguments.of(states, "customer", null, null),
        Arguments.of(states, "customer", "Paid", "'Paid' is none of 'new', 'paid'"),
        Arguments.of(amounts, "amount", new BigDecimal("1.00"), null),
        Arguments.of(amounts, "amount", new BigDecimal("2.5"), null),
        Arguments.of(amounts, "amount", new BigDecimal("2.51"), "2.51 is none of"),
        Arguments.of(weights, "weight", -0.0, null),
        Arguments.of(weights, "weight", 1.6, "1.6 is none of"),
        Arguments.of(quantity, "quantity", 1L, null),
        Arguments.of(quantity, "quantity", 9L, null),
        Arguments.of(quantity, "quantity", null, null),
        Arguments.of(quantity, "quantity", 0L, "0 is below 1"),
        Arguments.of(quantity, "quantity", 10L, "10 is above 9"),
        Arguments.of(amount, "amount", new BigDecimal("0.010"), null),
        Arguments.of(amount, "amount", new BigDecimal("0.00"), "0.00 is below 0.01"),
        Arguments.of(weight, "weight", -0.0, null),
        Arguments.of(weight, "weight", Double.NaN, "NaN is in no range"),
        Arguments.of(weight, "weight", Double.POSITIVE_INFINITY, "Infinity is above 2.5"),
        Arguments.of(day, "ordered_on", LocalDate.parse("1999-12-31"), "1999-12-31 is below"),
        Arguments.of(day, "ordered_on", LocalDate.parse("2000-01-01"), null),
        Arguments.of(time, "updated_at", Instant.parse("2024-01-30T23:00:00Z"), null),
        Arguments.of(time, "updated_at", Instant.parse("2024-01-30T23:00:00.000001Z"), "is above"),
        Arguments.of(email, "email", "é@x", null),
        Arguments.of(email, "email", null, null),
        Arguments.of(email, "email", "a@b@c", "'a@b@c' does not match [^@]+@[^@]+"));
  }

  @ParameterizedTest
  @MethodSource("values")
  void aRowPassesOrTheProblemIsTold(String check, String column, Object value, String problem) {
    Map<String, Object> values = value == null ? Map.of() : Map.of(column, value);

    List<FailedCheck> failures = bind("[{" + check + "}]").rowChecks().failures(Rows.order(values));

    if (problem == null) {
      assertThat(failures).isEmpty();
    } else {
      assertThat(failures)
          .singleElement()
          .satisfies(
              f -> {
                assertThat(f.problem()).contains(problem);
                assertThat(f.column()).isEqualTo(column);
                assertThat(f.action()).isEqualTo(CheckAction.FAIL);
              });
    }
  }

  @Test
  void allFailuresOfARowAreToldInTheOrderOfTheConfiguration() {
    BoundChecks checks =
        bind(
            "[{'check':'not_null','columns':['email','customer','id'],'action':'warn'},"
                + " {'check':'range','column':'id','min':2,'action':'Dead_Letter','name':'ids'}]");

    assertThat(SerializableUtils.clone(checks).rowChecks().failures(Rows.order(Map.of())))
        .containsExactly(
            new FailedCheck("not_null(email, customer, id)", "email", CheckAction.WARN, "NULL"),
            new FailedCheck("not_null(email, customer, id)", "customer", CheckAction.WARN, "NULL"),
            new FailedCheck("ids", "id", CheckAction.DEAD_LETTER, "1 is below 2"));
    assertThat(checks.rowChecks().isEmpty()).isFalse();
  }

  @Test
  void checksOfAllRowsAreDescribed() {
    BoundChecks checks =
        bind(
            "[{'check':'unique','columns':['id','customer'],'action':'dead_letter'},"
                + " {'check':'row_count','min':1,'action':'warn'},"
                + " {'check':'row_count','max':5,'name':'few'},"
                + " {'check':'freshness','column':'updated_at','max_age':'2d'}]");

    assertThat(checks.aggregates())
        .containsExactly(
            new Unique("unique(id, customer)", CheckAction.DEAD_LETTER, List.of("id", "customer")),
            new RowCount("row_count", CheckAction.WARN, 1, Long.MAX_VALUE),
            new RowCount("few", CheckAction.FAIL, 0, 5),
            new Freshness(
                "freshness(updated_at)", CheckAction.FAIL, "updated_at", Duration.ofDays(2)));
    assertThat(SerializableUtils.clone(checks).aggregates()).isEqualTo(checks.aggregates());
    assertThat(checks.rowChecks().isEmpty()).isTrue();
    assertThat(new RowCount("n", CheckAction.FAIL, 1, 2).passes(0)).isFalse();
    assertThat(new RowCount("n", CheckAction.FAIL, 1, 2).passes(1)).isTrue();
    assertThat(new RowCount("n", CheckAction.FAIL, 1, 2).passes(2)).isTrue();
    assertThat(new RowCount("n", CheckAction.FAIL, 1, 2).passes(3)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'check':'notnull','column':'id'}                         | did you mean 'not_null'",
        "{'column':'id'}                                           | it is no object with a check",
        "{'check':'not_null'}                                      | it names no column",
        "{'check':'not_null','colum':'id'}                         | did you mean 'column'",
        "{'check':'not_null','column':'id','columns':['id']}       | both column and columns",
        "{'check':'not_null','columns':['id','id']}                | names a column twice",
        "{'check':'not_null','column':'id','action':'dead-letter'} | did you mean 'dead_letter'",
        "{'check':'range','column':'id'}                           | neither min nor max",
        "{'check':'accepted_values','column':'id','values':[]}     | it has no array of values",
        "{'check':'regex','column':'email','pattern':'['}          | no regular expression",
        "{'check':'row_count','min':2,'max':1}                     | its min is above its max",
        "{'check':'row_count','min':-1}                            | no number of rows",
        "{'check':'row_count','min':1,'action':'dead_letter'}      | no row to put to the dead"
            + " letters",
        "{'check':'freshness','column':'updated_at','max_age':'1'} | such as 90s",
        "{'check':'freshness','column':'updated_at','max_age':'1h','action':'dead_letter'} | warn"
            + " or fail",
        "{'check':'unique','column':'id','min':3}                  | 'min' is none of",
      })
  void whatTheTextHasWrongByItselfIsTold(String check, String problem) {
    assertThat(problems("[" + check + "]"))
        .hasSize(1)
        .allMatch(p -> p.startsWith("--quality_checks: check 1") && p.contains(problem), problem);
  }

  @Test
  void oneMessageListsAllThatIsWrong() {
    assertThat(problems("[{'check':'uniq'}, {'check':'range','column':'id'}, 3]")).hasSize(3);
    assertThat(
            problems(
                "[{'check':'not_null','columns':['custmer','emial']},"
                    + " {'check':'range','column':'id','min':'a'},"
                    + " {'check':'range','column':'quantity','min':1.5},"
                    + " {'check':'range','column':'weight','min':2,'max':1},"
                    + " {'check':'range','column':'details','min':2},"
                    + " {'check':'regex','column':'amount','pattern':'a'},"
                    + " {'check':'accepted_values','column':'paid','values':[true, 'x', 1]},"
                    + " {'check':'unique','column':'tags'},"
                    + " {'check':'freshness','column':'email','max_age':'1h'}]"))
        .hasSize(10)
        .anyMatch(p -> p.contains("no field 'custmer'; did you mean 'customer'?"))
        .anyMatch(p -> p.contains("no field 'emial'; did you mean 'email'?"))
        .anyMatch(p -> p.contains("'range(quantity)': column 'quantity': 1.5 is no whole number"))
        .anyMatch(p -> p.contains("freshness takes a TIMESTAMP, DATETIME or DATE"));
  }

  @Test
  void twoChecksHaveTwoNames() {
    assertThat(problems("[{'check':'not_null','column':'id'},{'check':'not_null','column':'id'}]"))
        .singleElement()
        .asString()
        .contains("another check is called 'not_null(id)'; give one of them a name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[", "[{\"check\":\"row_count\",\"check\":\"unique\"}]"})
  void aTextThatIsNoListIsRefused(String json) {
    assertThatThrownBy(() -> QualityChecks.parse(json))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--quality_checks");
  }
}
