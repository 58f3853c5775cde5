package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.DeltaFlow;
import io.deltaflow.RunReport;
import io.deltaflow.SyncSpec;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.testing.BigQueryServer;
import io.deltaflow.testing.ValuesTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Runs that are halted, as by a power cut, in a JVM of their own. */
final class CrashTest {
  private static final Schema SCHEMA =
      Schema.builder()
          .addField("id", FieldTypes.INT64)
          .addField("version", FieldTypes.INT64)
          .build();

  private static BigQueryServer server;

  @BeforeAll
  static void startServer() {
    server = BigQueryServer.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  /** The run of the child process and of the test: ten rows, or twenty. */
  private static SyncSpec spec(String table) {
    Map<String, String> flags =
        new HashMap<>(server == null ? destination(table) : server.destinationFlags(table));
    flags.put("data_source", "values");
    flags.put("values_table", "rows");
    flags.put("enable_smart_sync", "true");
    flags.put("smart_sync_timestamp_column", "version");
    return SyncSpec.fromFlags(flags);
  }

  private static Map<String, String> destination(String table) {
    return Map.of(
        "destination_bigquery_project", BigQueryServer.PROJECT,
        "destination_bigquery_dataset", BigQueryServer.DATASET,
        "destination_bigquery_table", table);
  }

  private static ValuesTable rows(int count) {
    ValuesTable table = ValuesTable.create("rows", SCHEMA, "id");
    for (long i = 1; i <= count; i++) {
      table.add(i, i);
    }
    return table;
  }

  /** Arguments: table, rows, then Beam's options. */
  public static void main(String[] args) {
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs(java.util.Arrays.copyOfRange(args, 2, args.length))
            .create();
    rows(Integer.parseInt(args[1]));
    DeltaFlow.launch(spec(args[0]), options).waitUntilFinish();
  }

  private static int runInChild(String crash, String table, int rows)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add("-Ddeltaflow.crash=" + crash);
    command.add(CrashTest.class.getName());
    command.add(table);
    command.add(Integer.toString(rows));
    command.addAll(server.pipelineArguments());
    Process child =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(child.waitFor(2, TimeUnit.MINUTES)).as("the child ends").isTrue();
    return child.exitValue();
  }

  private static List<Object> ids(String table) {
    return server
        .rows(
            "SELECT id FROM `"
                + BigQueryServer.PROJECT
                + "."
                + BigQueryServer.DATASET
                + "."
                + table
                + "` ORDER BY id")
        .stream()
        .map(r -> r.get("id"))
        .toList();
  }

  private static RunReport runAgain(String table, int count) {
    try (ValuesTable rows = rows(count)) {
      assertThat(rows.rows()).hasSize(count);
      return DeltaFlow.launch(spec(table), server.pipelineOptions()).waitUntilFinish();
    }
  }

  private static void haltedBeforeThePublish(String point, String table)
      throws IOException, InterruptedException {
    runAgain(table, 10);
    String etag = new TestClient(server).table(table).getEtag();
    assertThat(runInChild(point, table, 20)).isEqualTo(137);
    assertThat(new TestClient(server).table(table).getEtag()).isEqualTo(etag);
    assertThat(ids(table)).hasSize(10);
    assertThat(runAgain(table, 20).rows().read()).isEqualTo(10);
    assertThat(ids(table)).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void haltedBetweenLoadAndPublishTheDestinationIsAsBefore()
      throws IOException, InterruptedException {
    haltedBeforeThePublish("between-load-and-publish", "halted_after_load");
  }

  @Test
  void haltedBeforeTheLoadTheDestinationIsAsBefore() throws IOException, InterruptedException {
    haltedBeforeThePublish("before-load", "halted_before_load");
  }

  @Test
  void haltedAfterThePublishTheNextRunBringsNothingTwice()
      throws IOException, InterruptedException {
    String table = "halted_after_publish";
    assertThat(runInChild("after-publish", table, 20)).isEqualTo(137);
    assertThat(ids(table)).hasSize(20);
    assertThat(runAgain(table, 20).rows().read()).isZero();
    assertThat(ids(table)).hasSize(20);
  }
}
