package io.deltaflow.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.deltaflow.source.postgres.TestConfig.Opened;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.SecretRef;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.DeltaFlowException;
import io.deltaflow.spi.error.SourceException;
import io.deltaflow.testing.PostgresServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLHandshakeException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorsTest {
  private static final String DATABASE = "errors";
  private static final PostgresServer SERVER = TestServer.get();

  @BeforeAll
  static void createTables() {
    SERVER.createDatabase(DATABASE);
    SERVER.executeIn(
        DATABASE,
        "CREATE TABLE orders (id int PRIMARY KEY, amount int, note text)",
        "INSERT INTO orders SELECT i, i, repeat('x', 1000) FROM generate_series(1, 50000) AS i",
        "CREATE TABLE \"Customers\" (id int)",
        "CREATE SCHEMA sales",
        "CREATE TABLE sales.invoices (id int)",
        "CREATE SCHEMA closed",
        "CREATE TABLE closed.vault (id int)",
        "CREATE TABLE broken (id int)",
        "INSERT INTO broken VALUES (1), (0)",
        "DROP ROLE IF EXISTS poor",
        "CREATE ROLE poor LOGIN PASSWORD 'poor'",
        "REVOKE ALL ON SCHEMA closed FROM PUBLIC");
  }

  private static TestConfig config() {
    return TestConfig.of(SERVER, DATABASE).with("table", "orders");
  }

  private static <T extends DeltaFlowException> T failure(TestConfig config, Class<T> type) {
    Opened opened = config.open();
    return catchThrowableOfType(type, () -> Rows.detect(opened));
  }

  private static String trace(Throwable e) {
    StringWriter text = new StringWriter();
    e.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Test
  void aWrongPasswordIsNamedByFlagAndNeverShown() {
    // Leaves a connection behind that was opened with the right one.
    assertThat(Rows.detect(config().open())).isNotNull();
    ConfigurationException e =
        failure(config().with("password", "S3cr3t-wrong"), ConfigurationException.class);
    assertThat(e)
        .hasMessageContaining("127.0.0.1:" + SERVER.port())
        .hasMessageContaining("'postgres'")
        .hasMessageContaining("--postgresql_password")
        .hasMessageContaining("--postgresql_username");
    assertThat(trace(e)).doesNotContain("S3cr3t-wrong");
  }

  @Test
  void aMissingPasswordIsAskedForByItsFlag() {
    assertThat(failure(config().with("password", ""), ConfigurationException.class))
        .hasMessageContaining("the server asks for a password; give --postgresql_password");
  }

  @Test
  void aRoleThatDoesNotExistIsAWrongLogin() {
    assertThat(failure(config().with("username", "nobody"), ConfigurationException.class))
        .hasMessageContaining("'nobody'");
  }

  @Test
  void aMissingPasswordIsNamed() {
    TestConfig config = config();
    config.options().remove("password");
    assertThat(failure(config, ConfigurationException.class))
        .hasMessageContaining("--postgresql_password");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "projects/shop/secrets/reader/versions/latest",
        "projects/shop/locations/europe-west1/secrets/reader/versions/3"
      })
  void theNameOfASecretIsNotTakenForThePassword(String name) {
    assertThat(failure(config().with("password", name), ConfigurationException.class))
        .hasMessageContaining("--postgresql_password")
        .hasMessageContaining("deltaflow-secrets-google");
  }

  @Test
  void anUnknownDatabaseIsNamed() {
    assertThat(failure(config().with("database", "no such"), ConfigurationException.class))
        .hasMessageContaining("'no such'")
        .hasMessageContaining("--postgresql_database");
  }

  @Test
  void aDatabaseNameCarriesNoConnectionProperties() {
    ConfigurationException e =
        failure(
            config().with("database", DATABASE + "?user=poor&password=poor"),
            ConfigurationException.class);
    assertThat(e).hasMessageContaining("there is no database '" + DATABASE + "?user=poor");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/b", "host?x=y", "h;x", "user@host", ""})
  void aHostIsOnlyAHost(String host) {
    assertThatThrownBy(() -> config().with("host", host).open())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("postgresql_host");
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "database"})
  void aUrlInTheWrongPlaceIsRefusedWithoutItsPassword(String option) {
    TestConfig config = config().with(option, "jdbc:postgresql://u:hunter2@db.example/shop");
    assertThatThrownBy(() -> Rows.detect(config.open()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--postgresql_" + option)
        .hasMessageContaining("URL")
        .hasMessageContaining("--postgresql_username")
        .hasMessageContaining("--postgresql_password")
        .satisfies(e -> assertThat(trace(e)).doesNotContain("hunter2"));
  }

  @Test
  void anUnknownHostIsNamed() {
    assertThat(failure(config().with("host", "no-such-host.invalid"), ConfigurationException.class))
        .hasMessageContaining("no-such-host.invalid")
        .hasMessageContaining("--postgresql_host");
  }

  @Test
  void aServerThatDoesNotListenIsAPassingFailure() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    SourceException e = failure(config().with("port", String.valueOf(free)), SourceException.class);
    assertThat(e.isPassing()).isTrue();
    assertThat(e)
        .hasMessageContaining("127.0.0.1:" + free)
        .hasMessageContaining("--postgresql_port");
  }

  @Test
  void aServerWithoutEncryptionIsNamedWhereItIsRequired() {
    assertThat(failure(config().with("sslmode", "require"), ConfigurationException.class))
        .hasMessageContaining("the server has no TLS, which --postgresql_sslmode=require asks for")
        .hasMessageContaining("ssl = on");
  }

  @ParameterizedTest
  @CsvSource({
    "order, did you mean public.orders?",
    "public.odrers, did you mean public.orders?",
    "Customers, did you mean public.\"Customers\"?",
    "public.invoices, it exists as sales.invoices",
    "invoices, it exists as sales.invoices",
    "sales.zzzzzzzzzz, double quotes"
  })
  void aTableThatIsNotThereComesWithItsNeighbours(String table, String hint) {
    assertThat(failure(config().with("table", table), ConfigurationException.class))
        .hasMessageContaining("--postgresql_table")
        .hasMessageContaining("'" + DATABASE + "'")
        .hasMessageContaining(hint);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.b.c",
        "orders; DROP TABLE orders",
        "orders--",
        "\"open",
        "a b",
        "`a`",
        "orders\0",
        ".a",
        "a.",
        "1a",
        "(SELECT 1)"
      })
  void aNameThatIsNoneIsRefusedBeforeAnyContact(String table) {
    assertThatThrownBy(() -> config().with("table", table).open())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--postgresql_table");
  }

  @Test
  void missingGrantsAreNamed() {
    TestConfig poor = config().with("username", "poor").with("password", "poor");
    assertThat(failure(poor.with("table", "closed.vault"), SourceException.class))
        .hasMessageContaining("GRANT USAGE ON SCHEMA \"closed\" TO \"poor\"");
    assertThat(failure(poor.with("table", "orders"), SourceException.class))
        .hasMessageContaining("GRANT SELECT ON \"public\".\"orders\" TO \"poor\"");
    SERVER.executeIn(DATABASE, "GRANT SELECT (id, amount) ON orders TO poor");
    assertThat(failure(poor, SourceException.class))
        .hasMessageContaining("GRANT SELECT (\"note\") ON \"public\".\"orders\"");
    assertThat(
            Rows.detect(poor.with("query", "SELECT id FROM orders").open())
                .schema()
                .getFieldCount())
        .isEqualTo(1);
    TestConfig query = poor.with("query", "SELECT note FROM orders");
    Opened opened = query.open();
    assertThatThrownBy(() -> Rows.detect(opened))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("permission denied for table orders")
        .hasMessageContaining("'poor'");
  }

  @Test
  void anErrorInMidReadKeepsTheServersWords() {
    Opened opened = config().with("query", "SELECT 10 / id AS q FROM broken").open();
    assertThatThrownBy(() -> Rows.all(opened))
        .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.isPassing()).isFalse())
        .hasMessageContaining("division by zero")
        .hasMessageContaining("the query of --postgresql_query");
  }

  @Test
  void aStatementTimeoutIsNamedWithItsRemedy() {
    Opened opened =
        config()
            .with("query", "SELECT id, pg_sleep(0.001)::text AS s FROM orders")
            .with("statement_timeout", "300ms")
            .open();
    assertThatThrownBy(() -> Rows.all(opened))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("statement timeout")
        .hasMessageContaining("--postgresql_statement_timeout")
        .hasMessageContaining("--postgresql_split_column");
  }

  @Test
  void aConnectionCutInMidReadIsAPassingFailureAndTheSplitCanBeReadAgain() throws Exception {
    Opened opened = config().open();
    ReadRequest request = Rows.request(opened);
    Split split = opened.source().split(request, opened.context()).get(0);
    assertThatThrownBy(
            () -> {
              try (RowReader reader = opened.source().open(split, request, opened.context())) {
                assertThat(reader.advance()).isTrue();
                SERVER.executeIn(
                    DATABASE,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        + " WHERE application_name = 'deltaflow [reader]' AND datname = '"
                        + DATABASE
                        + "'");
                while (reader.advance()) {
                  assertThat(reader.row()).isNotNull();
                }
              }
            })
        .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.isPassing()).isTrue());
    assertThat(Rows.read(opened, request)).hasSize(50_000);
  }

  @Test
  void aColumnThatIsGoneSinceDetectionIsNamed() {
    SERVER.executeIn(
        DATABASE, "DROP TABLE IF EXISTS changing", "CREATE TABLE changing (id int, v text, w int)");
    Opened opened = config().with("table", "changing").open();
    ReadRequest request = Rows.request(opened);
    SERVER.executeIn(DATABASE, "ALTER TABLE changing DROP COLUMN v");
    assertThatThrownBy(() -> Rows.read(opened, request))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("column t.v does not exist")
        .hasMessageContaining("altered since the run was planned");
    SERVER.executeIn(
        DATABASE,
        "ALTER TABLE changing DROP COLUMN id",
        "ALTER TABLE changing ADD COLUMN v text",
        "ALTER TABLE changing ADD COLUMN id date");
    Rows.detect(opened);
    assertThatThrownBy(() -> Rows.read(opened, request))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("column 'id' has another type");
  }

  @Test
  void aColumnWidenedSinceDetectionIsReadAsItWas() {
    SERVER.executeIn(
        DATABASE,
        "DROP TABLE IF EXISTS widening",
        "CREATE TABLE widening (v int)",
        "INSERT INTO widening VALUES (7)");
    Opened opened = config().with("table", "widening").open();
    ReadRequest request = Rows.request(opened);
    SERVER.executeIn(DATABASE, "ALTER TABLE widening ALTER COLUMN v TYPE bigint");
    assertThat(Rows.column(Rows.read(opened, request), "v")).containsExactly(7L);
    SERVER.executeIn(DATABASE, "ALTER TABLE widening ALTER COLUMN v TYPE float8");
    assertThat(Rows.column(Rows.read(opened, request), "v")).containsExactly(7L);
  }

  @Test
  void noMoreConnectionsAreOpenThanAllowed() throws Exception {
    Opened opened = config().with("max_connections", "2").with("application_name", "capped").open();
    ReadRequest request = Rows.request(opened).withDesiredSplits(6);
    List<Split> splits = opened.source().split(request, opened.context());
    assertThat(splits).hasSize(6);
    List<CompletableFuture<Integer>> reads = new ArrayList<>();
    AtomicBoolean tooMany = new AtomicBoolean();
    for (Split split : splits) {
      reads.add(
          CompletableFuture.supplyAsync(
              () -> {
                int rows = Rows.read(opened, split, request).size();
                int open =
                    Integer.parseInt(
                        SERVER.queryIn(
                            DATABASE,
                            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'capped"
                                + " [reader]'"));
                tooMany.compareAndSet(false, open > 2);
                return rows;
              },
              command -> new Thread(command).start()));
    }
    int rows = 0;
    for (CompletableFuture<Integer> read : reads) {
      rows += read.get(60, TimeUnit.SECONDS);
    }
    assertThat(rows).isEqualTo(50_000);
    assertThat(tooMany).isFalse();
  }

  @Test
  void idleConnectionsAreClosed() {
    Opened opened = config().with("application_name", "idle").open();
    Rows.detect(opened);
    String open = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'idle [reader]'";
    assertThat(SERVER.queryIn(DATABASE, open)).isEqualTo("1");
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .until(() -> SERVER.queryIn(DATABASE, open), "0"::equals);
  }

  @Test
  void aServerThatIsFullIsWaitedForAndThenAPassingFailure() throws Exception {
    SERVER.executeIn(
        "postgres",
        "DROP ROLE IF EXISTS one",
        "CREATE ROLE one LOGIN PASSWORD 'one' CONNECTION LIMIT 1");
    Opened opened =
        TestConfig.of(SERVER, "postgres")
            .with("username", "one")
            .with("password", "one")
            .with("connect_timeout", "1s")
            .with("query", "SELECT 1 AS one")
            .open();
    try (var occupied = SERVER.connect("postgres", "one", "one")) {
      assertThat(occupied.isValid(1)).isTrue();
      SourceException e = catchThrowableOfType(SourceException.class, () -> Rows.detect(opened));
      assertThat(e.isPassing()).isTrue();
      assertThat(e).hasMessageContaining("--postgresql_max_connections");
    }
    assertThat(Rows.all(opened)).hasSize(1);
  }

  private static SourceContext cancellable(SourceContext context, AtomicBoolean cancelled) {
    return new SourceContext() {
      @Override
      public String secret(SecretRef reference) {
        return context.secret(reference);
      }

      @Override
      public boolean isCancelled() {
        return cancelled.get();
      }
    };
  }

  @Test
  void aCancelledReadStopsAndFreesItsConnection() throws Exception {
    Opened opened =
        config().with("max_connections", "1").with("application_name", "cancelled").open();
    ReadRequest request = Rows.request(opened);
    Split split = opened.source().split(request, opened.context()).get(0);
    AtomicBoolean cancelled = new AtomicBoolean();
    assertThatThrownBy(
            () -> {
              try (RowReader reader =
                  opened.source().open(split, request, cancellable(opened.context(), cancelled))) {
                reader.advance();
                cancelled.set(true);
                for (int i = 0; i < 1000; i++) {
                  reader.advance();
                }
              }
            })
        .isInstanceOf(CancellationException.class);
    assertThat(Rows.detect(opened)).isNotNull();
  }

  @Test
  void aReaderClosedBeforeItsEndLeavesAUsablePool() throws Exception {
    Opened opened = config().with("max_connections", "1").with("application_name", "early").open();
    ReadRequest request = Rows.request(opened);
    Split split = opened.source().split(request, opened.context()).get(0);
    for (int i = 0; i < 5; i++) {
      try (RowReader reader = opened.source().open(split, request, opened.context())) {
        reader.advance();
      }
    }
    assertThat(Rows.read(opened, request)).hasSize(50_000);
  }

  @Test
  void aWeakConnectionOffLoopbackIsWarnedOf() {
    ConnectionSettings far =
        new ConnectionSettings(
            "db.example.com",
            5432,
            "d",
            "u",
            null,
            new TlsSettings(SslMode.PREFER, null, null, null),
            null,
            1,
            java.time.Duration.ZERO,
            null,
            java.time.Duration.ZERO,
            "a",
            new Flags("postgresql_"));
    assertThat(far.isExposed()).isTrue();
    assertThat(Rows.detect(config().open()).warnings()).isEmpty();
  }

  @Test
  void aServerFromWhichNothingComesIsGivenUp() {
    Opened opened =
        config()
            .with("query", "SELECT 1 AS one FROM pg_sleep(15)")
            .with("socket_timeout", "1s")
            .open();
    assertThatThrownBy(() -> Rows.all(opened))
        .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.isPassing()).isTrue())
        .hasMessageContaining("nothing came from the server for 1 s")
        .hasMessageContaining("--postgresql_socket_timeout");
  }

  @Test
  void cloudSqlTakesThePlaceOfHostAndEncryption() {
    TestConfig config = config().with("cloud_sql_instance", "p:europe-west3:shop");
    assertThatThrownBy(config::open)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--postgresql_cloud_sql_instance")
        .hasMessageContaining("--postgresql_host");
    config.without("host").with("port", "5432").with("sslmode", "prefer");
    assertThatThrownBy(() -> config.with("iam_auth", "true").open())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("leave --postgresql_password out");
    assertThatThrownBy(() -> config.with("password", "").with("port", "5433").open())
        .hasMessageContaining("--postgresql_port");
    config.with("port", "5432");
    assertThat(failure(config, ConfigurationException.class))
        .as("the connector is no part of this module")
        .hasMessageContaining("com.google.cloud.sql:postgres-socket-factory");
    assertThatThrownBy(() -> config.without("cloud_sql_instance").with("host", "h").open())
        .hasMessageContaining("--postgresql_iam_auth needs --postgresql_cloud_sql_instance");
  }

  private static ConnectionSettings cloudSql(boolean iamAuth) {
    return new ConnectionSettings(
        "localhost",
        5432,
        "shop",
        "sync@p.iam",
        null,
        new TlsSettings(SslMode.PREFER, null, null, null),
        new CloudSql("p:europe-west3:shop", List.of("PRIVATE"), iamAuth),
        4,
        java.time.Duration.ZERO,
        null,
        null,
        "a",
        new Flags("postgresql_"));
  }

  @ParameterizedTest
  @CsvSource({
    "28P01, true, roles/cloudsql.instanceUser",
    "28000, true, roles/cloudsql.instanceUser",
    "28P01, false, --postgresql_password",
    "28000, false, --postgresql_password",
    "08001, true, roles/cloudsql.client",
    "08004, false, roles/cloudsql.client",
    "08006, true, roles/cloudsql.client"
  })
  void adviceOnCloudSqlNamesOnlyWhatItTakes(String state, boolean iamAuth, String advice) {
    for (Exception cause :
        List.of(new UnknownHostException("h"), new SSLHandshakeException("no HostnameVerifier"))) {
      SQLException e = new SQLException("refused, HostnameVerifier", state, cause);
      assertThat(SqlErrors.connecting(e, cloudSql(iamAuth)))
          .message()
          .contains("Cloud SQL instance p:europe-west3:shop", advice)
          .doesNotContain("--postgresql_host", "--postgresql_ssl", "pg_hba.conf");
    }
    if (iamAuth) {
      assertThat(SqlErrors.connecting(new SQLException("no", state), cloudSql(true)))
          .message()
          .doesNotContain("--postgresql_password");
    }
  }

  @Test
  void aStoredPasswordThatWasChangedAMomentAgoIsReadAgain() throws Exception {
    SecretRef reference = () -> "postgresql_password";
    AtomicReference<String> remembered = new AtomicReference<>("old");
    AtomicInteger asked = new AtomicInteger();
    SourceContext context =
        new SourceContext() {
          @Override
          public String secret(SecretRef secret) {
            return remembered.get();
          }

          @Override
          public Optional<String> changed(SecretRef secret, String refused) {
            asked.incrementAndGet();
            String now = SERVER.password();
            remembered.set(now);
            return now.equals(refused) ? Optional.empty() : Optional.of(now);
          }
        };
    ConnectionSettings settings =
        new ConnectionSettings(
            SERVER.host(),
            SERVER.port(),
            DATABASE,
            SERVER.username(),
            reference,
            new TlsSettings(SslMode.PREFER, null, null, null),
            null,
            4,
            java.time.Duration.ofSeconds(10),
            null,
            null,
            "a",
            new Flags("postgresql_"));
    try (Connection connection = Login.connect(settings, context)) {
      assertThat(connection.isValid(10)).isTrue();
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void aStoredPasswordThatStaysWrongIsReadAgainOnceOnly() {
    AtomicInteger asked = new AtomicInteger();
    SourceContext context =
        new SourceContext() {
          @Override
          public String secret(SecretRef secret) {
            return "wrong";
          }

          @Override
          public Optional<String> changed(SecretRef secret, String refused) {
            asked.incrementAndGet();
            return Optional.of("wrong too");
          }
        };
    Opened opened = new Opened(config().open().source(), context);
    assertThatThrownBy(() -> Rows.detect(opened)).isInstanceOf(ConfigurationException.class);
    assertThat(asked).hasValue(1);
  }

  @Test
  void aSourceSurvivesTheWayToAWorker() throws Exception {
    Opened opened =
        config()
            .with("query", "SELECT id FROM orders")
            .with("base_query", "SELECT id FROM orders")
            .open();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(opened.source());
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      Opened copy = new Opened((io.deltaflow.spi.Source) in.readObject(), opened.context());
      assertThat(Rows.all(copy)).hasSize(50_000);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "source_timezone, Mars/Olympus, postgresql_source_timezone",
    "source_timezone, +02:00, postgresql_source_timezone",
    "sslmode, maybe, verify-full",
    "read_method, magic, cursor",
    "max_connections, 0, postgresql_max_connections",
    "port, http, postgresql_port",
    "port, 99999, postgresql_port"
  })
  void optionsWithoutMeaningAreRefused(String option, String value, String named) {
    assertThatThrownBy(() -> config().with(option, value).open())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(named);
  }
}
