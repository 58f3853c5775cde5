package io.deltaflow.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.DeltaFlow;
import io.deltaflow.testing.PipelineTexts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A password goes to the database and nowhere else, a hash's key to the rows. */
final class SecretsTest {
  private static final String PASSWORD = "p4ssw0rd-that-nobody-may-see";

  private static SyncBed bed;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws IOException {
    bed = SyncBed.start();
    bed.sql(
        "CREATE TABLE orders (id bigint PRIMARY KEY, updated_at timestamptz)",
        "INSERT INTO orders SELECT n, now() FROM generate_series(1, 10) n",
        "CREATE ROLE reader LOGIN PASSWORD '" + PASSWORD + "'",
        "GRANT SELECT ON orders TO reader");
  }

  @AfterAll
  static void stop() {
    bed.close();
  }

  @Test
  void aSubmittedPipelineHoldsNoPassword() throws IOException {
    TemplateArguments arguments = TemplateArguments.parse(SyncBed.arguments(flags()));
    arguments.options().setRunner(CapturingRunner.class);
    DeltaFlow.launch(arguments.spec(), arguments.options());
    Pipeline pipeline = CapturingRunner.last();

    List<String> texts = PipelineTexts.of(PipelineTranslation.toProto(pipeline));
    texts.add(pipeline.getOptions().toString());

    assertThat(texts)
        .as("the reader's user name is found where the password is not")
        .anyMatch(t -> t.contains("reader"));
    assertThat(texts).noneMatch(t -> t.contains(PASSWORD));
  }

  @Test
  void logsAtTheFinestLevelHoldNoPassword() throws Exception {
    assertThat(launchInAProcessOfItsOwn(flags())).contains("Launched run").doesNotContain(PASSWORD);
  }

  @Test
  void logsOfAFailureHoldNoPassword() throws Exception {
    Map<String, String> flags = flags();
    flags.put("postgresql_table", "public.no_such_table");

    assertThat(launchInAProcessOfItsOwn(flags)).contains("no_such_table").doesNotContain(PASSWORD);
  }

  private static Map<String, String> flags() {
    Map<String, String> flags = bed.flags("orders");
    flags.put("postgresql_username", "reader");
    flags.put("postgresql_password", PASSWORD);
    flags.put(
        "transformation_config",
        "{\"type_conversions\": {\"id\": \"string\"}, \"value_transformations\": {\"id\":"
            + " {\"type\": \"hash\", \"key\": \""
            + PASSWORD
            + "\"}}}");
    return flags;
  }

  /** Everything that the process wrote, to both streams. */
  private String launchInAProcessOfItsOwn(Map<String, String> flags) throws Exception {
    Path logging = folder.resolve("logging.properties");
    Files.writeString(
        logging,
        """
        handlers=java.util.logging.ConsoleHandler
        .level=FINE
        io.deltaflow.level=FINEST
        org.postgresql.level=FINEST
        com.zaxxer.level=FINEST
        java.util.logging.ConsoleHandler.level=FINEST
        """);
    Path output = folder.resolve("output.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Djava.util.logging.config.file=" + logging);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(DeltaFlowTemplate.class.getName());
    command.addAll(List.of(SyncBed.arguments(flags)));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    return Files.readString(output, StandardCharsets.ISO_8859_1);
  }
}
