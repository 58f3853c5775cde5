package io.deltaflow.source.postgres;

import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.error.InternalException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Arrays;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import org.postgresql.core.PGStream;

/**
 * Rows of COPY TO STDOUT in binary format. The server sends one message per row, the first behind a
 * header.
 */
final class CopyTuples implements Tuples {
  private static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0
  };
  private static final int HAS_OIDS = 1 << 16;

  private static final int COPY_DATA = 'd';
  private static final int BUFFER_BYTES = 1 << 14;

  private final Lease lease;
  private final SourceContext context;
  private final CopyOut copy;
  private final PGStream stream;
  private final int fields;
  private final LargeRows large = new LargeRows();
  private byte[] reused = new byte[BUFFER_BYTES];
  private byte[] buffer;
  private int start;
  private int end;
  private boolean headerRead;
  private boolean ended;

  CopyTuples(Lease lease, SourceContext context, String select, int fields) throws SQLException {
    this.lease = lease;
    this.context = context;
    this.copy =
        lease
            .connection()
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyOut("COPY (" + select + "\n) TO STDOUT (FORMAT binary)");
    this.stream = DriverStream.of(lease.connection()).orElse(null);
    this.fields = fields;
  }

  @Override
  public boolean next() throws SQLException {
    while (true) {
      if (!nextMessage()) {
        if (!ended) {
          throw new InternalException("COPY ended without its trailer");
        }
        return false;
      }
      start = headerRead ? 0 : skipHeader();
      if (start == end) {
        continue;
      }
      int count = Bytes.int16(buffer, start);
      if (count == -1) {
        ended = true;
        continue;
      }
      if (count != fields) {
        throw new InternalException("COPY sent " + count + " fields, expected " + fields);
      }
      start += 2;
      return true;
    }
  }

  /** Rows are read here, whatever else the server has to say is left to the driver. */
  private boolean nextMessage() throws SQLException {
    if (reused.length > LargeRows.BYTES) {
      // Before another split makes room for its own.
      reused = new byte[BUFFER_BYTES];
      buffer = reused;
    }
    large.leave();
    try {
      if (stream != null && stream.peekChar() == COPY_DATA) {
        stream.receiveChar();
        // The length counts itself.
        readMessage(stream.receiveInteger4() - 4);
        return true;
      }
    } catch (IOException e) {
      throw new SQLException(
          "The connection broke while rows were read: " + e.getMessage(),
          SqlErrors.CONNECTION_FAILURE,
          e);
    }
    buffer = copy.readFromCopy();
    end = buffer == null ? 0 : buffer.length;
    return buffer != null;
  }

  private void readMessage(int bytes) throws IOException {
    if (bytes > LargeRows.BYTES) {
      large.enter(context);
      reused = new byte[bytes];
    } else if (bytes > reused.length) {
      reused = new byte[Math.min(Math.max(2 * bytes, BUFFER_BYTES), LargeRows.BYTES)];
    }
    stream.receive(reused, 0, bytes);
    buffer = reused;
    end = bytes;
  }

  private int skipHeader() {
    if (!Arrays.equals(buffer, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length)) {
      throw new InternalException("COPY did not send PostgreSQL's binary format");
    }
    if ((Bytes.int32(buffer, SIGNATURE.length) & HAS_OIDS) != 0) {
      throw new InternalException("COPY sent a binary format with row OIDs");
    }
    headerRead = true;
    return SIGNATURE.length + 8 + Bytes.int32(buffer, SIGNATURE.length + 4);
  }

  @Override
  public byte[] buffer() {
    return buffer;
  }

  @Override
  public int start() {
    return start;
  }

  @Override
  public int end() {
    return end;
  }

  @Override
  public int fieldHeader() {
    return 0;
  }

  /**
   * Without the driver's cancelCopy, which can leave answers of the server unread for the next
   * statement to find.
   */
  @Override
  public void close() throws SQLException {
    buffer = null;
    reused = null;
    large.leave();
    if (copy.isActive()) {
      lease.discard();
      lease.connection().unwrap(PGConnection.class).cancelQuery();
    }
  }
}
