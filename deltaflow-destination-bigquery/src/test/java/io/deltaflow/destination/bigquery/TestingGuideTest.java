package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.fault.CrashPoints;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.testing.BigQueryServer;
import io.deltaflow.testing.ChildRun;
import io.deltaflow.testing.ValuesTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.jupiter.api.Test;

/** The example of docs/testing.md. */
final class TestingGuideTest {
  private static final Path GUIDE = Path.of("..", "docs", "testing.md");
  private static final Path THIS =
      Path.of("src/test/java", TestingGuideTest.class.getName().replace('.', '/') + ".java");

  @Test
  void theGuideShowsThisExample() throws IOException {
    String source = Files.readString(THIS);
    String example =
        source.substring(
            source.indexOf("  // " + "begin\n") + 11, source.indexOf("  // " + "end\n"));
    assertThat(Files.readString(GUIDE)).contains(example.stripTrailing().stripIndent());
  }

  // begin
  /** In the child process, where a connector of your own would find its server. */
  static final class Rows implements Runnable {
    @Override
    public void run() {
      Schema schema =
          Schema.builder()
              .addField("id", FieldTypes.INT64)
              .addField("version", FieldTypes.INT64)
              .build();
      ValuesTable table = ValuesTable.create("guide", schema, "id");
      for (long id = 1; id <= 10; id++) {
        table.add(id, id);
      }
    }
  }

  @Test
  void noRowIsLostOrDoubledWhenARunIsCutOff() {
    try (BigQueryServer server = BigQueryServer.start()) {
      Map<String, String> flags = new HashMap<>(server.destinationFlags("guide"));
      flags.put("data_source", "values");
      flags.put("values_table", "guide");
      flags.put("enable_smart_sync", "true");
      flags.put("smart_sync_timestamp_column", "version");
      ChildRun run = ChildRun.of(flags, server.pipelineArguments()).withPreparation(Rows.class);

      ChildRun.Ended halted = run.crashAt(CrashPoints.AFTER_SPLIT, 2).run();
      assertThat(halted.isCrashed()).as(halted.output()).isTrue();

      assertThat(run.run().report().rows().inserted()).isEqualTo(10);
      assertThat(server.rows("SELECT id FROM `test-project.shop.guide`")).hasSize(10);
    }
  }

  // end
}
