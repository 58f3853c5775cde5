package io.deltaflow.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.deltaflow.OptionCatalog;
import io.deltaflow.SyncOptions;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.extensions.gcp.auth.GcpCredentialFactory;
import org.apache.beam.sdk.extensions.gcp.auth.NoopCredentialFactory;
import org.apache.beam.sdk.extensions.gcp.options.GcpOptions;
import org.apache.beam.sdk.options.ApplicationNameOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TemplateArgumentsTest {
  private static final List<String> COMPLETE =
      List.of(
          "--postgresql_host=db.example.com",
          "--postgresql_database=shop",
          "--postgresql_username=reader",
          "--postgresql_password=hunter2",
          "--postgresql_table=public.orders",
          "--destination_bigquery_project=my-project",
          "--destination_bigquery_dataset=analytics",
          "--destination_bigquery_table=orders");
  private static final String TEMP = "--tempLocation=gs://bucket/temp";

  @Test
  void whatDataflowCannotDoWithoutIsNamedByItsFlag() {
    assertThatThrownBy(
            () ->
                TemplateArguments.parse(
                    "--runner=DataflowRunner",
                    "--postgresql_host=h",
                    "--postgresql_database=d",
                    "--postgresql_username=u",
                    "--postgresql_table=t",
                    "--destination_bigquery_project=my-project",
                    "--destination_bigquery_dataset=d",
                    "--destination_bigquery_table=t",
                    "--tempLocation=gs://bucket/temp",
                    "--project="))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--region is required for --runner=DataflowRunner");
  }

  @Test
  void aRepeatedOptionOfBeamIsNamed() {
    assertThatThrownBy(
            () ->
                TemplateArguments.parse(
                    "--bigQueryEndpoint=http://localhost:1/",
                    "--bigQueryEndpoint=http://localhost:2/"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--bigQueryEndpoint: given more than once");
  }

  @Test
  void flagsAndBeamOptionsMix() {
    TemplateArguments parsed =
        parse(TEMP, "--runner=DirectRunner", "--enable_smart_sync", "--batch_size=5000");

    assertThat(parsed.spec().options().find(SyncOptions.ENABLE_SMART_SYNC)).contains(true);
    assertThat(parsed.spec().options().find(SyncOptions.BATCH_SIZE)).contains(5000L);
    assertThat(parsed.options().getTempLocation()).isEqualTo("gs://bucket/temp");
    assertThat(parsed.options().getRunner().getSimpleName()).isEqualTo("DirectRunner");
    assertThat(parsed.options().as(ApplicationNameOptions.class).getAppName())
        .isEqualTo("deltaflow");
  }

  @Test
  void theDirectRunnerIsSetUpForUsUnlessTold() {
    DirectOptions ours = parse(TEMP).options().as(DirectOptions.class);
    DirectOptions told =
        parse(
                TEMP,
                "--enforceImmutability=true",
                "--enforceEncodability=true",
                "--targetParallelism=7")
            .options()
            .as(DirectOptions.class);

    assertThat(ours.isEnforceImmutability()).isFalse();
    assertThat(ours.isEnforceEncodability()).isFalse();
    assertThat(ours.getTargetParallelism()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(told.isEnforceImmutability()).isTrue();
    assertThat(told.isEnforceEncodability()).isTrue();
    assertThat(told.getTargetParallelism()).isEqualTo(7);
  }

  @Test
  void aValueMayFollowItsNameAfterASpace() {
    TemplateArguments parsed =
        parse("--tempLocation", "gs://bucket/temp", "--write_disposition", "WRITE_MERGE");

    assertThat(parsed.spec().options().get(SyncOptions.WRITE_DISPOSITION))
        .hasToString("WRITE_MERGE");
    assertThat(parsed.options().getTempLocation()).isEqualTo("gs://bucket/temp");
  }

  @Test
  void aValueMayHoldEqualsSignsAndDashes() {
    SplitArguments split =
        SplitArguments.of(
            TemplateArguments.catalog(),
            Set.of(),
            "--postgresql_query=SELECT a -- b\nWHERE c = 'd'");

    assertThat(split.problems()).isEmpty();
    assertThat(split.flags()).containsEntry("postgresql_query", "SELECT a -- b\nWHERE c = 'd'");
  }

  @Test
  void unknownFlagsGetSuggestionsFromBothSides() {
    assertThat(problems(TEMP, "--postgresql_pasword=hunter2", "--enable_smartsync=true"))
        .contains("unknown flag --postgresql_pasword; did you mean --postgresql_password?")
        .anyMatch(
            p -> p.startsWith("unknown flag --enable_smartsync; did you mean --enable_smart_sync"));
    assertThat(problems("--tempLocaton=gs://bucket/temp"))
        .anyMatch(p -> p.startsWith("unknown flag --tempLocaton; did you mean --tempLocation"));
  }

  @Test
  void theValueOfAnUnknownFlagIsNotRepeated() {
    assertThat(problems(TEMP, "--postgresql_pasword=hunter2", "hunter3"))
        .noneMatch(p -> p.contains("hunter"));
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce() {
    assertThatThrownBy(
            () ->
                TemplateArguments.parse(
                    "--postgresql_database=shop",
                    "--no_such_thing=1",
                    "--batch_size=many",
                    "stray"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("argument 4 does not begin with --")
        .hasMessageContaining("unknown flag --no_such_thing")
        .hasMessageContaining("--batch_size: 'many' is not a whole number")
        .hasMessageContaining("--postgresql_host is required")
        .hasMessageContaining("--destination_bigquery_project is required")
        .hasMessageContaining("--destination_bigquery_dataset is required")
        .hasMessageContaining("--destination_bigquery_table is required")
        .hasMessageContaining("--tempLocation is required");
  }

  @Test
  void flagsOfAConnectorThatIsNotReadAreAHintWhenSomethingIsWrong() {
    assertThat(problems(TEMP, "--mongodb_host=db", "--mongodb_collection=orders", "--splits=-"))
        .contains(
            "flags of the connector mongodb are given, and what is read is"
                + " --data_source=postgresql");
  }

  @Test
  void aFlagGivenTwiceIsRefused() {
    assertThat(problems(TEMP, "--batch_size=1", "--batch_size=2"))
        .containsExactly("--batch_size is given more than once");
  }

  @Test
  void aFlagWithoutItsValueIsRefused() {
    assertThat(problems(TEMP, "--batch_size"))
        .contains("--batch_size has no value; give one as --batch_size=value");
  }

  @Test
  void beamOptionsThatDoNotParseAreRefused() {
    assertThat(problems(TEMP, "--runner=NoSuchRunner"))
        .singleElement()
        .asString()
        .contains("NoSuchRunner");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://localhost:9050/", "http://127.0.0.1:9050/", "http://[::1]:9050/"})
  void anEmulatorOnThisMachineNeedsNoGoogleCredentialsAndNoBucket(String endpoint) {
    TemplateArguments parsed =
        parse("--bigQueryEndpoint=" + endpoint, "--gcsEndpoint=http://localhost:9050/storage/v1/");

    assertThat(parsed.options().as(GcpOptions.class).getCredentialFactoryClass())
        .isEqualTo(NoopCredentialFactory.class);
    assertThat(parsed.options().getTempLocation()).isEqualTo("gs://deltaflow-temp/");
  }

  @Test
  void anEndpointElsewhereGetsGoogleCredentials() {
    TemplateArguments parsed = parse(TEMP, "--bigQueryEndpoint=https://bigquery.example.com/");

    assertThat(parsed.options().as(GcpOptions.class).getCredentialFactoryClass())
        .isEqualTo(GcpCredentialFactory.class);
  }

  @Test
  void anEmulatorWithoutAStorageEndpointIsRefused() {
    assertThat(problems("--bigQueryEndpoint=http://localhost:9050/"))
        .singleElement()
        .asString()
        .startsWith("--gcsEndpoint is required beside --bigQueryEndpoint=http://localhost:9050/");
  }

  @Test
  void secretsNeverBecomePipelineOptionsOrText() {
    TemplateArguments parsed = parse(TEMP);

    assertThat(parsed.options().toString()).doesNotContain("hunter2");
    assertThat(parsed.spec().toString()).doesNotContain("hunter2");
  }

  @Test
  void noFlagOfOursHasTheNameOfABeamOption() {
    Set<String> beam = BeamRegistry.all();

    assertThat(beam)
        .contains("runner", "tempLocation", "project", "bigQueryEndpoint", "gcsEndpoint");
    assertThat(TemplateArguments.catalog().flags())
        .extracting(OptionCatalog.Flag::name)
        .doesNotContainAnyElementsOf(beam);
  }

  private static TemplateArguments parse(String... more) {
    return TemplateArguments.parse(with(more));
  }

  private static List<String> problems(String... more) {
    ConfigurationException e =
        catchThrowableOfType(
            ConfigurationException.class, () -> TemplateArguments.parse(with(more)));
    assertThat(e).as("refused").isNotNull();
    return e.problems();
  }

  private static String[] with(String... more) {
    List<String> args = new ArrayList<>(COMPLETE);
    args.addAll(List.of(more));
    return args.toArray(String[]::new);
  }
}
