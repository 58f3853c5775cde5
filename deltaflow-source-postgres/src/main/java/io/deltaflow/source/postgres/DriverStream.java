package io.deltaflow.source.postgres;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.PGStream;
import org.postgresql.core.QueryExecutorBase;
import org.postgresql.core.VisibleBufferedInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the driver reads from, with a buffer that is large enough for a COPY. For its rows the
 * driver offers an array and two locks each, which is a tenth of what reading and writing a row
 * costs, and tells how large a row is only once it is in memory. The driver keeps its stream to
 * itself, so that another version of it may have none.
 */
final class DriverStream {
  /** What one read may bring; the driver's own 8 KB make eight times as many. */
  static final int BUFFER_BYTES = 1 << 16;

  private static final Logger LOG = LoggerFactory.getLogger(DriverStream.class);
  private static final Field STREAM = field(QueryExecutorBase.class, "pgStream");
  private static final Field INPUT = field(PGStream.class, "pgInput");

  private DriverStream() {}

  private static Field field(Class<?> owner, String name) {
    try {
      Field field = owner.getDeclaredField(name);
      field.setAccessible(true);
      return field;
    } catch (NoSuchFieldException | InaccessibleObjectException | SecurityException e) {
      LOG.warn("This version of the PostgreSQL driver is read through its slower interface", e);
      return null;
    }
  }

  /** Empty when this driver has none. To be called between statements. */
  static Optional<VisibleBufferedInputStream> of(Connection connection) throws SQLException {
    Object executor = connection.unwrap(BaseConnection.class).getQueryExecutor();
    if (STREAM == null || INPUT == null || !(executor instanceof QueryExecutorBase)) {
      return Optional.empty();
    }
    try {
      return STREAM.get(executor) instanceof PGStream stream
              && INPUT.get(stream) instanceof VisibleBufferedInputStream input
          ? Optional.of(widened(stream, input))
          : Optional.empty();
    } catch (IllegalAccessException e) {
      throw new AssertionError("the fields were made accessible", e);
    } catch (IOException e) {
      throw new SQLException(
          "The connection broke: " + e.getMessage(), SqlErrors.CONNECTION_FAILURE, e);
    }
  }

  private static VisibleBufferedInputStream widened(
      PGStream stream, VisibleBufferedInputStream input)
      throws IOException, IllegalAccessException {
    // What has been received already must not be left behind in the old buffer.
    if (input.getBuffer().length >= BUFFER_BYTES || input.available() > 0) {
      return input;
    }
    VisibleBufferedInputStream wide =
        new VisibleBufferedInputStream(input.getWrapped(), BUFFER_BYTES);
    wide.setTimeoutRequested(stream.getNetworkTimeout() != 0);
    INPUT.set(stream, wide);
    return wide;
  }
}
