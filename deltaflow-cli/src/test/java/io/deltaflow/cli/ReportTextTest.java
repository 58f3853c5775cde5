package io.deltaflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.RunReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ReportTextTest {
  @Test
  void everythingIsSaid() {
    RunReport report =
        new RunReport(
            "20260101T000000_0a1b2c3d",
            "orders",
            List.of(
                new RunReport.SourceReport(
                    "postgresql public.orders",
                    new RunReport.WindowReport(
                        "updated_at", null, "2026-01-01T00:00:00.000001Z", "now() - 1 s"),
                    20_000,
                    3)),
            "bigquery p.d.orders",
            new RunReport.Rows(20_000, 20_000, 19_000, 1_000, 3, 2),
            7,
            Map.of("status is known", 12L),
            "CREATE TABLE `p.d.orders` (\n  id INT64\n);\n",
            List.of("ADD COLUMN note STRING"),
            4.0,
            phases(),
            1_000,
            20_000,
            300,
            1_500,
            List.of("one thing to know"));

    assertThat(ReportText.of(report))
        .isEqualTo(
            """
              Run         20260101T000000_0a1b2c3d
              Source      postgresql public.orders
              Destination bigquery p.d.orders
              Created
                CREATE TABLE `p.d.orders` (
                  id INT64
                );
              Schema      ADD COLUMN note STRING
              Window      updated_at from the beginning to below 2026-01-01T00:00:00.000001Z
                          ends there: now() - 1 s
              Rows        20,000 read, 19,000 inserted, 1,000 updated, 3 deferred to a later run, \
            2 kept out as dead letters
              Values      7 rounded, as --value_policies allows
              Check       status is known: 12 rows did not pass
              Publish     20,000 bytes processed, of them 300 to find the partitions of the rows' keys \
            and 1,500 to merge
              Time        4.0 s, 5,000 rows/s
                          detect 0.1, extract 2.8, clean up 1.1
              Warning     one thing to know
            """);
  }

  private static Map<String, Double> phases() {
    Map<String, Double> phases = new LinkedHashMap<>();
    phases.put("detect", 0.05);
    phases.put("inspect", 0.049);
    phases.put("extract", 2.8);
    phases.put("clean_up", 1.1);
    return phases;
  }

  @Test
  void eachOfSeveralSourcesIsShown() {
    RunReport report =
        new RunReport(
            "r",
            "s",
            List.of(
                new RunReport.SourceReport(
                    "postgresql public.orders",
                    new RunReport.WindowReport("updated_at", "2026-01-01", "2026-01-03", null),
                    2_000,
                    0),
                new RunReport.SourceReport(
                    "mongodb shop.orders",
                    new RunReport.WindowReport("updated_at", null, "2026-01-02", null),
                    7,
                    0)),
            "b",
            new RunReport.Rows(2_007, 2_007, 2_007, 0, 0, 0),
            0,
            Map.of(),
            null,
            List.of(),
            0,
            Map.of(),
            0,
            0,
            0,
            0,
            List.of());

    assertThat(ReportText.of(report).lines())
        .startsWith(
            "  Run         r",
            "  Source      postgresql public.orders: 2,000 rows read",
            "  Window      updated_at from 2026-01-01 to below 2026-01-03",
            "  Source      mongodb shop.orders: 7 rows read",
            "  Window      updated_at from the beginning to below 2026-01-02",
            "  Destination b");
  }

  @Test
  void rowsThatNoWorkerSawAreToldOf() {
    RunReport report =
        new RunReport(
            "r",
            "s",
            List.of(new RunReport.SourceReport("bigquery p.d.t", null, 5, 0, true)),
            "b",
            new RunReport.Rows(5, 5, 5, 0, 0, 0),
            0,
            Map.of(),
            null,
            List.of(),
            0,
            Map.of(),
            0,
            0,
            0,
            0,
            List.of());

    assertThat(ReportText.of(report).lines())
        .startsWith(
            "  Run         r",
            "  Source      bigquery p.d.t",
            "              moved inside BigQuery: no row passed through a worker",
            "  Destination b");
    assertThat(RunReport.fromJson(report.toJson())).isEqualTo(report);
  }

  @Test
  void aRunOfNothingHasNoRate() {
    RunReport report =
        new RunReport(
            "r",
            "s",
            List.of(new RunReport.SourceReport("a", null, 0, -1)),
            "b",
            new RunReport.Rows(0, 0, 0, 0, -1, 0),
            0,
            Map.of(),
            null,
            List.of(),
            1.5,
            Map.of(),
            0,
            0,
            0,
            0,
            List.of());

    assertThat(ReportText.of(report))
        .contains("0 read, 0 inserted, 0 updated\n")
        .endsWith("Time        1.5 s\n")
        .doesNotContain("deferred", "Window", "Created", "Values", "Publish");
  }
}
