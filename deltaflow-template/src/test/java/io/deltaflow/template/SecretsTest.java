package io.deltaflow.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.DeltaFlow;
import io.deltaflow.SyncPlan;
import io.deltaflow.spi.RequiredAccess;
import io.deltaflow.testing.PipelineTexts;
import io.deltaflow.testing.SecretManagerServer;
import io.deltaflow.testing.TestAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
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

  private static final String SECRET = "projects/p/secrets/reader";
  private static final String PLAIN = "given as plain text";

  private static SyncBed bed;
  private static SecretManagerServer secrets;

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

  @BeforeAll
  static void startSecretManager() {
    secrets = SecretManagerServer.start();
    secrets.add(SECRET, PASSWORD + "\n");
  }

  @AfterAll
  static void stop() {
    secrets.close();
    bed.close();
  }

  @Test
  void aSubmittedPipelineHoldsNoPassword() throws IOException {
    List<String> texts = submitted(flags());

    assertThat(texts)
        .as("the reader's user name is found where the password is not")
        .anyMatch(t -> t.contains("reader"));
    assertThat(texts).noneMatch(t -> t.contains(PASSWORD));
  }

  @Test
  void theNameOfASecretTravelsInItsPlace() throws IOException {
    List<String> texts = submitted(referring());

    assertThat(texts).anyMatch(t -> t.contains(SECRET + "/versions/latest"));
    assertThat(texts).noneMatch(t -> t.contains(PASSWORD));
  }

  /** All that a runner gets to see. */
  private static List<String> submitted(Map<String, String> flags) throws IOException {
    TemplateArguments arguments = TemplateArguments.parse(SyncBed.arguments(flags));
    arguments.options().setRunner(CapturingRunner.class);
    DeltaFlow.launch(arguments.spec(), arguments.options());
    Pipeline pipeline = CapturingRunner.last();
    List<String> texts = PipelineTexts.of(PipelineTranslation.toProto(pipeline));
    texts.add(pipeline.getOptions().toString());
    return texts;
  }

  @Test
  void logsAtTheFinestLevelHoldNoPassword() throws Exception {
    assertThat(launchInAProcessOfItsOwn(flags()))
        .contains("Launched run")
        .doesNotContain(PASSWORD)
        .containsOnlyOnce(PLAIN)
        .contains("--postgresql_password: " + PLAIN)
        .contains("projects/PROJECT/secrets/SECRET/versions/VERSION");
  }

  @Test
  void aPlanNamesTheRoleForEachSecret() throws Exception {
    SyncPlan plan = TemplateArguments.parse(SyncBed.arguments(referring())).plan();
    assertThat(plan.access())
        .contains(
            new RequiredAccess(
                "roles/secretmanager.secretAccessor",
                "secret " + SECRET,
                "to read --postgresql_password"));
    assertThat(plan.toJson()).doesNotContain(PASSWORD);
  }

  @Test
  void aSecretThatIsGivenByNameIsReadByLauncherAndWorkersAndShownByNone() throws Exception {
    Map<String, String> flags = referring();
    flags.put("destination_bigquery_table", "orders_by_name");
    String coded = Base64.getEncoder().encodeToString(PASSWORD.getBytes(StandardCharsets.UTF_8));

    assertThat(launchInAProcessOfItsOwn(flags))
        .contains("Launched run")
        .doesNotContain(PASSWORD, coded.substring(0, 30), PLAIN);
    assertThat(bed.query("SELECT COUNT(*) FROM shop.orders_by_name")).isEqualTo("10");
  }

  @Test
  void aSecretThatCannotBeReadEndsTheLaunchWithItsNameAndWhatIsMissing() {
    secrets.add("projects/p/secrets/locked", PASSWORD);
    secrets.deny("projects/p/secrets/locked");
    Map<String, String> flags = referring();
    flags.put("postgresql_password", "projects/p/secrets/locked/versions/1");

    SyncBed.Launched launched = SyncBed.launch(flags);

    assertThat(launched.status()).isEqualTo(1);
    assertThat(launched.err())
        .contains("--postgresql_password: projects/p/secrets/locked/versions/1: access is denied")
        .contains("roles/secretmanager.secretAccessor")
        .doesNotContain(PASSWORD);
  }

  @Test
  void certificatesAreReadFromCloudStorage() throws Exception {
    String certificate = TestAuthority.create(folder).certificate();
    bed.store("certificates", "ca.pem", certificate);
    Map<String, String> flags = flags();
    flags.put("postgresql_sslmode", "verify-full");

    flags.put("postgresql_sslrootcert", "gs://certificates/none.pem");
    assertThat(SyncBed.launch(flags).err())
        .contains("--postgresql_sslrootcert: the file gs://certificates/none.pem")
        .contains("could not be read");

    flags.put("postgresql_sslrootcert", "gs://certificates/ca.pem");
    assertThat(SyncBed.launch(flags).err()).contains("the server has no TLS");
  }

  @Test
  void logsOfAFailureHoldNoPassword() throws Exception {
    Map<String, String> flags = flags();
    flags.put("postgresql_table", "public.no_such_table");

    assertThat(launchInAProcessOfItsOwn(flags)).contains("no_such_table").doesNotContain(PASSWORD);
  }

  private static Map<String, String> referring() {
    Map<String, String> flags = flags();
    flags.put("postgresql_password", SECRET);
    flags.put("secretManagerEndpoint", secrets.endpoint());
    return flags;
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
