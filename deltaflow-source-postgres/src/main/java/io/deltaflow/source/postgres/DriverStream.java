package io.deltaflow.source.postgres;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.PGStream;
import org.postgresql.core.QueryExecutorBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream on which the driver talks to the server. For rows of a COPY it offers an array and two
 * locks each, which is a tenth of what reading and writing a row costs, and tells how large a row
 * is only once it is in memory. The driver keeps its stream to itself, so that another version of
 * it may have none.
 */
final class DriverStream {
  private static final Logger LOG = LoggerFactory.getLogger(DriverStream.class);
  private static final Field FIELD = field();

  private DriverStream() {}

  private static Field field() {
    try {
      Field field = QueryExecutorBase.class.getDeclaredField("pgStream");
      field.setAccessible(true);
      return field;
    } catch (NoSuchFieldException | InaccessibleObjectException | SecurityException e) {
      LOG.warn("This version of the PostgreSQL driver is read through its slower interface", e);
      return null;
    }
  }

  /** Empty when this driver has none. */
  static Optional<PGStream> of(Connection connection) throws SQLException {
    Object executor = connection.unwrap(BaseConnection.class).getQueryExecutor();
    if (FIELD == null || !(executor instanceof QueryExecutorBase)) {
      return Optional.empty();
    }
    try {
      return FIELD.get(executor) instanceof PGStream stream
          ? Optional.of(stream)
          : Optional.empty();
    } catch (IllegalAccessException e) {
      throw new AssertionError("the field was made accessible", e);
    }
  }
}
