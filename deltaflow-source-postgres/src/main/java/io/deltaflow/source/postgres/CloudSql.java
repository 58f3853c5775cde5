package io.deltaflow.source.postgres;

import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import io.deltaflow.spi.error.ConfigurationException;
import java.io.Serializable;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.postgresql.PGProperty;

/**
 * An instance of Cloud SQL that is reached through Google's connector.
 *
 * @param ipTypes kinds of addresses, the first that the instance has is used
 * @param iamAuth whether the service account logs in, without a password
 */
record CloudSql(String instance, List<String> ipTypes, boolean iamAuth) implements Serializable {
  private static final String CONNECTOR = "com.google.cloud.sql.postgres.SocketFactory";

  /** Null when the server is reached by its host. */
  static CloudSql of(ConnectorConfig config) {
    Flags flags = Flags.of(config);
    String flag = flags.of(PostgresOptions.CLOUD_SQL_INSTANCE);
    String instance = config.find(PostgresOptions.CLOUD_SQL_INSTANCE).orElse(null);
    boolean iamAuth = config.get(PostgresOptions.IAM_AUTH);
    if (instance == null) {
      if (iamAuth) {
        throw new ConfigurationException(
            flags.of(PostgresOptions.IAM_AUTH)
                + " needs "
                + flag
                + ": it is Cloud SQL's own login");
      }
      return null;
    }
    Stream.of(
            PostgresOptions.HOST,
            PostgresOptions.PORT,
            PostgresOptions.SSLMODE,
            PostgresOptions.SSLROOTCERT,
            PostgresOptions.SSLCERT,
            PostgresOptions.SSLKEY)
        .filter(option -> isOther(config, option))
        .findFirst()
        .ifPresent(
            other -> {
              throw new ConfigurationException(
                  flag
                      + " is given together with "
                      + flags.of(other)
                      + ": the connector finds and encrypts by itself; leave one of them out");
            });
    if (iamAuth && config.isGiven(PostgresOptions.PASSWORD)) {
      throw new ConfigurationException(
          flags.of(PostgresOptions.IAM_AUTH)
              + " logs in without a password; leave "
              + flags.of(PostgresOptions.PASSWORD)
              + " out");
    }
    return new CloudSql(instance, config.get(PostgresOptions.CLOUD_SQL_IP_TYPES), iamAuth);
  }

  /** Whether it says something: some forms of launch send every default. */
  private static boolean isOther(ConnectorConfig config, ConnectorOption<?> option) {
    return config.isGiven(option)
        && (option.isSecret() || !config.find(option).equals(option.defaultValue()));
  }

  /** The driver's properties that send its connections through the connector. */
  void addTo(Properties p, Flags flags) {
    try {
      Class.forName(CONNECTOR, false, org.postgresql.Driver.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new ConfigurationException(
          flags.of(PostgresOptions.CLOUD_SQL_INSTANCE)
              + ": Cloud SQL's connector is not on the class path; add"
              + " com.google.cloud.sql:postgres-socket-factory",
          e);
    }
    PGProperty.SOCKET_FACTORY.set(p, CONNECTOR);
    // The connector's sockets are encrypted already.
    PGProperty.SSL_MODE.set(p, SslMode.DISABLE.toString());
    p.setProperty("cloudSqlInstance", instance);
    p.setProperty("ipTypes", String.join(",", ipTypes));
    if (iamAuth) {
      p.setProperty("enableIamAuth", "true");
      // Nobody reads it, since the connection itself logs in; the driver wants one to be there.
      PGProperty.PASSWORD.set(p, "none");
    }
  }
}
