package io.deltaflow.source.postgres;

import io.deltaflow.spi.ConnectorOption;
import java.time.Duration;
import java.util.List;

/**
 * The options of the connector {@code postgresql}; the flag of option {@code host} is {@code
 * postgresql_host}.
 */
public final class PostgresOptions {
  private static final String CONNECTION = "Connection";
  private static final String DATA = "What to read";
  private static final String READING = "Reading";
  private static final String WINDOW = "Smart Sync";

  public static final ConnectorOption<String> HOST =
      ConnectorOption.string(
              "host", "Name or address of the server. Required without cloud_sql_instance.")
          .withRequiredUnless("cloud_sql_instance")
          .withExample("10.0.0.5")
          .withGroup(CONNECTION);

  public static final ConnectorOption<Long> PORT =
      ConnectorOption.integer("port", "Port of the server.")
          .withDefault(5432L)
          .withPattern(
              "0*([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])")
          .withGroup(CONNECTION);

  public static final ConnectorOption<String> DATABASE =
      ConnectorOption.string("database", "Database to read.")
          .withRequired()
          .withExample("shop")
          .withGroup(CONNECTION);

  public static final ConnectorOption<String> USERNAME =
      ConnectorOption.string(
              "username",
              "Role to log in as. It needs SELECT on what is read; membership in pg_read_all_stats"
                  + " lets Smart Sync see transactions of other roles.")
          .withRequired()
          .withExample("deltaflow")
          .withGroup(CONNECTION);

  public static final ConnectorOption<String> PASSWORD =
      ConnectorOption.string(
              "password", "Password of the role, or better the name of the secret that holds it.")
          .withSecret()
          .withGroup(CONNECTION);

  static final ConnectorOption<SslMode> SSLMODE =
      ConnectorOption.enumeration(
              "sslmode",
              SslMode.class,
              "Encryption and server checks. Only verify-full protects against a server that poses"
                  + " as yours; disable, allow and prefer may send rows unencrypted.")
          .withDefault(SslMode.PREFER)
          .withGroup(CONNECTION);

  public static final ConnectorOption<String> SSLROOTCERT =
      ConnectorOption.string(
              "sslrootcert",
              "Certificates, in PEM, of the authorities that may sign the server's; for sslmode"
                  + " verify-ca and verify-full. Without it, the authorities that the JVM trusts.")
          .withFile()
          .withExample("gs://my-bucket/ca.pem")
          .withGroup(CONNECTION);

  public static final ConnectorOption<String> SSLCERT =
      ConnectorOption.string(
              "sslcert", "Certificate to show to the server, in PEM, for servers that ask for one.")
          .withFile()
          .withGroup(CONNECTION);

  public static final ConnectorOption<String> SSLKEY =
      ConnectorOption.string(
              "sslkey", "Private key of sslcert, in PEM and not encrypted; best in Secret Manager.")
          .withFile()
          .withGroup(CONNECTION);

  public static final ConnectorOption<String> CLOUD_SQL_INSTANCE =
      ConnectorOption.string(
              "cloud_sql_instance",
              "Connect to this instance of Cloud SQL through its connector, which encrypts and"
                  + " checks the server by itself; in place of host, port and the ssl options."
                  + " Needs roles/cloudsql.client.")
          .withPattern("[a-z0-9.-]+(:[a-z0-9.-]+)?:[a-z0-9-]+:[a-z0-9-]+")
          .withExample("my-project:europe-west3:shop")
          .withGroup(CONNECTION);

  public static final ConnectorOption<List<String>> CLOUD_SQL_IP_TYPES =
      ConnectorOption.list(
              "cloud_sql_ip_types",
              "Which address of the instance to use: the first of these kinds that it has.")
          .withDefault(List.of("PRIVATE", "PUBLIC", "PSC"))
          .withPattern("(PRIVATE|PUBLIC|PSC)(,(PRIVATE|PUBLIC|PSC))*")
          .withGroup(CONNECTION);

  public static final ConnectorOption<Boolean> IAM_AUTH =
      ConnectorOption.bool(
              "iam_auth",
              "Log in to cloud_sql_instance as the service account that runs this, without a"
                  + " password; username is the account without .gserviceaccount.com. Needs"
                  + " roles/cloudsql.instanceUser.")
          .withDefault(false)
          .withGroup(CONNECTION);

  public static final ConnectorOption<Long> MAX_CONNECTIONS =
      ConnectorOption.integer(
              "max_connections", "Connections that one worker holds at most, over all its splits.")
          .withDefault(4L)
          .withPattern("[1-9][0-9]{0,3}")
          .withGroup(CONNECTION);

  public static final ConnectorOption<Duration> CONNECT_TIMEOUT =
      ConnectorOption.duration("connect_timeout", "How long to wait for a new connection.")
          .withDefault(Duration.ofSeconds(10))
          .withGroup(CONNECTION);

