package io.deltaflow.source.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A connection borrowed from its pool. */
final class Lease implements AutoCloseable {
  private final Pool pool;
  private final Connection connection;
  private final String login;
  private final ConnectionSettings settings;
  private boolean usable = true;
  private boolean closed;

  Lease(Pool pool, Connection connection, String login, ConnectionSettings settings) {
    this.pool = pool;
    this.connection = connection;
    this.login = login;
    this.settings = settings;
  }

  Connection connection() {
    return connection;
  }

  ConnectionSettings settings() {
    return settings;
  }

  /**
   * Starts a read-only transaction whose texts depend on no setting of the role, the server or this
   * JVM. Set for the transaction and not for the session, since a pooler may hand every transaction
   * another session.
   */
  void begin() throws SQLException {
    connection.setAutoCommit(false);
    StringBuilder setup =
        new StringBuilder(
            "SET LOCAL TimeZone = 'UTC'; SET LOCAL IntervalStyle = 'iso_8601';"
                + " SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL extra_float_digits = 3;"
                + " SET LOCAL bytea_output = 'hex'; SET LOCAL standard_conforming_strings = on");
    if (settings.statementTimeout() != null) {
      setup
          .append("; SET LOCAL statement_timeout = ")
          .append(settings.statementTimeout().toMillis());
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(setup.toString());
    }
  }

  /** Reads the first column of the first row as text; null when it is NULL. */
  String queryText(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // Braces in a user's query are no JDBC escapes.
      statement.setEscapeProcessing(false);
      try (ResultSet rows = statement.executeQuery(sql)) {
        rows.next();
        return rows.getString(1);
      }
    }
  }

  /** The connection is in an unknown state and must not be used again. */
  void discard() {
    usable = false;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (usable && !connection.getAutoCommit()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      usable = usable && !connection.isClosed();
    } catch (SQLException e) {
      // What was read has been read; the server took the connection away afterwards.
      usable = false;
    } finally {
      pool.giveBack(connection, login, usable);
    }
  }
}
