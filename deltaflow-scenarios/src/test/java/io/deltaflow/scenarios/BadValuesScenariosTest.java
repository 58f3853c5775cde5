package io.deltaflow.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaflow.DeltaFlow;
import io.deltaflow.RunReport;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.testing.BigQueryServer;
import io.deltaflow.testing.ChildRun;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /** PostGIS's type and function, as far as a column needs them. */
  private static void createGeography() {
    bed.sql(
        "CREATE TYPE geography",
        "CREATE FUNCTION geography_in(cstring) RETURNS geography AS 'textin' LANGUAGE internal"
            + " IMMUTABLE STRICT",
        "CREATE FUNCTION geography_out(geography) RETURNS cstring AS 'textout' LANGUAGE internal"
            + " IMMUTABLE STRICT",
        "CREATE TYPE geography (INPUT = geography_in, OUTPUT = geography_out, LIKE = text)",
        "CREATE CAST (geography AS text) WITHOUT FUNCTION",
        "CREATE FUNCTION st_astext(geography) RETURNS text AS 'SELECT $1::text' LANGUAGE sql");
  }

  @Test
  void rowsThatOnlyBigQueryCanRefuseAreDeadLettersAlsoWhenARunDiesWhileItLooksForThem()
      throws IOException {
    createGeography();
    OrdersSync sync = bed.orders("refused_rows").with("max_bad_records", "3").with("splits", "4");
    bed.sql("ALTER TABLE refused_rows ADD place geography, ADD details jsonb");
    sync.insert(1, 48);
    bed.sql(
        "UPDATE refused_rows SET place = ('POINT(' || id || ' 45.5)')::geography, details ="
            + " jsonb_build_object('n', id)",
        "UPDATE refused_rows SET place = 'POINT(1 90.001)' WHERE id IN (2, 47)",
        "UPDATE refused_rows SET details = '{\"n\": 0.12345678901234567890123}' WHERE id = 24");
    sync.rest();

    ChildRun.Ended halted = sync.child().crashAt(CrashPoints.AFTER_PARTS_BEGUN, 2).run();
    assertThat(halted.isCrashed()).as(halted.output()).isTrue();
    assertThat(bed.target("SELECT id FROM " + sync.target())).isEmpty();
    RunReport report = sync.run();

    assertThat(report.rows()).isEqualTo(new RunReport.Rows(48, 45, 45, 0, 0, 3));
    List<Map<String, Object>> letters =
        bed.target(
            "SELECT run_id, field, JSON_VALUE(`row`, '$.id') AS id FROM "
                + sync.beside("_dead_letters")
                + " ORDER BY CAST(JSON_VALUE(`row`, '$.id') AS INT64)");
    assertThat(letters)
        .extracting(l -> l.get("run_id"), l -> l.get("field"), l -> l.get("id"))
        .containsExactly(
            tuple(report.runId(), "place", "2"),
            tuple(report.runId(), "details", "24"),
            tuple(report.runId(), "place", "47"));

    bed.target(
        "UPDATE "
            + sync.beside("_dead_letters")
            + " SET corrected_row = PARSE_JSON(REPLACE(TO_JSON_STRING(`row`), '90.001', '45.5'))"
            + " WHERE field = 'place'");
    RunReport replayed =
        DeltaFlow.replay(sync.spec(), Optional.empty(), false, sync.pipelineOptions())
            .waitUntilFinish();

    assertThat(replayed.rows()).isEqualTo(new RunReport.Rows(2, 2, 2, 0, 0, 0));
    assertThat(bed.target("SELECT DISTINCT id FROM " + sync.target() + " WHERE id <> 24"))
        .hasSize(47);
    bed.sql(
        "UPDATE refused_rows SET place = 'POINT(1 45.5)', updated_at = now() WHERE id IN (2, 47)",
        "UPDATE refused_rows SET details = '{\"n\": 0.1}', updated_at = now() WHERE id = 24");
    assertThat(sync.assertInSync().rows().updated()).isEqualTo(2);
  }
}
