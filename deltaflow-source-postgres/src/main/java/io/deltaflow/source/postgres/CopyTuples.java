package io.deltaflow.source.postgres;

import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.error.InternalException;
import java.io.EOFException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Arrays;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import org.postgresql.core.VisibleBufferedInputStream;

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

  /** The type, then a length that counts itself. */
  private static final int MESSAGE_HEADER = 5;

  private static final int LENGTH_BYTES = 4;

  /** Messages of up to this many bytes are decoded where the driver has received them. */
  private static final int IN_PLACE_BYTES = DriverStream.BUFFER_BYTES / 4;

  private final Lease lease;
  private final SourceContext context;
  private final CopyOut copy;
  private final VisibleBufferedInputStream stream;
  private final int fields;
  private final LargeRows large = new LargeRows();
  private byte[] reused = new byte[0];
  private byte[] buffer;
  private int start;
  private int end;
  // How many bytes of the stream the message in work takes.
  private int inPlace;
  private boolean headerRead;
  private boolean ended;

  CopyTuples(Lease lease, SourceContext context, String select, int fields) throws SQLException {
    this.lease = lease;
    this.context = context;
    this.stream = DriverStream.of(lease.connection()).orElse(null);
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
      if (!nextMessage()) {
        if (!ended) {
          throw new InternalException("COPY ended without its trailer");
        }
        return false;
      }
      if (!headerRead) {
        skipHeader();
      }
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
      reused = new byte[0];
      buffer = reused;
    }
    large.leave();
    try {
      if (stream != null && readMessage()) {
        return true;
      }
    } catch (IOException e) {
      throw new SQLException(
          "The connection broke while rows were read: " + e.getMessage(),
          SqlErrors.CONNECTION_FAILURE,
          e);
    }
    buffer = copy.readFromCopy();
    start = 0;
    end = buffer == null ? 0 : buffer.length;
    return buffer != null;
  }

  /** False when the next message is not one of rows. */
  private boolean readMessage() throws IOException {
    if (inPlace > 0) {
      stream.skip(inPlace);
      inPlace = 0;
    }
    receive(MESSAGE_HEADER);
    int at = stream.getIndex();
    if (stream.getBuffer()[at] != COPY_DATA) {
      return false;
    }
    int bytes = Bytes.int32(stream.getBuffer(), at + 1) - LENGTH_BYTES;
    if (bytes > IN_PLACE_BYTES) {
      stream.skip(MESSAGE_HEADER);
      copyMessage(bytes);
      return true;
    }
    inPlace = MESSAGE_HEADER + bytes;
    receive(inPlace);
    buffer = stream.getBuffer();
    start = stream.getIndex() + MESSAGE_HEADER;
    end = start + bytes;
    return true;
  }

  private void receive(int bytes) throws IOException {
    if (!stream.ensureBytes(bytes)) {
      throw new EOFException("the server closed it");
    }
  }

  private void copyMessage(int bytes) throws IOException {
    if (bytes > LargeRows.BYTES) {
      large.enter(context);
      reused = new byte[bytes];
    } else if (bytes > reused.length) {
      reused = new byte[Math.min(2 * bytes, LargeRows.BYTES)];
    }
    for (int at = 0; at < bytes; ) {
      int read = stream.read(reused, at, bytes - at);
      if (read < 0) {
        throw new EOFException("the server closed it in the middle of a row");
      }
      at += read;
    }
    buffer = reused;
    start = 0;
    end = bytes;
  }

  private void skipHeader() {
    int signatureEnd = start + SIGNATURE.length;
    if (!Arrays.equals(buffer, start, signatureEnd, SIGNATURE, 0, SIGNATURE.length)) {
      throw new InternalException("COPY did not send PostgreSQL's binary format");
    }
    if ((Bytes.int32(buffer, signatureEnd) & HAS_OIDS) != 0) {
      throw new InternalException("COPY sent a binary format with row OIDs");
    }
    headerRead = true;
    start = signatureEnd + 8 + Bytes.int32(buffer, signatureEnd + 4);
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
