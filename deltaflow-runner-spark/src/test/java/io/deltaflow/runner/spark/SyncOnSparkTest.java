package io.deltaflow.runner.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaflow.emulator.Faults.Fault;
import io.deltaflow.runner.testing.JavaProcess;
import io.deltaflow.runner.testing.OrdersSync;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Whole runs, launched by the template's main class, on a master and two workers. */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
final class SyncOnSparkTest {
  private static final Duration RUN = Duration.ofMinutes(5);

  /** What Spark needs of a JDK 17; its own scripts open more. */
  private static final List<String> OPENS =
      List.of("--add-exports=java.base/sun.nio.ch=ALL-UNNAMED");

  private static OrdersSync orders;
  private static SparkCluster cluster;

  @BeforeAll
  static void start() {
    orders = OrdersSync.start();
    cluster = SparkCluster.start();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
    orders.close();
  }

  @BeforeEach
  void twoWorkers() {
    cluster.startWorkers(2 - cluster.workers().size());
  }

  /** Several files are complete, and each executor is in the middle of a split. */
  @Test
  void noRowIsLostOrDoubledWhenAWorkerDiesWhileItReads() {
    orders.create("killed", 40_000);
    orders.rest("killed");
    orders.stallAfter(4_000_000);
    try (JavaProcess job = launch("killed")) {
      await().atMost(RUN).until(() -> orders.isStalled() && !orders.loadFiles().isEmpty());
      cluster.kill(cluster.workers().get(0));
      orders.proxy().pass();
      assertThat(job.awaitExit(RUN)).as(job.output()).isZero();
      assertThat(job.output()).contains("Lost executor");
    }
    orders.assertEqual("killed");
    assertThat(orders.runs("killed"))
        .containsExactly(
            Map.of(
                "outcome", "published",
                "rows_read", 40_000L,
                "rows_inserted", 40_000L,
                "rows_updated", 0L));

    orders.sql(
        "UPDATE killed SET amount = -amount, updated_at = now() WHERE id % 100 = 0",
        "INSERT INTO killed SELECT n, 'new', n FROM generate_series(40001, 40100) n");
    orders.rest("killed");
    try (JavaProcess job = launch("killed")) {
      assertThat(job.awaitExit(RUN)).as(job.output()).isZero();
    }
    orders.assertEqual("killed");
    assertThat(orders.runs("killed"))
        .last()
        .isEqualTo(
            Map.of(
                "outcome", "published",
                "rows_read", 500L,
                "rows_inserted", 100L,
                "rows_updated", 400L));
  }

  /** The commit goes on in BigQuery, and nobody is left to hear of it; new ones take over. */
  @Test
  void rowsArePublishedOnceWhenAllWorkersDieDuringTheCommit() {
    orders.create("committed", 1000);
    orders.rest("committed");
    Fault commit =
        orders
            .faults()
            .onStatement("deltaflow_.*_publish_.*", "^COMMIT")
            .meanwhile(() -> cluster.workers().forEach(cluster::kill));
    try (JavaProcess job = launch("committed", "--write_disposition=WRITE_APPEND")) {
      await().atMost(RUN).until(() -> commit.fired() == 1 && cluster.workers().isEmpty());
      cluster.startWorkers(2);
      assertThat(job.awaitExit(RUN)).as(job.output()).isZero();
      assertThat(job.output()).contains("Lost executor");
    }
    orders.assertEqual("committed");
    assertThat(orders.runs("committed")).hasSize(1);
  }

  @Test
  void aRunThatFailsEndsWithItsReasonAndStatusOne() {
    orders.create("refused", 10);
    orders.sql("INSERT INTO refused VALUES (11, NULL, 'NaN', now())");
    orders.rest("refused");
    try (JavaProcess job = launch("refused")) {
      assertThat(job.awaitExit(RUN)).as(job.output()).isEqualTo(1);
      assertThat(job.output())
          .containsPattern("(?m)^column 'amount': NaN .*")
          .contains("--value_policies");
    }
  }

  private static JavaProcess launch(String table, String... more) {
    List<String> options = new ArrayList<>(OPENS);
    options.add("-Xmx512m");
    options.add("-Dspark.driver.host=127.0.0.1");
    options.add("-Dspark.ui.enabled=false");
    options.add("-Dspark.executor.memory=512m");
    options.add("-Dspark.executor.extraJavaOptions=" + orders.workerOption());
    return JavaProcess.start(
        "driver",
        System.getProperty("deltaflow.job.classpath"),
        options,
        "io.deltaflow.template.DeltaFlowTemplate",
        orders.arguments(table, more, "--runner=SparkRunner", "--sparkMaster=" + cluster.url()),
        Map.of("SPARK_LOCAL_IP", "127.0.0.1"));
  }
}
