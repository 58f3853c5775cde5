package io.deltaflow.scenarios;

import io.deltaflow.spi.CursorPosition;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.postgresql.PGConnection;

/** A transaction of another session of the source, open until it is ended. */
final class OpenTransaction implements AutoCloseable {
  private final Connection connection;

  private OpenTransaction(Connection connection) {
    this.connection = connection;
  }

  /** Begins one, which has written nothing yet. */
  static OpenTransaction begin(SyncBed bed) throws SQLException {
    Connection connection = bed.session();
    connection.setAutoCommit(false);
    OpenTransaction transaction = new OpenTransaction(connection);
    transaction.now();
    return transaction;
  }

  /** Its start, which stamps its rows, in ISO 8601 with six decimals. */
  String now() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet r = statement.executeQuery("SELECT " + SyncBed.iso("now()"))) {
      r.next();
      return r.getString(1);
    }
  }

  /** Another instant in the same form. */
  static String moved(String instant, long amount, ChronoUnit unit) {
    return CursorPosition.timestamp(Instant.parse(instant).plus(amount, unit)).toString();
  }

  String pid() throws SQLException {
    return Integer.toString(connection.unwrap(PGConnection.class).getBackendPID());
  }

  OpenTransaction execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
    return this;
  }

  void commit() throws SQLException {
    connection.commit();
  }

  /** Rolls back what is not committed. */
  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
