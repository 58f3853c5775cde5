package io.deltaflow.destination.bigquery;

import static io.deltaflow.destination.bigquery.Bench.row;
import static io.deltaflow.destination.bigquery.Requests.ORDERS;
import static io.deltaflow.destination.bigquery.Requests.nullable;
import static io.deltaflow.destination.bigquery.Requests.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.services.bigquery.Bigquery;
import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobConfigurationQuery;
import com.google.api.services.bigquery.model.JobList;
import io.deltaflow.destination.Publication;
import io.deltaflow.destination.PublishOutcome;
import io.deltaflow.destination.Staging;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.emulator.BigQueryEmulator;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.RefusedRunException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryOptions;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Merges that read and write partitions, and what they cost. */
class PruningTest {
  private static final Instant T1 = Instant.parse("2026-03-01T10:00:00Z");
  private static final Instant T3 = Instant.parse("2026-03-01T12:00:00Z");
  private static final Requests MERGE =
      Requests.of(ORDERS).disposition(WriteDisposition.WRITE_MERGE, "id");

  private static BigQueryEmulator emulator;

  @BeforeAll
  static void start() {
    emulator = Bench.start();
  }

  @AfterAll
  static void stop() {
    emulator.close();
  }

  /** Partitionings, with values on both sides of their bounds. */
  enum Layout {
    NONE(FieldTypes.DATE, "", dates("2026-01-01", "2026-01-02")),
    ARRIVAL(FieldTypes.DATE, "PARTITION BY _PARTITIONDATE", dates("2026-01-01", "2026-01-02")),
    DATE_DAY(
        FieldTypes.DATE,
        "PARTITION BY p",
        dates("0001-01-01", "1969-12-31", "1970-01-01", "2026-01-01", "2026-01-02", "9999-12-31")),
    DATE_MONTH(
        FieldTypes.DATE,
        "PARTITION BY DATE_TRUNC(p, MONTH)",
        dates("1969-12-31", "1970-01-01", "2026-01-31", "2026-02-01", "2026-02-28", "9999-12-31")),
    DATETIME_HOUR(
        FieldTypes.DATETIME,
        "PARTITION BY DATETIME_TRUNC(p, HOUR)",
        dateTimes(
            "1969-12-31T23:59:59.999999",
            "1970-01-01T00:00",
            "2026-01-01T09:59:59.999999",
            "2026-01-01T10:00",
            "2026-01-01T11:30",
            "9999-12-31T23:59:59.999999")),
    TIMESTAMP_HOUR(
        FieldTypes.TIMESTAMP,
        "PARTITION BY TIMESTAMP_TRUNC(p, HOUR)",
        instants(
            "1969-12-31T23:30:00Z",
            "1970-01-01T00:00:00Z",
            "2026-01-01T00:59:59.999999Z",
            "2026-01-01T01:00:00Z",
            "2026-01-01T03:00:00Z")),
    TIMESTAMP_DAY(
        FieldTypes.TIMESTAMP,
        "PARTITION BY DATE(p)",
        instants(
            "1969-12-31T23:30:00Z",
            "1970-01-01T00:00:00Z",
            "2026-01-01T23:59:59.999999Z",
            "2026-01-02T00:00:00Z",
            "2026-01-05T00:00:00Z",
            "9999-12-31T23:59:59.999999Z")),
    TIMESTAMP_YEAR(
        FieldTypes.TIMESTAMP,
        "PARTITION BY TIMESTAMP_TRUNC(p, YEAR)",
        instants("1969-12-31T23:30:00Z", "2025-12-31T23:59:59.999999Z", "2026-01-01T00:00:00Z")),
    RANGES(
        FieldTypes.INT64,
        "PARTITION BY RANGE_BUCKET(p, GENERATE_ARRAY(-20, 105, 10))",
        List.of(Long.MIN_VALUE, -21L, -20L, -11L, -10L, 0L, 99L, 100L, 104L, 105L, Long.MAX_VALUE)),
    KEY(FieldTypes.DATE, "PARTITION BY p", dates("2026-01-01", "2026-01-02", "2026-01-05"));

