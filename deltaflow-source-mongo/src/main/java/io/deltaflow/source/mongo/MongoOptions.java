package io.deltaflow.source.mongo;

import io.deltaflow.spi.ConnectorOption;
import java.time.Duration;
import java.util.List;

/**
 * The options of the connector {@code mongodb}; the flag of option {@code host} is {@code
 * mongodb_host}.
 */
public final class MongoOptions {
  private static final String CONNECTION = "Connection";
  private static final String DATA = "What to read";
  private static final String SCHEMA = "Schema";

  public static final ConnectorOption<String> HOST =
      ConnectorOption.string(
              "host", "Name or address of the server. Required without connection_string.")
          .withExample("10.0.0.5")
          .withGroup(CONNECTION);

  public static final ConnectorOption<Long> PORT =
      ConnectorOption.integer("port", "Port of the server.")
          .withDefault(27017L)
          .withPattern(
              "0*([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])")
          .withGroup(CONNECTION);

  public static final ConnectorOption<String> DATABASE =
      ConnectorOption.string(
              "database", "Database to read. Required unless the connection string names one.")
          .withExample("user_data")
          .withGroup(CONNECTION);

  public static final ConnectorOption<String> USERNAME =
      ConnectorOption.string(
              "username",
              "User to log in as. The role `read` on the database is enough; `clusterMonitor` lets"
                  + " Smart Sync tell one replica set from another.")
          .withExample("deltaflow")
          .withGroup(CONNECTION);

  public static final ConnectorOption<String> PASSWORD =
      ConnectorOption.string(
              "password", "Password of the user, or better the name of the secret that holds it.")
          .withSecret()
          .withGroup(CONNECTION);

  public static final ConnectorOption<String> AUTH_SOURCE =
      ConnectorOption.string("auth_source", "Database that the user is defined in.")
          .withDefault("admin")
          .withGroup(CONNECTION);

  public static final ConnectorOption<Boolean> TLS =
      ConnectorOption.bool(
              "tls",
              "Encrypts the connection and checks the server's certificate and its name. A"
                  + " connection string says so itself: tls=true.")
          .withDefault(false)
          .withGroup(CONNECTION);

  public static final ConnectorOption<String> TLS_CA_FILE =
      ConnectorOption.string(
              "tls_ca_file",
              "Certificates, in PEM, of the authorities that may sign the server's; also with a"
                  + " connection string. Without it, the authorities that the JVM trusts.")
          .withFile()
          .withExample("gs://my-bucket/ca.pem")
          .withGroup(CONNECTION);

  public static final ConnectorOption<String> TLS_CERTIFICATE_KEY_FILE =
      ConnectorOption.string(
              "tls_certificate_key_file",
              "Certificate to show to the server and its private key, both in PEM in one file and"
                  + " not encrypted; also with a connection string. Best in Secret Manager.")
          .withFile()
          .withGroup(CONNECTION);

  public static final ConnectorOption<String> CONNECTION_STRING =
      ConnectorOption.string(
              "connection_string",
              "A mongodb:// or mongodb+srv:// connection string, or better the name of the secret"
                  + " that holds it. It wins over host, port, username,"
                  + " password and auth_source; database wins over the one that it names.")
          .withSecret()
          .withGroup(CONNECTION);

  public static final ConnectorOption<Long> MAX_CONNECTIONS =
      ConnectorOption.integer(
              "max_connections",
              "Connections that one worker reads with at most, over all its splits; the driver has"
                  + " one more to watch each server.")
          .withDefault(4L)
          .withPattern("[1-9][0-9]{0,3}")
          .withGroup(CONNECTION);

  public static final ConnectorOption<Duration> CONNECT_TIMEOUT =
      ConnectorOption.duration("connect_timeout", "How long to wait for a server.")
          .withDefault(Duration.ofSeconds(10))
          .withGroup(CONNECTION);

  public static final ConnectorOption<String> COLLECTION =
      ConnectorOption.string("collection", "Collection, view or time series collection to read.")
          .withExample("profiles")
          .withGroup(DATA);

  public static final ConnectorOption<String> QUERY =
      ConnectorOption.json(
              "query",
              "Filter as in find(), as Extended JSON. Operators that run JavaScript are refused.")
          .withExample(
              "{\"status\":\"active\",\"joined\":{\"$gte\":{\"$date\":\"2026-01-01T00:00:00Z\"}}}")
          .withGroup(DATA);

  public static final ConnectorOption<String> PROJECTION =
      ConnectorOption.json("projection", "Fields as in find(), as Extended JSON.")
          .withExample("{\"password_hash\":0}")
          .withGroup(DATA);

  static final ConnectorOption<SchemaMode> SCHEMA_MODE =
      ConnectorOption.enumeration(
              "schema_mode",
              SchemaMode.class,
              "Which documents the schema is inferred from: SAMPLE looks at sample_size of them and"
                  + " the newest, CENSUS at all. A run fails at a field or a type that they do not"
                  + " have.")
          .withDefault(SchemaMode.SAMPLE)
          .withGroup(SCHEMA);

  public static final ConnectorOption<Long> SAMPLE_SIZE =
      ConnectorOption.integer("sample_size", "Documents in the sample.")
          .withDefault(10_000L)
          .withPattern("[1-9][0-9]{0,6}")
          .withGroup(SCHEMA);

  static final ConnectorOption<Nested> NESTED =
      ConnectorOption.enumeration(
              "nested",
              Nested.class,
              "What documents and arrays become: JSON, or STRUCT and REPEATED where all have one"
                  + " shape.")
          .withDefault(Nested.JSON)
          .withGroup(SCHEMA);

  static final ConnectorOption<LegacyUuid> LEGACY_UUID =
      ConnectorOption.enumeration(
              "legacy_uuid",
              LegacyUuid.class,
              "Which driver wrote UUIDs of the old binary subtype 3, whose bytes each ordered in"
                  + " its own way.")
          .withDefault(LegacyUuid.PYTHON)
          .withGroup(SCHEMA);

  private MongoOptions() {}

  static List<ConnectorOption<?>> all() {
    return List.of(
        HOST,
        PORT,
        DATABASE,
        USERNAME,
        PASSWORD,
        AUTH_SOURCE,
        TLS,
        TLS_CA_FILE,
        TLS_CERTIFICATE_KEY_FILE,
        CONNECTION_STRING,
        MAX_CONNECTIONS,
        CONNECT_TIMEOUT,
        COLLECTION,
        QUERY,
        PROJECTION,
        SCHEMA_MODE,
        SAMPLE_SIZE,
        NESTED,
        LEGACY_UUID);
  }
}
