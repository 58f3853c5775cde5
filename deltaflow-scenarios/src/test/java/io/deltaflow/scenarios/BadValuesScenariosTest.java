package io.deltaflow.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaflow.RunReport;
import io.deltaflow.testing.BigQueryServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the rows must survive: values that BigQuery cannot hold. */
@Tag("scenario")
final class BadValuesScenariosTest {
  private static SyncBed bed;

  @BeforeAll
  static void start() {
    bed = SyncBed.start();
  }

  @AfterAll
  static void stop() {
    bed.close();
  }

  @Test
  void valuesThatPostgresqlHoldsAndBigQueryDoesNotAreDeadLettersThatShowThem() throws IOException {
    OrdersSync sync = bed.orders("bad_values").with("max_bad_records", "10");
    bed.sql(
        "ALTER TABLE bad_values ADD at timestamptz, ADD local timestamp, ADD day date, ADD clock"
            + " time, ADD price numeric, ADD tags text[]");
    sync.insert(1, 1);
    List<String> bad =
        List.of(
            "at) VALUES (11, now(), 'infinity'",
            "local) VALUES (12, now(), '-infinity'",
            "day) VALUES (13, now(), '10000-01-01'",
            "day) VALUES (14, now(), '0044-03-15 BC'",
            "clock) VALUES (15, now(), '24:00:00'",
            "price) VALUES (16, now(), 'NaN'",
            "price) VALUES (17, now(), 1e60",
            "tags) VALUES (18, now(), '{a,NULL,c}'",
            "tags) VALUES (19, now(), '{{a},{b}}'");
    bad.forEach(values -> bed.sql("INSERT INTO bad_values (id, updated_at, " + values + ")"));
    sync.insert(2, 2);
    sync.rest();

    RunReport report = sync.run();

    assertThat(report.rows().inserted()).isEqualTo(2);
    assertThat(report.rows().deadLettered()).isEqualTo(bad.size());
    List<JsonNode> rows = new ArrayList<>();
    for (Map<String, Object> letter :
        bed.target(
            "SELECT TO_JSON_STRING(`row`) AS shown FROM `"
                + BigQueryServer.PROJECT
                + "."
                + BigQueryServer.DATASET
                + ".bad_values_dead_letters` ORDER BY JSON_VALUE(`row`, '$.id')")) {
      rows.add(new ObjectMapper().readTree((String) letter.get("shown")));
    }
    assertThat(rows)
        .extracting(r -> r.get("id").asInt())
        .containsExactly(11, 12, 13, 14, 15, 16, 17, 18, 19);
    assertThat(rows.get(0).get("at").asText()).isEqualTo("infinity");
    assertThat(rows.get(1).get("local").asText()).isEqualTo("-infinity");
    assertThat(rows.get(2).get("day").asText()).isEqualTo("+10000-01-01");
    assertThat(rows.get(3).get("day").asText()).isEqualTo("-0043-03-15");
    assertThat(rows.get(4).get("clock").asText()).isEqualTo("24:00:00");
    assertThat(rows.get(5).get("price").asText()).isEqualTo("NaN");
    assertThat(new BigDecimal(rows.get(6).get("price").asText())).isEqualByComparingTo("1e60");
    assertThat(rows.get(7).get("tags")).hasToString("[\"a\",null,\"c\"]");
    assertThat(rows.get(8).get("tags").asText()).isEqualTo("an array of 2 dimensions");
    assertThat(rows.get(8).get("amount").asText()).as("behind the bad value").isEqualTo("1.50");
  }
}