    private final FieldType type;
    private final String clause;
    private final List<Object> values;

    Layout(FieldType type, String clause, List<?> values) {
      this.type = type;
      this.clause = clause;
      this.values = new ArrayList<>(values);
      if (!name().equals("KEY")) {
        this.values.add(null);
      }
    }

    boolean isPruned() {
      return this != NONE && this != ARRIVAL;
    }

    /** A table with the columns id, p and note. */
    Bench table() {
      return table("layout_" + name().toLowerCase(Locale.ROOT));
    }

    Bench table(String table) {
      Bench bench = new Bench(emulator, table);
      emulator.rows(
          "CREATE TABLE `"
              + bench.tables.target()
              + "` (id INT64, p "
              + (type.equals(FieldTypes.INT64)
                  ? "INT64"
                  : name().split("_")[0].replaceAll("NONE|ARRIVAL|KEY", "DATE"))
              + ", note STRING) "
              + clause);
      return bench;
    }

    Requests request() {
      Schema schema =
          Schema.of(
              required("id", FieldTypes.INT64),
              nullable("p", type),
              nullable("note", FieldTypes.STRING));
      return this == KEY
          ? Requests.of(schema).disposition(WriteDisposition.WRITE_MERGE, "id", "p")
          : Requests.of(schema).disposition(WriteDisposition.WRITE_MERGE, "id");
    }
  }

  private static List<LocalDate> dates(String... texts) {
    return Arrays.stream(texts).map(LocalDate::parse).toList();
  }

  private static List<LocalDateTime> dateTimes(String... texts) {
    return Arrays.stream(texts).map(LocalDateTime::parse).toList();
  }

  private static List<Instant> instants(String... texts) {
    return Arrays.stream(texts).map(Instant::parse).toList();
  }

  /** Every other run with limits of a few partitions in place of thousands. */
  @ParameterizedTest
  @EnumSource
  void aRowThatMovesToAnotherPartitionIsThereOnce(Layout layout) {
    Bench bench = layout.table();
    Random random = new Random(52);
    Map<List<Object>, List<Object>> expected = new TreeMap<>(PruningTest::compare);
    for (int round = 0; round < 5; round++) {
      Map<List<Object>, List<Object>> staged = new TreeMap<>(PruningTest::compare);
      for (int i = 0; i < 14; i++) {
        Object p = layout.values.get(random.nextInt(layout.values.size()));
        long id = random.nextInt(20);
        staged.put(layout == Layout.KEY ? row(id, p) : row(id), row(id, p, "round " + round));
      }
      long known = staged.keySet().stream().filter(expected::containsKey).count();
      Bench.Run run = bench.begin(layout.request());
      Staging staging = run.stageFiles(List.of(run.file(0, new ArrayList<>(staged.values()))));

      List<Long> counts =
          round % 2 == 0
              ? counts(run.publish(staging))
              : publishInChunks(bench, run, staging, layout.isPruned());

      expected.putAll(staged);
      assertThat(bench.select("id, p, note", bench.tables.target()))
          .as("after round " + round)
          .containsExactlyInAnyOrderElementsOf(expected.values());
      assertThat(counts).containsExactly(staged.size() - known, known);
    }
  }

  private static List<Long> publishInChunks(
      Bench bench, Bench.Run run, Staging staging, boolean isPruned) {
    String script = script(bench, run, staging);
    String small =
        script.replace("> 4000, 2000, 4000)", "> 2, 1, 2)").replace("DESC) < 500,", "DESC) < 2,");
    assertThat(small.equals(script)).isNotEqualTo(isPruned);
    Map<String, Object> counts = emulator.rows(small).get(0);
    return List.of((long) counts.get("inserted"), (long) counts.get("updated"));
  }

  private static List<Long> counts(PublishOutcome outcome) {
    return List.of(outcome.inserted(), outcome.updated());
  }

  private static String script(Bench bench, Bench.Run run, Staging staging) {
    return new PublishScript(
            new Publication(run.plan, staging, staging.rows(), 0),
            bench.tables,
            Watermarks.advance(null, run.plan.sources(), null, false),
            false)
        .text();
  }

