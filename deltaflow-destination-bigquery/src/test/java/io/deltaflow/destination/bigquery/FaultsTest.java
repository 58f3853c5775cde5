package io.deltaflow.destination.bigquery;

import static io.deltaflow.destination.bigquery.Bench.row;
import static io.deltaflow.destination.bigquery.Requests.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.destination.LoadFile;
import io.deltaflow.destination.PublishOutcome;
import io.deltaflow.destination.Staging;
import io.deltaflow.emulator.BigQueryEmulator;
import io.deltaflow.emulator.Faults.Fault;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.DestinationException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FaultsTest {
  private static final Instant T1 = Instant.parse("2026-03-01T10:00:00Z");
  private static final Instant T2 = Instant.parse("2026-03-01T11:00:00Z");
  private static final Requests APPEND = Requests.of(ORDERS);
  private static final String JOBS = "/projects/[^/]+/jobs";

  private static BigQueryEmulator emulator;

  @BeforeAll
  static void start() {
    emulator = Bench.start();
  }

  @AfterAll
  static void stop() {
    emulator.close();
  }

  @AfterEach
  void heal() {
    emulator.faults().clear();
  }

  @Test
  void aLoadWhoseAcceptanceIsLostRunsOnce() {
    Bench bench = new Bench(emulator, "lost_load");
    Bench.Run run = bench.begin(APPEND, "updated_at", T2);
    List<LoadFile> files = List.of(run.file(0, List.of(row(1L, "a", null, T1))));
    Fault fault = emulator.faults().onCall("POST", JOBS).dropResponse();
    run.finish(run.stageFiles(files));
    assertThat(fault.fired()).isEqualTo(1);
    assertThat(bench.rows("id")).containsExactly(row(1L));
  }

  @Test
  void aCommitWhoseAcceptanceIsLostIsFoundByItsJob() {
    Bench bench = new Bench(emulator, "lost_commit");
    Bench.Run run = bench.begin(APPEND);
    Staging staging = run.stage(row(1L, "a", null, T1));
    Fault fault = emulator.faults().onCall("POST", JOBS).dropResponse();
    PublishOutcome outcome = run.publish(staging);
    assertThat(fault.fired()).isEqualTo(1);
    assertThat(outcome.inserted()).isEqualTo(1);
    assertThat(outcome.repeated()).isTrue();
    assertThat(bench.rows("id")).containsExactly(row(1L));
  }

  @Test
  void aCommitWhoseAnswerCannotBeReadIsFoundInTheLedger() {
    Bench bench = new Bench(emulator, "unread_commit");
    Bench.Run run = bench.begin(APPEND);
    Staging staging = run.stage(row(1L, "a", null, T1));
    emulator
        .faults()
        .onCall("GET", "/projects/[^/]+/queries/.*_publish_.*")
        .times(1000)
        .fail("accessDenied", "no");
    assertThatThrownBy(() -> run.publish(staging)).isInstanceOf(DestinationException.class);
    PublishOutcome outcome = bench.destination.published(run.plan, bench.options).orElseThrow();
    assertThat(outcome.repeated()).isTrue();
    assertThat(outcome.inserted()).isEqualTo(1);
    assertThat(bench.rows("id")).containsExactly(row(1L));
  }

  @Test
  void jobsThatFailForAPassingReasonAreTriedAgain() {
    Bench bench = new Bench(emulator, "passing");
    Bench.Run run = bench.begin(APPEND, "updated_at", T2);
    Fault load = emulator.faults().onJob("load").fail("backendError");
    Staging staging = run.stage(row(1L, "a", null, T1));
    Fault publish = emulator.faults().onJob("query").fail("rateLimitExceeded");
    assertThat(run.publish(staging).inserted()).isEqualTo(1);
    assertThat(load.fired()).isEqualTo(1);
    assertThat(publish.fired()).isEqualTo(1);
    assertThat(bench.rows("id")).containsExactly(row(1L));
  }

  @Test
  void jobsThatFailForGoodAreNotTriedAgain() {
    Bench bench = new Bench(emulator, "for_good");
    Bench.Run run = bench.begin(APPEND, "updated_at", T2);
    Staging staging = run.stage(row(1L, "a", null, T1));
    Fault fault = emulator.faults().onJob("query").times(2).fail("quotaExceeded", "Too much today");
    assertThatThrownBy(() -> run.publish(staging))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("quotaExceeded")
        .hasMessageContaining("ask Google for a higher one");
    assertThat(fault.fired()).as("the publish and the look into the ledger").isEqualTo(2);
  }

  @Test
  void tooManyRetriesAreAnError() {
    Bench bench = new Bench(emulator, "worn_out");
    Bench.Run run = bench.begin(APPEND, "updated_at", T2);
    Fault fault = emulator.faults().onJob("load").times(100).fail("backendError");
    assertThatThrownBy(() -> run.stage(row(1L, "a", null, T1)))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("backendError");
    assertThat(fault.fired()).isEqualTo(4);
  }

  @Test
  void retriesBelowNoneAreNone() {
    Bench bench = new Bench(emulator, "negative");
    BigQueryApi api = BigQueryApi.of(bench.options, Bench.PROJECT, Duration.ofSeconds(1));
    Fault fault = emulator.faults().onJob("query").times(3).fail("backendError");
    assertThatThrownBy(() -> new Jobs(api, "EU", -1, null).query("SELECT 1", "ask"))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("backendError");
    assertThat(fault.fired()).isEqualTo(1);
  }

  @Test
  void aFileThatIsNoAvroFailsTheLoadWithItsReason() {
    Bench bench = new Bench(emulator, "no_avro");
    Bench.Run run = bench.begin(APPEND, "updated_at", T2);
    String path = run.plan.tempPath() + "broken.avro";
    AvroFile.writeText(path, "this is no Avro file");
    assertThatThrownBy(
            () -> run.stageFiles(List.of(new LoadFile(path, LoadFile.Format.AVRO, 0, 0, 1, 20))))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("could not load 1 files into")
        .hasMessageContaining("invalid");
  }

  @Test
  void aFileWithFewerRowsThanItsWriterCountedIsRefused() {
    Bench bench = new Bench(emulator, "miscounted");
    Bench.Run run = bench.begin(APPEND, "updated_at", T2);
    LoadFile file = run.file(0, List.of(row(1L, "a", null, T1)));
    LoadFile wrong = new LoadFile(file.path(), file.format(), 0, 0, 2, file.bytes());
    assertThatThrownBy(() -> run.stageFiles(List.of(wrong)))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("loaded 1 rows from 1 files that hold 2");
  }

  @Test
  void filesOutsideCloudStorageAreRefused() {
    Bench.Run run = new Bench(emulator, "local_file").begin(APPEND, "updated_at", T2);
    LoadFile local = new LoadFile("/tmp/x.avro", LoadFile.Format.AVRO, 0, 0, 1, 1);
    assertThatThrownBy(() -> run.stageFiles(List.of(local)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("gs://");
  }

  @Test
  void stagingThatExpiredIsMissed() {
    Bench bench = new Bench(emulator, "expired");
    Bench.Run run = bench.begin(APPEND, "updated_at", T2);
    Staging staging = run.stage(row(1L, "a", null, T1));
    bench.destination.cleanUp(run.plan, staging, bench.options);
    assertThatThrownBy(() -> bench.destination.verify(run.plan, staging, bench.options))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("expired or was dropped");
    assertThatThrownBy(() -> run.publish(staging)).isInstanceOf(DestinationException.class);
    assertThat(bench.rows("id")).isEmpty();
    assertThat(bench.state().get("epoch")).isEqualTo(0L);
  }

  @Test
  void aStateThatCannotBeReadIsNeverTakenForNone() {
    Bench bench = new Bench(emulator, "unreadable");
    bench.begin(APPEND, "updated_at", T2).write(row(1L, "a", null, T1));
    String data = ".*/tables/unreadable__deltaflow_state/data";
    for (String reason : List.of("accessDenied", "backendError", "invalid")) {
      emulator.faults().onCall("GET", data).times(1000).fail(reason);
      assertThatThrownBy(() -> bench.destination.inspect("sync", bench.options))
          .as(reason)
          .isInstanceOf(DestinationException.class)
          .hasMessageContaining("unreadable__deltaflow_state");
      emulator.faults().clear();
    }
  }

  @Test
  void missingPermissionsNameTheRoles() {
    Bench bench = new Bench(emulator, "denied");
    emulator.faults().onCall("GET", ".*/tables/denied").fail("accessDenied", "Access Denied: x");
    assertThatThrownBy(() -> bench.destination.inspect("sync", bench.options))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("Access Denied: x")
        .hasMessageContaining("roles/bigquery.dataEditor")
        .hasMessageContaining("roles/bigquery.jobUser on the project test-project");
  }

  @Test
  void aMissingDatasetNamesItsFlagAndItsNeighbours() {
    Bench bench = new Bench(emulator, "t", "sync", "shopp");
    assertThatThrownBy(() -> bench.destination.inspect("sync", bench.options))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--destination_bigquery_dataset")
        .hasMessageContaining("no dataset 'shopp'; did you mean 'shop'?");
  }

  @Test
  void stateInAnotherLocationIsRefused() {
    emulator.createDataset(Bench.PROJECT, "elsewhere", "US");
    BigQueryDestination destination =
        new BigQueryDestination(
            new Tables(new TableName(Bench.PROJECT, "shop", "t"), "elsewhere"),
            Bench.SETTINGS,
            Duration.ofSeconds(1));
    assertThatThrownBy(() -> destination.inspect("sync", new Bench(emulator, "t").options))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--destination_bigquery_state_dataset")
        .hasMessageContaining("EU")
        .hasMessageContaining("US");
  }
}
