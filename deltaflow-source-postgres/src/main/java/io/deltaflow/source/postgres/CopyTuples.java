package io.deltaflow.source.postgres;

import io.deltaflow.spi.error.InternalException;
import java.sql.SQLException;
import java.util.Arrays;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * Rows of COPY TO STDOUT in binary format. The server sends one message per row, the first behind a
 * header.
 */
final class CopyTuples implements Tuples {
  private static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0
  };
  private static final int HAS_OIDS = 1 << 16;

  private final Lease lease;
  private final CopyOut copy;
  private final int fields;
  private byte[] buffer;
  private int start;
  private boolean headerRead;
  private boolean ended;

  CopyTuples(Lease lease, String select, int fields) throws SQLException {
    this.lease = lease;
    this.copy =
        lease
            .connection()
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyOut("COPY (" + select + "\n) TO STDOUT (FORMAT binary)");
    this.fields = fields;
  }

  @Override
  public boolean next() throws SQLException {
    while (true) {
      buffer = copy.readFromCopy();
      if (buffer == null) {
        if (!ended) {
          throw new InternalException("COPY ended without its trailer");
        }
        return false;
      }
      start = headerRead ? 0 : skipHeader();
      if (start == buffer.length) {
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
    return buffer.length;
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
    if (copy.isActive()) {
      lease.discard();
      lease.connection().unwrap(PGConnection.class).cancelQuery();
    }
  }
}