  private static int compare(List<Object> one, List<Object> other) {
    return one.toString().compareTo(other.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "> 3, 2, 3)"})
  void everyCopyOfARowThatIsThereTwiceIsUpdated(String limits) {
    Bench bench = Layout.DATE_DAY.table("copies_" + limits.length());
    emulator.rows(
        "INSERT INTO `"
            + bench.tables.target()
            + "` VALUES (1, DATE '2025-01-01', 'a'), (1, DATE '2025-02-01', 'b'), (1, NULL, 'c'),"
            + " (1, DATE '2025-03-01', 'd'), (2, DATE '2025-01-01', 'e')");
    Bench.Run run = bench.begin(Layout.DATE_DAY.request());
    LocalDate day = LocalDate.parse("2025-03-01");
    Staging staging = run.stage(row(1L, day, "new"), row(3L, day, "new"), row(2L, day, "new"));
    if (limits.isEmpty()) {
      run.publish(staging);
    } else {
      emulator.rows(script(bench, run, staging).replace("> 4000, 2000, 4000)", limits));
    }
    assertThat(bench.select("id, p, note", bench.tables.target()))
        .containsExactlyInAnyOrderElementsOf(
            List.of(
                row(1L, day, "new"),
                row(1L, day, "new"),
                row(1L, day, "new"),
                row(1L, day, "new"),
                row(2L, day, "new"),
                row(3L, day, "new")));
  }

  @Test
  void aPartitionColumnThatTheSourceLacksStaysAsItIs() {
    Bench bench = new Bench(emulator, "lacks");
    emulator.rows(
        "CREATE TABLE `"
            + bench.tables.target()
            + "` (id INT64, note STRING, p DATE) PARTITION BY p");
    emulator.rows(
        "INSERT INTO `"
            + bench.tables.target()
            + "` VALUES (1, 'a', DATE '2025-01-01'), (2, 'b', NULL), (3, 'c', DATE '2025-01-05')");
    Requests request =
        Requests.of(
                Schema.of(required("id", FieldTypes.INT64), nullable("note", FieldTypes.STRING)))
            .disposition(WriteDisposition.WRITE_MERGE, "id");
    for (Settings settings :
        List.of(Bench.SETTINGS, new Settings(Duration.ofHours(1), null, true))) {
      bench.with(settings).begin(request).write(row(1L, "A"), row(2L, "B"), row(4L, "D"));
      assertThat(bench.rows("id, note, p"))
          .containsExactly(
              row(1L, "A", LocalDate.parse("2025-01-01")),
              row(2L, "B", null),
              row(3L, "c", LocalDate.parse("2025-01-05")),
              row(4L, "D", null));
    }
  }

  @Test
  void fourThousandAndOnePartitionsAreMergedInOneCommit() {
    Bench bench = new Bench(emulator, "scattered");
    List<List<Object>> scattered = new ArrayList<>();
    List<List<Object>> gathered = new ArrayList<>();
    for (int day = 1; day <= 4_001; day++) {
      scattered.add(row((long) day, "a", null, T1.minus(Duration.ofDays(2L * day))));
      gathered.add(row((long) day, "b", null, T1));
    }
    assertThat(write(bench.begin(MERGE), scattered)).containsExactly(4_001L, 0L);
    assertThat(write(bench.begin(MERGE), gathered)).containsExactly(0L, 4_001L);
    assertThat(bench.select("DISTINCT customer, updated_at", bench.tables.target()))
        .containsExactly(row("b", T1));
    assertThat(write(bench.begin(MERGE), scattered)).containsExactly(0L, 4_001L);
    assertThat(bench.select("id, customer, total, updated_at", bench.tables.target()))
        .containsExactlyElementsOf(scattered);
    assertThat(bench.ledger()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TIMESTAMP_TRUNC(updated_at, HOUR)",
        "RANGE_BUCKET(id, GENERATE_ARRAY(0, 5000, 1))"
      })
  void fourThousandAndOnePartitionsAreInsertedInOneCommit(String partitioning) {
    Bench bench = new Bench(emulator, "inserted_" + partitioning.length());
    emulator.rows(
        "CREATE TABLE `"
            + bench.tables.target()
            + "` (id INT64 NOT NULL, customer STRING, total NUMERIC, updated_at TIMESTAMP NOT NULL)"
            + " PARTITION BY "
            + partitioning);
    List<List<Object>> rows = new ArrayList<>();
    for (int hour = 0; hour <= 4_000; hour++) {
      rows.add(row((long) hour, "a", null, T1.minus(Duration.ofHours(hour))));
    }
    assertThat(write(bench.begin(Requests.of(ORDERS)), rows)).containsExactly(4_001L, 0L);
    assertThat(write(bench.begin(MERGE), rows)).containsExactly(0L, 4_001L);
    assertThat(bench.rows("id")).hasSize(4_001);
  }

