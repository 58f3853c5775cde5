package io.deltaflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.internal.GivenSecret;
import io.deltaflow.spi.ConnectorOption;
import io.deltaflow.spi.error.ConfigurationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OptionsTest {
  private static final ConnectorOption<String> HOST =
      ConnectorOption.string("host", "Where it is.").withRequired();
  private static final ConnectorOption<Long> PORT =
      ConnectorOption.integer("port", "Its port.").withDefault(5L);
  private static final ConnectorOption<String> PASSWORD =
      ConnectorOption.string("password", "The password.").withSecret().withPattern("[a-z]+");

  private static ParsedConfig parse(Map<String, String> texts, List<String> problems) {
    return ParsedConfig.parse("acme", List.of(HOST, PORT, PASSWORD), texts, problems);
  }

  @Test
  void everyProblemIsNamedAtOnce() {
    List<String> problems = new ArrayList<>();
    parse(Map.of("acme_port", "five"), problems);
    assertThat(problems)
        .containsExactlyInAnyOrder(
            "--acme_port: 'five' is not a whole number", "--acme_host is required (where it is)");
  }

  @Test
  void aSecretIsNeverShown() {
    List<String> problems = new ArrayList<>();
    ParsedConfig config = parse(Map.of("acme_host", "h", "acme_password", "hunter"), problems);
    assertThat(config.toString()).doesNotContain("hunter");
    assertThat(config.secret(PASSWORD).orElseThrow().toString()).doesNotContain("hunter");
    parse(Map.of("acme_host", "h", "acme_password", "HUNTER2"), problems);
    assertThat(problems).hasSize(1).noneMatch(p -> p.contains("HUNTER2"));
  }

  @ParameterizedTest
  @CsvSource({
    "projects/p-1/secrets/s_1/versions/3, projects/p-1/secrets/s_1/versions/3",
    "projects/p/secrets/s, projects/p/secrets/s/versions/latest",
    "//secretmanager.googleapis.com/projects/1/secrets/s/versions/7,"
        + " projects/1/secrets/s/versions/7",
    "projects/p/locations/europe-west3/secrets/s,"
        + " projects/p/locations/europe-west3/secrets/s/versions/latest",
  })
  void aSecretMayBeGivenByName(String given, String name) {
    List<String> problems = new ArrayList<>();
    ParsedConfig config = parse(Map.of("acme_host", "h", "acme_password", given), problems);
    assertThat(problems).isEmpty();
    assertThat(config.secret(PASSWORD))
        .contains(new GivenSecret("acme_password", GivenSecret.Place.SECRET_MANAGER, name));
    assertThat(config.isGiven(PASSWORD)).isTrue();
    assertThat(config.secretsByFlag()).as("values that travel").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "projects/p/secrets/hunter/version/1",
        "projects/p/secret/hunter",
        "/projects/p/secrets/hunter",
        "secrets/hunter/versions/1",
        "projects/P/secrets/hunter/versions/1",
        "projects/p/secrets/hunter/versions/",
      })
  void aNameOfASecretThatIsNoneIsRefusedWithoutIt(String text) {
    List<String> problems = new ArrayList<>();
    parse(Map.of("acme_host", "h", "acme_password", text), problems);
    assertThat(problems)
        .singleElement()
        .asString()
        .contains("--acme_password", "projects/PROJECT/secrets/SECRET/versions/VERSION")
        .doesNotContain("hunter");
  }

  @Test
  void aFileMayBeGivenByPathByNameOfASecretOrAsItsText() {
    ConnectorOption<String> ca = ConnectorOption.string("ca", "A certificate.").withFile();
    for (GivenSecret.Place place : GivenSecret.Place.values()) {
      String text =
          switch (place) {
            case PLAIN -> "-----BEGIN CERTIFICATE-----";
            case SECRET_MANAGER -> "projects/p/secrets/s/versions/1";
            case FILE -> "gs://bucket/ca.pem";
          };
      ParsedConfig config =
          ParsedConfig.parse("acme", List.of(ca), Map.of("acme_ca", text), new ArrayList<>());
      assertThat(config.secret(ca).orElseThrow())
          .isInstanceOfSatisfying(
              GivenSecret.class, s -> assertThat(s.place()).as(text).isEqualTo(place));
    }
  }

  private static final ConnectorOption<String> KEY =
      ConnectorOption.string("key", "A key.").withFile();

  private static GivenSecret key(String text, List<String> problems) {
    ParsedConfig config =
        ParsedConfig.parse("acme", List.of(KEY), Map.of("acme_key", text), problems);
    return (GivenSecret) config.secret(KEY).orElse(null);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bag Attributes\n  friendlyName: k\n-----BEGIN PRIVATE KEY-----\nhunter",
        "\"-----BEGIN PRIVATE KEY-----hunter\"",
        "# mine -----BEGIN PRIVATE KEY-----hunter"
      })
  void aKeyWithSomethingBeforeItIsNotTakenForAPath(String text) {
    List<String> problems = new ArrayList<>();
    assertThat(key(text, problems))
        .isEqualTo(new GivenSecret("acme_key", GivenSecret.Place.PLAIN, null));
    assertThat(problems).isEmpty();
  }

  @Test
  void whatIsNeitherAKeyNorAPathIsRefusedWithoutIt() {
    for (String text : List.of("hunter\nhunter", "hunter\rhunter", "hunter".repeat(1000))) {
      List<String> problems = new ArrayList<>();
      assertThat(key(text, problems)).isNull();
      assertThat(problems)
          .singleElement()
          .asString()
          .contains("--acme_key", "-----BEGIN", "projects/PROJECT/secrets/SECRET")
          .doesNotContain("hunter");
    }
    assertThat(new GivenSecret("acme_key", GivenSecret.Place.FILE, "hunter").toString())
        .isEqualTo("--acme_key (FILE)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/projects/certs/ca.pem", "projects/ca.pem", "/secrets/ca.pem"})
  void aFileMayLieInAFolderOfAnyName(String path) {
    List<String> problems = new ArrayList<>();
    assertThat(key(path, problems))
        .isEqualTo(new GivenSecret("acme_key", GivenSecret.Place.FILE, path));
    assertThat(problems).isEmpty();
    assertThat(key("projects/P/secrets/s", problems)).isNull();
    assertThat(problems).singleElement().asString().contains("--acme_key");
  }

  @Test
  void aBlankSecretCountsAsNotGiven() {
    ConnectorOption<String> token = ConnectorOption.string("token", "A token.").withSecret();
    for (String text : List.of("", "t")) {
      ParsedConfig config =
          ParsedConfig.parse("acme", List.of(token), Map.of("acme_token", text), new ArrayList<>());
      assertThat(config.isGiven(token)).isEqualTo(!text.isEmpty());
    }
  }

  @Test
  void aBlankValueCountsAsNotGiven() {
    List<String> problems = new ArrayList<>();
    ParsedConfig config = parse(Map.of("acme_host", "h", "acme_port", " "), problems);
    assertThat(config.get(PORT)).isEqualTo(5L);
    assertThat(config.isGiven(PORT)).isFalse();
    assertThat(problems).isEmpty();
  }

  @Test
  void aUrlIsNotRepeatedSinceItMayHoldAPassword() {
    ConnectorOption<String> host = HOST.withPattern("[a-z.]+");
    assertThatThrownBy(() -> host.parse("acme_host", "jdbc:acme://u:hunter@h/db"))
        .hasMessageContaining("--acme_host")
        .message()
        .doesNotContain("hunter");
  }

  @Test
  void durationsTakeUnits() {
    ConnectorOption<Duration> lag = ConnectorOption.duration("lag", "A lag.");
    assertThat(lag.parse("lag", "90")).isEqualTo(Duration.ofSeconds(90));
    assertThat(lag.parse("lag", "15m")).isEqualTo(Duration.ofMinutes(15));
    assertThat(lag.parse("lag", "2d")).isEqualTo(Duration.ofDays(2));
    assertThatThrownBy(() -> lag.parse("lag", "-1s"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--lag: '-1s'");
  }

  @Test
  void enumsTakeAnyCaseAndListWhatThereIs() {
    assertThat(SyncOptions.WRITE_DISPOSITION.parse("write_disposition", "write_merge"))
        .hasToString("WRITE_MERGE");
    assertThatThrownBy(() -> SyncOptions.WRITE_DISPOSITION.parse("write_disposition", "UPSERT"))
        .hasMessage(
            "--write_disposition: 'UPSERT' is not one of WRITE_APPEND, WRITE_TRUNCATE, WRITE_EMPTY,"
                + " WRITE_MERGE");
  }

  @Test
  void nearNamesAreSuggested() {
    assertThat(NearNames.of("postgres_host", List.of("postgresql_host", "batch_size")))
        .containsExactly("postgresql_host");
    assertThat(NearNames.of("zzz", List.of("host", "port"))).isEmpty();
  }
}
