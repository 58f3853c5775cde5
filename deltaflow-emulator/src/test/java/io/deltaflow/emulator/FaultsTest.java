package io.deltaflow.emulator;

import static io.deltaflow.emulator.TestEmulator.PROJECT;
import static io.deltaflow.emulator.TestEmulator.field;
import static io.deltaflow.emulator.TestEmulator.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.services.bigquery.model.ErrorProto;
import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobConfiguration;
import com.google.api.services.bigquery.model.JobConfigurationQuery;
import com.google.api.services.bigquery.model.JobReference;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Faults inside jobs; those of calls and whole jobs are in {@link JobsTest}. */
class FaultsTest {
  private static TestEmulator emulator;

  @BeforeAll
  static void start() {
    emulator = new TestEmulator();
  }

  @AfterAll
  static void stop() {
    emulator.close();
  }

  @AfterEach
  void heal() {
    emulator.emulator().faults().clear();
  }

  @Test
  void aScriptFailsAtEachOfItsStatementsWithoutAnEffect() throws IOException {
    emulator.create("steps", field("id", "INTEGER"));
    String script =
        """
        DECLARE n INT64 DEFAULT 0;
        BEGIN
          BEGIN TRANSACTION;
          INSERT INTO `project.dataset.steps` (id) VALUES (1);
          SET n = @@row_count;
          IF n = 1 THEN
            INSERT INTO `project.dataset.steps` (id) VALUES (2);
          END IF;
          COMMIT TRANSACTION;
        EXCEPTION WHEN ERROR THEN
          INSERT INTO `project.dataset.steps` (id) VALUES (-1);
          COMMIT TRANSACTION;
        END;
        """;
    int step = 1;
    for (boolean done = false; !done; step++) {
      Faults.Fault fault =
          faults().onStatement("steps_" + step, "").nth(step).fail("backendError", "gone");
      ErrorProto error = emulator.run(query(script, "steps_" + step)).getStatus().getErrorResult();
      done = fault.fired() == 0;
      if (done) {
        assertThat(error).isNull();
      } else {
        assertThat(error.getReason()).isEqualTo("backendError");
        assertThat(error.getMessage()).isEqualTo("gone");
        assertThat(emulator.rows("steps")).as("rows after a halt at statement " + step).isEmpty();
      }
    }
    assertThat(step - 2)
        .as("statements: DECLARE, BEGIN, INSERT, SET, IF, INSERT, COMMIT")
        .isEqualTo(7);
    assertThat(emulator.rows("steps")).containsExactly(List.of("1"), List.of("2"));
  }

  @Test
  void aFaultTakesOnlyStatementsOfItsJobsWithItsText() throws IOException {
    Faults.Fault fault = faults().onStatement("this_.*", "^SELECT 2").fail("backendError");
    assertThat(emulator.run(query("SELECT 2 AS x", "other_1")).getStatus().getErrorResult())
        .isNull();
    assertThat(emulator.run(query("SELECT 1 AS x", "this_1")).getStatus().getErrorResult())
        .isNull();
    assertThat(fault.fired()).isZero();
    assertThat(emulator.run(query("SELECT 2 AS x", "this_2")).getStatus().getErrorResult())
        .isNotNull();
    assertThat(fault.fired()).isEqualTo(1);
  }

  @Test
  void whatRunsMeanwhileIsWaitedFor() throws Exception {
    emulator.create("held", field("id", "INTEGER"));
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    faults()
        .onStatement("held", "^COMMIT")
        .meanwhile(
            () -> {
              reached.countDown();
              await(released);
            });
    String script =
        "BEGIN TRANSACTION; INSERT INTO `project.dataset.held` (id) VALUES (1); COMMIT"
            + " TRANSACTION;";
    JobReference job =
        emulator.rest().jobs().insert(PROJECT, query(script, "held")).execute().getJobReference();
    await(reached);
    assertThat(emulator.rows("held")).isEmpty();
    released.countDown();
    assertThat(emulator.await(job).getStatus().getErrorResult()).isNull();
    assertThat(emulator.rows("held")).hasSize(1);
  }

  @Test
  void aLoadIgnoresOneOfItsFilesAndSaysNothing() throws IOException {
    emulator.create("ignoring", field("id", "INTEGER"));
    String[] uris = new String[3];
    for (int i = 0; i < uris.length; i++) {
      uris[i] = emulator.put("ignoring_" + i, ("{\"id\":" + i + "}").getBytes(UTF_8));
    }
    faults().onJob("load").ignoreFile(2);
    Job job = emulator.load(json("ignoring", uris));
    assertThat(job.getStatus().getErrorResult()).isNull();
    assertThat(job.getStatistics().getLoad().getInputFiles()).isEqualTo(3);
    assertThat(emulator.rows("ignoring")).containsExactlyInAnyOrder(List.of("0"), List.of("2"));
    assertThat(emulator.load(json("ignoring", uris)).getStatistics().getLoad().getOutputRows())
        .as("rows of the next load")
        .isEqualTo(3);
  }

  @Test
  void aFailedJobListsFurtherErrors() throws IOException {
    faults().onJob("query").fail("invalid", "stopped here", "row 1", "row 2");
    var status = emulator.run(query("SELECT 1 AS x", "listing")).getStatus();
    assertThat(status.getErrorResult().getMessage()).isEqualTo("stopped here");
    assertThat(status.getErrors())
        .extracting(ErrorProto::getMessage)
        .containsExactly("stopped here", "row 1", "row 2");
  }

  private static Faults faults() {
    return emulator.emulator().faults();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Job query(String sql, String id) {
    return new Job()
        .setJobReference(new JobReference().setJobId(id).setProjectId(PROJECT))
        .setConfiguration(
            new JobConfiguration()
                .setQuery(new JobConfigurationQuery().setQuery(sql).setUseLegacySql(false)));
  }
}