  private static List<Long> write(Bench.Run run, List<List<Object>> rows) {
    return counts(run.finish(run.stageFiles(List.of(run.file(0, rows)))));
  }

  // 8 for id, 2 + 1000 for customer, 16 for total, 8 for updated_at
  private static final String LARGE = "x".repeat(1_000);
  private static final long ROW = 8 + 2 + 1_000 + 16 + 8;
  private static final long KEY_AND_PARTITION = 16;
  private static final int ROWS_OF_A_DAY = 10;

  private static List<List<Object>> days(int from, int to) {
    List<List<Object>> rows = new ArrayList<>();
    for (int day = from; day < to; day++) {
      for (int i = 0; i < ROWS_OF_A_DAY; i++) {
        rows.add(
            row((long) day * ROWS_OF_A_DAY + i, LARGE, new java.math.BigDecimal("1.00"), day(day)));
      }
    }
    return rows;
  }

  private static Instant day(int number) {
    return T1.truncatedTo(ChronoUnit.DAYS).plus(number, ChronoUnit.DAYS);
  }

  /** Moves one row of each of some days to day 500. */
  private static PublishOutcome move(Bench.Run run, int... days) {
    List<List<Object>> rows =
        Arrays.stream(days)
            .mapToObj(d -> row((long) d * ROWS_OF_A_DAY, null, null, day(500)))
            .toList();
    return run.publish(run.stageFiles(List.of(run.file(0, rows))));
  }

  @Test
  void bytesOfTheMergeGrowWithThePartitionsAndOfTheLookupWithTheKeys() throws IOException {
    Bench bench = new Bench(emulator, "bytes");
    write(bench.begin(MERGE), days(0, 10));
    // A staged row has key and partition, which is all that is staged here.
    Bench.Run run = bench.begin(MERGE);
    PublishOutcome one = move(run, 1);
    assertThat(one.bytesMerge()).isEqualTo(ROWS_OF_A_DAY * ROW + 16);
    assertThat(one.bytesLookup()).isEqualTo(100 * KEY_AND_PARTITION + 16 + 2 * 16 + 8);
    assertThat(childBytes(bench, run))
        .containsEntry("MERGE", one.bytesMerge())
        .containsEntry("UPDATE", stateBytes(bench, run));
    Map<String, Long> children = childBytes(bench, run);
    assertThat(children.get("CREATE_TABLE_AS_SELECT") + children.get("SELECT"))
        .isEqualTo(one.bytesLookup());
    assertThat(one.bytesProcessed()).isGreaterThanOrEqualTo(one.bytesLookup() + one.bytesMerge());
    assertThat(bench.ledger().get(1))
        .containsEntry("bytes_lookup", one.bytesLookup())
        .containsEntry("bytes_merge", one.bytesMerge());

    PublishOutcome three = move(bench.begin(MERGE), 3, 5, 7);
    long moved = 16; // What the row of day 1 has become, in day 500.
    assertThat(three.bytesMerge()).isEqualTo(3 * ROWS_OF_A_DAY * ROW + moved + 3 * 16);

    write(bench.begin(MERGE), days(10, 30));
    PublishOutcome larger = move(bench.begin(MERGE), 2);
    assertThat(larger.bytesMerge()).isEqualTo(ROWS_OF_A_DAY * ROW + 4 * moved + 16);
    assertThat(larger.bytesLookup() - one.bytesLookup()).isEqualTo(200 * KEY_AND_PARTITION);

    PublishOutcome again = run.publish(Staging.empty());
    assertThat(again.repeated()).isTrue();
    assertThat(again.bytesLookup()).isEqualTo(one.bytesLookup());
    assertThat(bench.destination.published(run.plan, bench.options).orElseThrow().bytesMerge())
        .isEqualTo(one.bytesMerge());
  }

