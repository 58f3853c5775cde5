package io.deltaflow.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.RunReport;
import io.deltaflow.emulator.Faults.Fault;
import io.deltaflow.spi.error.DestinationException;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What loads and commits must survive of BigQuery and of the way to it. */
@Tag("scenario")
final class CommitScenariosTest {
  private static final String JOBS = "/projects/[^/]+/jobs";
  private static final String PUBLISH = "deltaflow_.*_publish_.*";

  private static SyncBed bed;

  @BeforeAll
  static void start() {
    bed = SyncBed.start();
  }

  @AfterAll
  static void stop() {
    bed.close();
  }

  @AfterEach
  void heal() {
    bed.faults().clear();
  }

  /** Every job of a run in turn, whatever it does. */
  @Test
  void s42_anInsertedJobWhoseAnswerIsLostIsFoundAgain() {
    OrdersSync sync = bed.orders("s42");
    int lost = 0;
    for (int job = 1; job == lost + 1; job++) {
      sync.insert(job, job);
      sync.rest();
      Fault fault = bed.faults().onCall("POST", JOBS).nth(job).dropResponse();
      RunReport report = sync.run();
      assertThat(report.rows().inserted()).as("rows when answer %s is lost", job).isEqualTo(1);
      assertThat(bed.jobs(report.runId()))
          .as("first attempts only")
          .isNotEmpty()
          .allMatch(id -> id.endsWith("_0"));
      lost += fault.fired();
      bed.faults().clear();
    }
    assertThat(lost).as("jobs of a run, of which a load and a publish").isGreaterThan(2);
    sync.assertInSync();
  }

  @Test
  void s43_aFileThatALoadIgnoresStopsTheRunBeforeItsCommit() {
    OrdersSync sync = bed.orders("s43").with("splits", "3");
    sync.insert(1, 1);
    sync.assertInSync();
    sync.insert(2, 3001);
    bed.sql("ANALYZE s43");
    sync.rest();
    ReaderView before = ReaderView.of(bed, sync);
    Fault fault = bed.faults().onJob("load").ignoreFile(2);
    assertThatThrownBy(sync::run)
        .isInstanceOf(DestinationException.class)
        .hasMessageMatching(
            "the job deltaflow_.*_load_0_0 loaded \\d+ rows from \\d+ files that"
                + " hold 3000; nothing was published; run again; .*");
    assertThat(fault.fired()).isEqualTo(1);
    assertThat(ReaderView.of(bed, sync)).isEqualTo(before);
    assertThat(sync.assertInSync().rows().inserted()).isEqualTo(3000);
  }

  @Test
  void s44_aRefusedLoadKeepsItsFilesAndSaysWhy() {
    OrdersSync sync = bed.orders("s44");
    sync.insert(1, 1);
    sync.assertInSync();
    sync.insert(2, 3);
    sync.rest();
    ReaderView before = ReaderView.of(bed, sync);
    bed.faults().onJob("load").fail("invalid", "Error while reading data", "row 7 is odd");
    assertThatThrownBy(sync::run)
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("could not load 1 files into")
        .hasMessageContaining(
            "_load_0_0 failed with invalid: Error while reading data (row 7 is odd)")
        .hasMessageContaining("gs://deltaflow-temp/s44/deltaflow/");
    assertThat(sync.files()).as("files to look at").anyMatch(f -> f.endsWith(".avro"));
    assertThat(sync.files()).as("secrets").noneMatch(f -> f.endsWith("secret"));
    assertThat(ReaderView.of(bed, sync)).isEqualTo(before);
    assertThat(sync.assertInSync().rows().inserted()).isEqualTo(2);
  }

  /** The job ends in an error after its commit; the next attempt finds that it has committed. */
  @ParameterizedTest
  @ValueSource(strings = {"backendError", "stopped"})
  void s47_aCommitWhoseAnswerIsLostIsNotRepeated(String reason) {
    OrdersSync sync = bed.orders("s47_" + reason.toLowerCase(Locale.ROOT));
    sync.insert(1, 3);
    sync.rest();
    Fault fault = bed.faults().onStatement(PUBLISH, "^SELECT inserted").fail(reason);
    RunReport report = sync.run();
    assertThat(fault.fired()).isEqualTo(1);
    assertThat(report.rows().inserted()).isEqualTo(3);
    sync.assertEqual();
    assertThat(sync.assertInSync().rows().read()).isZero();
  }