  public static final ConnectorOption<Duration> STATEMENT_TIMEOUT =
      ConnectorOption.duration(
              "statement_timeout",
              "The server ends a statement, such as the read of one split, after this time; 0 never"
                  + " does. Without the option the role's own setting applies.")
          .withGroup(CONNECTION);

  public static final ConnectorOption<Duration> SOCKET_TIMEOUT =
      ConnectorOption.duration(
              "socket_timeout",
              "A connection on which nothing arrives for so long, while something is waited for, is"
                  + " given up, and the split read again. It must be longer than the slowest query"
                  + " takes to give its first row. Without the option, or with 0, it waits for"
                  + " ever.")
          .withGroup(CONNECTION);

  public static final ConnectorOption<String> APPLICATION_NAME =
      ConnectorOption.string(
              "application_name", "Shown in pg_stat_activity, followed by ' [reader]'.")
          .withDefault("deltaflow")
          .withPattern("[ -~]{1,40}")
          .withGroup(CONNECTION);

  public static final ConnectorOption<String> TABLE =
      ConnectorOption.string(
              "table",
              "Table, view, materialised view or foreign table to read: schema.table, quoted as in"
                  + " SQL where a name has capitals or special characters.")
          .withExample("public.orders")
          .withGroup(DATA);

  public static final ConnectorOption<String> QUERY =
      ConnectorOption.string("query", "One SELECT to read in place of a table.")
          .withExample("SELECT * FROM users")
          .withGroup(DATA);

  public static final ConnectorOption<String> BASE_QUERY =
      ConnectorOption.string(
              "base_query",
              "The SELECT that Smart Sync reads, with the placeholders {start_timestamp} and"
                  + " {end_timestamp}. Its window is cut exactly whichever comparisons it uses,"
                  + " provided that the cursor is among its columns.")
          .withExample(
              "SELECT * FROM orders WHERE updated_at > '{start_timestamp}' AND updated_at <="
                  + " '{end_timestamp}'")
          .withGroup(DATA);

  public static final ConnectorOption<String> SPLIT_COLUMN =
      ConnectorOption.string(
              "split_column",
              "Column whose ranges are read in parallel; else the first column of a table's primary"
                  + " key. Its values must never change while a run reads. Required for a parallel"
                  + " read of a query or a view.")
          .withExample("id")
          .withGroup(READING);

  public static final ConnectorOption<String> SOURCE_TIMEZONE =
      ConnectorOption.string(
              "source_timezone",
              "Time zone of `timestamp` (without time zone) and `date` values. Given, `timestamp`"
                  + " columns become TIMESTAMP instead of DATETIME; a Smart Sync cursor of type"
                  + " `timestamp` requires it.")
          .withExample("Europe/Berlin")
          .withGroup(READING);

  static final ConnectorOption<ReadMethod> READ_METHOD =
      ConnectorOption.enumeration(
              "read_method",
              ReadMethod.class,
              "copy reads with COPY, cursor with a server-side cursor, auto with COPY unless the"
                  + " server refuses it.")
          .withDefault(ReadMethod.AUTO)
          .withGroup(READING);

  public static final ConnectorOption<Duration> OPEN_TRANSACTION_WAIT =
      ConnectorOption.duration(
              "open_transaction_wait",
              "How long planning waits for open transactions to end where their rows cannot be told"
                  + " from the window's: an integer cursor, a prepared transaction before the first"
                  + " run, or a role without pg_read_all_stats.")
          .withDefault(Duration.ofSeconds(30))
          .withGroup(WINDOW);

  public static final ConnectorOption<List<String>> IGNORE_APPLICATIONS =
      ConnectorOption.list(
              "ignore_applications",
              "Application names whose open transactions never write to what is read, and so do not"
                  + " hold the window's end back.")
          .withExample("pgAdmin 4,pg_dump")
          .withGroup(WINDOW);

  private PostgresOptions() {}

  static List<ConnectorOption<?>> all() {
    return List.of(
        HOST,
        PORT,
        DATABASE,
        USERNAME,
        PASSWORD,
        SSLMODE,
        SSLROOTCERT,
        SSLCERT,
        SSLKEY,
        CLOUD_SQL_INSTANCE,
        CLOUD_SQL_IP_TYPES,
        IAM_AUTH,
        MAX_CONNECTIONS,
        CONNECT_TIMEOUT,
        STATEMENT_TIMEOUT,
        SOCKET_TIMEOUT,
        APPLICATION_NAME,
        TABLE,
        QUERY,
        BASE_QUERY,
        SPLIT_COLUMN,
        SOURCE_TIMEZONE,
        READ_METHOD,
        OPEN_TRANSACTION_WAIT,
        IGNORE_APPLICATIONS);
  }
}