  private static Map<String, Long> childBytes(Bench bench, Bench.Run run) throws IOException {
    JobList list =
        client(bench)
            .jobs()
            .list(Bench.PROJECT)
            .setParentJobId(publishJob(run))
            .setProjection("full")
            .execute();
    return list.getJobs().stream()
        .collect(
            Collectors.groupingBy(
                j -> j.getStatistics().getQuery().getStatementType(),
                Collectors.summingLong(j -> j.getStatistics().getTotalBytesProcessed())));
  }

  private static long stateBytes(Bench bench, Bench.Run run) throws IOException {
    return childBytes(bench, run).get("UPDATE");
  }

  private static Bigquery client(Bench bench) {
    return BigQueryClient.create(bench.options.as(BigQueryOptions.class), Duration.ofSeconds(1));
  }

  private static String publishJob(Bench.Run run) {
    return Jobs.id(run.plan.runId(), "publish", 0) + "_0";
  }

  @Test
  void anImmutablePartitionFieldNeedsNoLookup() {
    Settings settings = new Settings(Duration.ofHours(1), null, true);
    Bench bench = new Bench(emulator, "immutable").with(settings);
    write(bench.begin(MERGE), days(0, 10));
    List<List<Object>> changed =
        List.of(row(10L, "new", null, day(1)), row(1_000L, "new", null, day(1)));
    Bench.Run run = bench.begin(MERGE);
    PublishOutcome outcome = run.publish(run.stageFiles(List.of(run.file(0, changed))));
    assertThat(counts(outcome)).containsExactly(1L, 1L);
    assertThat(outcome.bytesLookup()).as("of staging only").isLessThanOrEqualTo(2 * 16);
    assertThat(outcome.bytesMerge()).isLessThan(ROWS_OF_A_DAY * ROW + 100);
    assertThat(bench.select("customer", bench.tables.target()))
        .filteredOn(r -> r.get(0).equals("new"))
        .hasSize(2);
  }

  @Test
  void aPublishBeyondTheByteLimitChangesNothing() throws IOException {
    Bench bench = new Bench(emulator, "limited");
    write(bench.begin(MERGE), days(0, 2));
    List<List<Object>> before = bench.rows("*");
    Map<String, Object> state = bench.state();
    long limit = 50_000_000;
    Bench limited = bench.with(new Settings(Duration.ofHours(1), limit, false));
    Bench.Run run = limited.begin(MERGE);
    Staging staging = run.stage(row(1L, "b", null, T3));

    assertThatThrownBy(() -> run.publish(staging))
        .isInstanceOf(RefusedRunException.class)
        .hasMessageContaining("--destination_bigquery_maximum_bytes_billed")
        .hasMessageMatching("(?s).*would bill [0-9]+ bytes at least, and 50000000 are allowed.*")
        .hasMessageContaining("nothing was published");

    assertThat(bench.rows("*")).isEqualTo(before);
    assertThat(bench.state()).isEqualTo(state);
    assertThat(bench.ledger()).hasSize(1);
    Job job = client(bench).jobs().get(Bench.PROJECT, publishJob(run)).execute();
    JobConfigurationQuery query = job.getConfiguration().getQuery();
    assertThat(query.getMaximumBytesBilled()).isEqualTo(limit);
    assertThat(query.getScriptOptions().getStatementByteBudget()).isEqualTo(limit);

    Bench enough = bench.with(new Settings(Duration.ofHours(1), 1_000_000_000L, false));
    assertThat(enough.begin(MERGE).write(row(1L, "b", null, T3)).updated()).isEqualTo(1);
  }
}