  @Test
  void s47_aCommitThatTheRunNeverHearsOfIsFoundByTheNextRun() {
    OrdersSync sync = bed.orders("s47");
    sync.insert(1, 3);
    sync.rest();
    bed.faults().onCall("GET", ".*/queries/.*_publish_.*").dropResponse();
    bed.faults()
        .onStatement(PUBLISH, "^SELECT inserted")
        .meanwhile(
            () -> bed.faults().onCall("*", ".*").times(Integer.MAX_VALUE).fail("accessDenied"));
    assertThatThrownBy(sync::run).isInstanceOf(DestinationException.class);
    bed.faults().clear();
    sync.assertEqual();
    assertThat(sync.assertInSync().rows().read()).isZero();
  }

  @Test
  void s50_ofSeveralVersionsOfARowTheNewestWins() {
    OrdersSync sync = bed.orders("s50");
    bed.sql(
        "CREATE TABLE s50_versions (LIKE s50 INCLUDING DEFAULTS)",
        "INSERT INTO s50_versions (id, note, updated_at) SELECT n % 5, 'version ' || n, now() - n *"
            + " interval '1 minute' FROM generate_series(1, 50) n");
    String newest =
        "INSERT INTO s50 SELECT DISTINCT ON (id) * FROM s50_versions ORDER BY id, updated_at DESC";
    bed.sql(newest);
    OrdersSync versions =
        sync.copy()
            .with("postgresql_table", null)
            .with("postgresql_query", "SELECT * FROM s50_versions")
            .with("merge_keys", "id");
    RunReport first = versions.run();
    assertThat(first.rows().read()).isEqualTo(50);
    assertThat(first.rows().inserted()).isEqualTo(5);
    sync.assertEqual();
    bed.sql(
        "INSERT INTO s50_versions (id, note, updated_at) SELECT n % 7, 'later ' || n, now() - n *"
            + " interval '1 millisecond' FROM generate_series(1, 20) n",
        "DELETE FROM s50", newest);
    sync.rest();
    RunReport second = versions.run();
    assertThat(second.rows().read()).isEqualTo(20);
    assertThat(second.rows().inserted()).isEqualTo(2);
    assertThat(second.rows().updated()).isEqualTo(5);
    sync.assertEqual();
  }

  @Test
  void s53_aRateLimitIsWaitedOut() {
    OrdersSync sync = bed.orders("s53");
    sync.insert(1, 3);
    List<Fault> limits =
        List.of(
            bed.faults().onCall("POST", JOBS).times(2).fail("rateLimitExceeded"),
            bed.faults().onCall("GET", JOBS + "/.*").nth(2).fail("rateLimitExceeded"),
            bed.faults().onJob("load").fail("rateLimitExceeded"),
            bed.faults().onStatement(PUBLISH, "^COMMIT").fail("jobRateLimitExceeded"));
    assertThat(sync.assertInSync().rows().inserted()).isEqualTo(3);
    assertThat(limits).extracting(Fault::fired).containsExactly(2, 1, 1, 1);
  }

  @Test
  void s53_aRateLimitOfCloudStorageIsWaitedOut() {
    OrdersSync sync = bed.orders("s53_storage");
    sync.insert(1, 3);
    List<Fault> limits =
        IntStream.of(1, 3, 6, 10, 15)
            .mapToObj(
                n ->
                    bed.faults()
                        .onCall("*", "(/upload)?/storage/.*")
                        .nth(n)
                        .fail("rateLimitExceeded"))
            .toList();
    assertThat(sync.assertInSync().rows().inserted()).isEqualTo(3);
    assertThat(limits).extracting(Fault::fired).containsOnly(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"call", "load", "publish"})
  void s53_aQuotaThatIsUsedUpIsSaidAtOnce(String where) {
    OrdersSync sync = bed.orders("s53_" + where);
    sync.insert(1, 1);
    sync.assertInSync();
    sync.insert(2, 3);
    sync.rest();
    ReaderView before = ReaderView.of(bed, sync);
    Fault fault =
        switch (where) {
          case "call" -> bed.faults().onCall("POST", JOBS).fail("quotaExceeded", "Used up.");
          case "load" -> bed.faults().onJob("load").fail("quotaExceeded", "Used up.");
          default -> bed.faults().onStatement(PUBLISH, "^COMMIT").fail("quotaExceeded", "Used up.");
        };
    assertThatThrownBy(sync::run)
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("quotaExceeded: Used up.")
        .hasMessageContaining("a quota of the project test-project is used up");
    assertThat(fault.fired()).as("tries").isEqualTo(1);
    assertThat(ReaderView.of(bed, sync)).isEqualTo(before);
    assertThat(sync.assertInSync().rows().inserted()).isEqualTo(2);
  }
}
