package io.deltaflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.LedgerEntry;
import io.deltaflow.LedgerEntry.Outcome;
import io.deltaflow.LedgerEntry.Rows;
import io.deltaflow.LedgerEntry.SourceRead;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RunsTextTest {
  private static final String DESTINATION = "bigquery:p.d.orders";
  private static final Instant AT = Instant.parse("2026-03-01T11:00:05.75Z");

  private static LedgerEntry entry(
      Outcome outcome, String detail, List<SourceRead> sources, Duration took) {
    return new LedgerEntry(
        "run1",
        "postgresql:shop/public.orders -> " + DESTINATION,
        7,
        outcome,
        detail,
        "WRITE_MERGE",
        sources,
        outcome == Outcome.PUBLISHED
            ? new Rows(20_000, 19_998, 19_000, 998, 0, 2)
            : new Rows(5, 0, 0, 0, 0, 0),
        new LedgerEntry.Bytes(1_234_567, 999, 2_000_000),
        null,
        AT.minus(took),
        AT);
  }

  private static final List<LedgerEntry> RUNS =
      List.of(
          entry(
              Outcome.PUBLISHED,
              null,
              List.of(
                  new SourceRead(
                      "postgresql public.orders",
                      "updated_at",
                      "2026-03-01T10:00:00.000000Z",
                      "2026-03-01T11:00:00.000000Z")),
              Duration.ofMillis(4_040)),
          entry(
              Outcome.REFUSED,
              "nothing was published: the run was stale;\nrun again",
              List.of(new SourceRead("postgresql public.orders", null, null, null)),
              Duration.ofSeconds(200)),
          entry(
              Outcome.ADOPTED,
              "as given",
              List.of(new SourceRead("postgresql public.orders", "id", null, "4711")),
              Duration.ZERO),
          entry(Outcome.RESET, "the watermark was id 12", List.of(), Duration.ZERO));

  @Test
  void aLineForEachRunWhereItFits() {
    String expected =
        """
        ended (UTC)          outcome    sync                             read  staged  inserted  updated  deleted  dead   bytes  lookup   merge        time  window or reason
        2026-03-01 11:00:05  published  postgresql:shop/public.orders  20,000  19,998    19,000      998        0     2  1.2 MB   999 B  2.0 MB       4.0 s  updated_at from 2026-03-01T10:00:00.000000Z below 2026-03-01T11:00:00.000000Z
        2026-03-01 11:00:05  refused    postgresql:shop/public.orders       5       -         -        -        -     -       -       -       -  3 min 20 s  nothing was published: the run was stale; run again
        2026-03-01 11:00:05  adopted    postgresql:shop/public.orders       -       -         -        -        -     -       -       -       -           -  id below 4711, as given
        2026-03-01 11:00:05  reset      postgresql:shop/public.orders       -       -         -        -        -     -       -       -       -           -  the watermark was id 12
        """;
    RunsText text = new RunsText(RUNS, DESTINATION);
    assertThat(text.fitting(0)).isEqualTo(expected);
    int width = expected.lines().mapToInt(String::length).max().orElseThrow();
    assertThat(text.fitting(width)).isEqualTo(expected);
    assertThat(text.fitting(width - 1)).isNotEqualTo(expected);
  }

  @Test
  void aNarrowTerminalGetsABlockForEachRun() {
    String text = new RunsText(RUNS, DESTINATION).fitting(60);
    assertThat(text)
        .isEqualTo(
            """
            2026-03-01 11:00:05 UTC  published after 4.0 s
              Sync        postgresql:shop/public.orders
              Window      updated_at from 2026-03-01T10:00:00.000000Z
                          below 2026-03-01T11:00:00.000000Z
              Rows        20,000 read, 19,998 staged, 19,000 inserted,
                          998 updated, 0 deleted, 2 kept out as dead
                          letters
              Bytes       1.2 MB loaded, 999 B looked up, 2.0 MB merged

            2026-03-01 11:00:05 UTC  refused after 3 min 20 s
              Sync        postgresql:shop/public.orders
              Reason      nothing was published: the run was stale; run
                          again
              Window      everything
              Rows        5 read

            2026-03-01 11:00:05 UTC  adopted
              Sync        postgresql:shop/public.orders
              Detail      as given
              Window      id below 4711

            2026-03-01 11:00:05 UTC  reset
              Sync        postgresql:shop/public.orders
              Detail      the watermark was id 12
            """);
    assertThat(text.lines()).allSatisfy(l -> assertThat(l).hasSizeLessThanOrEqualTo(60));
  }

  @Test
  void aSyncOfALongNameIsShortenedInATableOnly() {
    LedgerEntry named =
        new LedgerEntry(
            "r",
            "x".repeat(50),
            1,
            Outcome.RESET,
            "d",
            null,
            List.of(),
            new Rows(0, 0, 0, 0, 0, 0),
            new LedgerEntry.Bytes(0, 0, 0),
            null,
            null,
            AT);
    RunsText text = new RunsText(List.of(named), DESTINATION);
    assertThat(text.fitting(0)).contains(" " + "x".repeat(37) + "... ");
    assertThat(text.fitting(70)).contains("x".repeat(50));
  }
}
